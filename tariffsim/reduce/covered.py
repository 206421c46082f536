"""What measures cover, kept for states that share them; knows no rate and no stack.

Forks of one log differ in a few measures. The others are the very same objects in every state, and
cover the same cells on the same days.
"""

from collections.abc import Callable

import attrs
import numpy as np

from tariffsim.arrays import Ints
from tariffsim.axes import TradeAxes
from tariffsim.scopes import Products, product_coverage
from tariffsim.states import MeasureState, State
from tariffsim.terms import Product


@attrs.define(eq=False)
class Covered:
    """What measures cover on the axes of one table, kept for others over the same axes.

    The same law and the same changes of scope cover the same, whatever else a fork changes; a
    state that changes who belongs to a group is worked out apart.
    """

    _axes: TradeAxes | None = None
    _groups: object = None
    _listed: dict[int, tuple[Products, Ints]] = attrs.field(factory=dict, init=False)
    _on: dict[tuple[object, ...], tuple[object, object, Ints | None]] = attrs.field(
        factory=dict, init=False
    )

    def serves(self, state: State, axes: TradeAxes) -> bool:
        """Tell whether what is kept holds for a state; the first one that asks sets what does."""
        if self._axes is None:
            self._axes, self._groups = axes, state.groups
        return axes is self._axes and state.groups == self._groups

    def listed(self, products: Products, axes: TradeAxes) -> Ints:
        """Give the (end, product) coverage of a list in parts per million."""
        # What is kept keeps the list alive, so that its identity is a safe key.
        kept = self._listed.get(id(products))
        if kept is None:
            shares = [product_coverage(products, Product(code)) for code in axes.product.labels]
            ends = np.array([[s.low for s in shares], [s.high for s in shares]], dtype=np.int64)
            kept = self._listed[id(products)] = (products, ends)
        return kept[1]

    def on(
        self, measure: MeasureState, at: tuple[object, ...], work: Callable[[], Ints | None]
    ) -> Ints | None:
        """Give what a measure covers somewhere, working it out where nobody has."""
        key = (id(measure.enacted), id(measure.spans), *at)
        kept = self._on.get(key)
        if kept is None:
            kept = self._on[key] = (measure.enacted, measure.spans, work())
        return kept[2]
