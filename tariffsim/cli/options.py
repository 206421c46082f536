"""Options that several commands share, and how their text becomes values."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from tariffsim import terms

T = TypeVar("T")


def parsed(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Turn a parser of terms into one whose complaint is a usage error."""

    def parse_option(text: str) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    return parse_option


def one_economy(text: str) -> terms.Economy:
    """Read an economy that has a law and a border of its own, as everyone together has not."""
    found = terms.parse_economy(text)
    if found == terms.WORLD:
        raise ValueError(f"economy must be one, got {text}; name one, as USA")
    return found


def require_two(importer: str, exporter: str) -> None:
    """Refuse a flow of an economy to itself."""
    if importer == exporter:
        raise typer.BadParameter(f"importer and exporter must differ, got {importer} twice")


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
        parser=parsed(terms.parse_product),
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
