"""The commands `state`, `diff` and `why`: questions to a log."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from tariffsim.cli.options import (
    DEFAULT_LOG,
    AsJson,
    Day,
    Exporter,
    Importer,
    KnownOn,
    LogName,
    ProductCode,
    UnitValues,
    require_two,
)

if TYPE_CHECKING:
    from tariffsim.log import Log

STATE_EXAMPLES = """Examples:

  tariffsim state 2025-05-14 --importer USA --exporter CHN

  tariffsim state 2025-08-12 --known-on 2025-06-06 --json

  tariffsim state 2025-04-12 --product 8517.13

  tariffsim state 2026-09-01 --product 8505.11 --with-mfn

  tariffsim state 2026-12-10 --product 2804.61 --unit-value 18/kg
"""


DIFF_EXAMPLES = """Examples:

  tariffsim diff 2025-05-13 2025-05-14

  tariffsim diff 2025-04-10 2025-04-12 --product 8517.13
"""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("state", epilog=STATE_EXAMPLES)(state)
    app.command("diff", epilog=DIFF_EXAMPLES)(diff)
    app.command("why", epilog="Example: tariffsim why S0-26 --log geneva-2025")(why)


def state(
    on: Day,
    *,
    importer: Importer = "USA",
    exporter: Exporter = "CHN",
    product: ProductCode = None,
    with_mfn: Annotated[
        bool,
        typer.Option(
            "--with-mfn",
            help="Start with the ordinary duty: the average of the product's chapter, flagged.",
        ),
    ] = False,
    unit_value: UnitValues = None,
    known_on: KnownOn = None,
    log: LogName = DEFAULT_LOG,
    json: AsJson = False,
) -> None:
    """Show what is in force on a day: the stack of duties, each with its event and source."""
    from tariffsim.cli import show
    from tariffsim.files.logs import load_log
    from tariffsim.files.mfn import load_mfn
    from tariffsim.idle import idle_layers
    from tariffsim.mfn import mfn_of
    from tariffsim.mfn import with_mfn as under_it
    from tariffsim.reduce import (
        absent_on,
        at_unit_values,
        controls_on,
        fold,
        held_between,
        own_units_on,
        stacked_on,
    )
    from tariffsim.report import waterfall
    from tariffsim.terms import Economy, Product

    require_two(importer, exporter)
    if with_mfn and product is None:
        raise typer.BadParameter(
            "--with-mfn needs --product: the headline is what comes on top of MFN"
        )
    whole = load_log(log)
    seen = show.as_known(whole, known_on)
    show.warn_beyond_review(whole, on, known_on)
    code = Product(product) if product else None
    enacted = fold(seen)
    flow = (on, Economy(importer), Economy(exporter), code)
    show.warn_of_question(seen, *flow[1:], held_between(enacted, flow[1], flow[2]))
    beside = waterfall.Beside(
        own_units=own_units_on(enacted, *flow), absent=absent_on(enacted, *flow)
    )
    values = show.unit_values(unit_value)
    folded = at_unit_values(enacted, values)
    show.warn_unused(values, [own.law for own in beside.own_units], among="on this flow that day")
    stacked = stacked_on(folded, *flow)
    mfn = mfn_of(load_mfn(Economy(importer)), code) if with_mfn and code else None
    stacked = stacked if mfn is None else under_it(stacked, mfn)
    if json:
        show.json_out(waterfall.state_data(stacked, seen, known_on, mfn=mfn, beside=beside))
        return
    controls = controls_on(folded, on, Economy(exporter), Economy(importer))
    idle = idle_layers(folded, stacked)
    text = waterfall.state_text(
        stacked, seen, known_on, controls, idle=idle, mfn=mfn, beside=beside
    )
    show.text_out(text)


def diff(
    first: Day,
    second: Day,
    *,
    product: ProductCode = None,
    importer: Importer = "USA",
    exporter: Exporter = "CHN",
    known_on: KnownOn = None,
    log: LogName = DEFAULT_LOG,
    json: AsJson = False,
) -> None:
    """Show what changed between two days, measure by measure, in force and in knowledge.

    With --product: what changed for these goods of the exporter in the importer.
    """
    from tariffsim.cli import show
    from tariffsim.files.logs import load_log
    from tariffsim.query import difference
    from tariffsim.report import record

    if second < first:
        raise typer.BadParameter(f"the second day must not be before the first, got {second}")
    whole = load_log(log)
    show.warn_beyond_review(whole, second, known_on)
    if product is not None:
        require_two(importer, exporter)
        _goods_diff(whole, (first, second), (importer, exporter, product), known_on, json)
        return
    found = difference(whole, first, second, known=known_on)
    if json:
        show.json_out(record.difference_data(found, first, second))
        return
    text = record.difference_text(found, first, second)
    show.text_out(text)


def _goods_diff(
    log: "Log",
    days: tuple[dt.date, dt.date],
    goods: tuple[str, str, str],
    known: dt.date | None,
    json: bool,
) -> None:
    from tariffsim.cli import show
    from tariffsim.reduce import absent_on, fold, stacked_on
    from tariffsim.report import goods_changes
    from tariffsim.terms import Economy, Product

    seen = show.as_known(log, known)
    enacted = fold(seen)
    flow = (Economy(goods[0]), Economy(goods[1]), Product(goods[2]))
    before, after = (stacked_on(enacted, day, *flow) for day in days)
    gone = absent_on(enacted, days[1], *flow)
    if json:
        show.json_out(goods_changes.goods_changes_data(before, after, seen, gone))
        return
    show.text_out(goods_changes.goods_changes_text(before, after, seen, gone))


def why(
    event: Annotated[
        str, typer.Argument(metavar="EVENT", help="Key, id, or the id of a fact such as S0-26.")
    ],
    known_on: KnownOn = None,
    log: LogName = DEFAULT_LOG,
    json: AsJson = False,
) -> None:
    """Show why an event stands: its claims and dissent, what it replaced, what replaced it."""
    from tariffsim.cli import show
    from tariffsim.files.logs import load_log
    from tariffsim.query import why as reasons_for
    from tariffsim.report import reasons as report

    whole = load_log(log)
    reasons = reasons_for(whole, event, known=known_on)
    if json:
        show.json_out([report.reasons_data(found, whole) for found in reasons])
        return
    show.text_out("\n\n".join(report.reasons_text(found, whole) for found in reasons))
