"""Trade of one importer's markets where nothing is added, as a block of draws has it.

Knows no regime and no elasticity.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

import attrs
import numpy as np

from tariffsim.arrays import Floats

Values = Mapping[str, Floats]


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Benchmark:
    """Trade before anything is added, by product.

    Parameters
    ----------
    value : a source each, (product, draw or 1)
        Customs value, annual USD million.
    rate : (source, product, 1), fraction
        Duty collected over customs value.
    """

    value: Sequence[Floats] | Floats
    rate: Floats

    @classmethod
    def with_prior(
        cls, value: Floats, rate: Floats, share_prior: Floats, concentration: Floats
    ) -> "Benchmark":
        r"""Draw the rest's value, where it is known only through a prior of the partner's share.

        Parameters
        ----------
        value : (source, product)
            Customs value; of the rest, only its sum counts.
        rate : (source, product), fraction
            Duty collected over customs value.
        share_prior : (product,), fraction
            The partner's share.
        concentration : (draw,), fraction
            How far to believe the prior.

        Notes
        -----
        With s the prior by product and S the share overall, the share used is :math:`S (s/S)^k`
        times one factor that keeps the overall share at S; k is between 0 (the same share
        everywhere) and 1 (the prior).
        """
        partner = value[0][:, None]
        overall = partner.sum() / value.sum()
        blended = (share_prior[:, None] / overall) ** concentration
        factor = (partner / blended).sum(axis=0) / partner.sum()
        share = np.minimum(overall * factor * blended, 0.99)
        return cls(value=[partner, partner * (1.0 / share - 1.0)], rate=rate[:, :, None])

    @cached_property
    def landed(self) -> Sequence[Floats]:
        """Value with its duty, a source each; (product, draw or 1)."""
        return [(1.0 + rate) * value for rate, value in zip(self.rate, self.value, strict=True)]

    @cached_property
    def expenditure(self) -> Floats:
        """Value of all sources with its duty; (product, draw or 1)."""
        first, *others = self.landed
        return sum(others, start=first)

    @cached_property
    def share(self) -> Sequence[Floats]:
        """Share of `expenditure`, a source but the last each; (product, draw or 1), fraction."""
        return [part / self.expenditure for part in self.landed[:-1]]

    @cached_property
    def totals(self) -> Values:
        """Totals over products under the names of what a market is solved for; (draw or 1,)."""
        partner, rest = self.value
        return {
            "customs_value": partner.sum(axis=0),
            "customs_value_rest": rest.sum(axis=0),
            "duty": (self.rate[0] * partner).sum(axis=0),
            "duty_rest": (self.rate[1] * rest).sum(axis=0),
            "consumer_surplus": np.zeros(1),
            "landed_price_change": self.landed[0].sum(axis=0),
        }
