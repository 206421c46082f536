"""Options that several commands share, and how their text becomes values."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from tariffsim import terms
from tariffsim.errors import InputError

T = TypeVar("T")


def parsed(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Turn a parser of terms into one whose complaint is a usage error."""

    def parse_option(text: str) -> T:
        try:
            return parse(text)
        except (ValueError, InputError) as error:
            raise typer.BadParameter(str(error)) from None

    return parse_option


def one_economy(text: str) -> terms.Economy:
    """Read an economy; the module is loaded where something is asked, and not for any help."""
    from tariffsim import asked

    return asked.one_economy(text)


def goods(text: str) -> terms.Product | None:
    """Read the code of some goods."""
    from tariffsim import asked

    return asked.goods(text)


def require_two(importer: str, exporter: str) -> None:
    """Refuse a flow of an economy to itself."""
    from tariffsim import asked

    try:
        asked.flow(importer, exporter)
    except InputError as error:
        raise typer.BadParameter(str(error)) from None


Day = Annotated[
    dt.date, typer.Argument(parser=parsed(terms.parse_day), metavar="DAY", help="YYYY-MM-DD")
]
KnownOn = Annotated[
    dt.date | None,
    typer.Option(
        "--known-on",
        parser=parsed(terms.parse_day),
        metavar="DAY",
        help="Use only what was public on this day. [default: everything in the log]",
    ),
]
LogName = Annotated[
    str, typer.Option("--log", metavar="NAME|PATH", help="A shipped log, a folder, or a file.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, documented and stable.")]
Importer = Annotated[
    str,
    typer.Option("--importer", parser=parsed(one_economy), metavar="ISO3", help="Who imports."),
]
Exporter = Annotated[
    str,
    typer.Option("--exporter", parser=parsed(one_economy), metavar="ISO3", help="Who exports."),
]
ProductCode = Annotated[
    str | None,
    typer.Option(
        "--product",
        parser=parsed(goods),
        metavar="HS",
        help="HS code; without it, only measures on all goods count.",
    ),
]
UnitValues = Annotated[
    list[str] | None,
    typer.Option(
        "--unit-value",
        metavar="AMOUNT/UNIT",
        help="What one unit is worth, as 12.50/kg or '40 USD/item': lets duties in that unit "
        "enter the rate. Repeatable.",
    ),
]
DEFAULT_LOG = "us-china"
