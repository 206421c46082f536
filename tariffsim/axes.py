"""Labels of the axes, and the only map from a name to an index; knows no value."""

from collections.abc import Sequence
from functools import cached_property

import attrs

from tariffsim.errors import UnknownName
from tariffsim.terms import nearest


def _labels(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(values)


@attrs.frozen(slots=False)
class Axis:
    """One named axis with its labels in order.

    Parameters
    ----------
    name : str
        For example ``importer``.
    labels : sequence of str
        Unique labels.

    Examples
    --------
    >>> Axis("exporter", ["CHN", "ROW"]).index("ROW")
    1
    """

    name: str
    labels: tuple[str, ...] = attrs.field(converter=_labels)

    def __attrs_post_init__(self) -> None:
        if len(set(self.labels)) != len(self.labels):
            twice = sorted({label for label in self.labels if self.labels.count(label) > 1})
            raise ValueError(f"labels of axis {self.name} must be unique, got twice: {twice}")

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {label: position for position, label in enumerate(self.labels)}

    def index(self, label: str) -> int:
        """Find the position of a label; an unknown one is an error that names the nearest."""
        position = self._positions.get(label)
        if position is None:
            raise UnknownName(
                f"{self.name} must be one of {', '.join(self.labels[:12])}, got {label!r}"
                f"{nearest(label, self.labels)}"
            )
        return position


@attrs.frozen(kw_only=True)
class TradeAxes:
    """The three axes every economic array ends in."""

    importer: Axis
    exporter: Axis
    product: Axis

    @property
    def shape(self) -> tuple[int, int, int]:
        """Lengths of the axes, in order."""
        return (len(self.importer), len(self.exporter), len(self.product))
