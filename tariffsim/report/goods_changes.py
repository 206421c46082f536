"""What changed for one product between two days, layer by layer: as text and as data."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tariffsim.events import Event
from tariffsim.layers import Layer, Stacked
from tariffsim.log import Log
from tariffsim.reduce.absent import Absent
from tariffsim.report.waterfall import number, shown
from tariffsim.scopes import product_coverage
from tariffsim.terms import Product, Slug

Change = tuple[Slug, Layer | None, Layer | None, tuple[str, ...]]


def goods_changes_data(
    before: Stacked, after: Stacked, log: Log, gone: Iterable[Absent] = ()
) -> dict[str, Any]:
    """Give the changes between two stacks of one product as plain data.

    Parameters
    ----------
    before, after : Stacked
        The stacks on the two days.
    log : Log
        Names the events.
    gone : iterable of Absent
        What is off these goods on the second day, and because of which events.
    """
    return {
        "from": before.on.isoformat(),
        "to": after.on.isoformat(),
        "importer": after.importer,
        "exporter": after.exporter,
        "product": after.product,
        "total_before_percent": number(*before.ends),
        "total_after_percent": number(*after.ends),
        "layers": [
            {
                "measure": name,
                "before_percent": number(old.low, old.high) if old else None,
                "after_percent": number(new.low, new.high) if new else None,
                "events": list(events),
            }
            for name, old, new, events in _changes(before, after, log, gone)
        ],
    }


def goods_changes_text(
    before: Stacked, after: Stacked, log: Log, gone: Iterable[Absent] = ()
) -> str:
    """Write the changes between two stacks of one product, and both totals."""
    flow = f"{after.importer} duties on HS {after.product} of {after.exporter}"
    lines = [f"{flow} on {after.on} that were not so on {before.on}:"]
    changes = _changes(before, after, log, gone)
    for name, old, new, events in changes:
        ends = (shown(one.low, one.high) if one else "not levied" for one in (old, new))
        keys = ", ".join(log.by_id[event].event.key or event[:12] for event in events)
        lines.append(f"  {name}: {' -> '.join(ends)}  ({keys})")
    if not changes:
        lines.append("  nothing changed")
    lines.append(f"  total: {shown(*before.ends)} -> {shown(*after.ends)}")
    return "\n".join(lines)


def _changes(before: Stacked, after: Stacked, log: Log, gone: Iterable[Absent]) -> list[Change]:
    old, new = ({layer.measure: layer for layer in one.layers} for one in (before, after))
    left = {absent.measure: absent.events for absent in gone}
    return [
        (name, old.get(name), new.get(name), _because(name, old, new, left, (before, after), log))
        for name in dict.fromkeys((*old, *new))
        if _ends(old.get(name)) != _ends(new.get(name))
    ]


def _ends(layer: Layer | None) -> tuple[int, int] | None:
    return (layer.low, layer.high) if layer else None


def _because(
    name: Slug,
    old: Mapping[Slug, Layer],
    new: Mapping[Slug, Layer],
    left: Mapping[Slug, tuple[str, ...]],
    days: tuple[Stacked, Stacked],
    log: Log,
) -> tuple[str, ...]:
    """List the events behind a layer that took effect in between, or else what set it."""
    behind: Sequence[str] = new[name].events if name in new else left.get(name, old[name].events)
    product = days[1].product
    known = [
        event
        for event in behind
        if event in log.by_id and _touches(log.by_id[event].event, product)
    ]
    first, second = (one.on for one in days)
    near = [event for event in known if first < log.by_id[event].event.effective <= second]
    return tuple(near or known[:1])


def _touches(event: Event, product: Product | None) -> bool:
    products = getattr(event, "products", None)
    return products is None or product is None or product_coverage(products, product).high > 0
