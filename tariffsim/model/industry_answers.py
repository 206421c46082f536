"""Labels and units of a material told apart by industry, and its headline metrics.

Knows what a number is called and over which time it is taken; computes sums and ratios only.
"""

import datetime as dt
from collections.abc import Mapping

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.experiment import MaterialCase
from tariffsim.model.headline import material_variables
from tariffsim.model.industries import IndustryPaths, weeks
from tariffsim.model.scarcity import capped_market
from tariffsim.result import Basis, Variable


@attrs.frozen(kw_only=True)
class Answers:
    """Variables of one material.

    Parameters
    ----------
    monthly, weekly, headline : list of Variable
        By month, by week of control, and over the horizon.
    """

    monthly: list[Variable]
    weekly: list[Variable]
    headline: list[Variable]


@attrs.frozen(kw_only=True, eq=False)
class _Maker:
    """Makes the variables of one material."""

    case: MaterialCase
    path: Ints

    def make(
        self, name: str, label: str, unit: str, values: Floats, *, use: str = "",
        basis: Basis = "horizon", periods: tuple[str, ...] = (),
    ) -> Variable:  # fmt: skip
        case = self.case
        thing = f"{case.material}.{use}" if use else case.material
        who = f"{case.importer} {case.material}{', ' + use if use else ''}"
        return Variable(
            name=name,
            label=f"{who}: {label}",
            unit=unit,
            basis=basis,
            importer=case.importer,
            exporter=case.exporter,
            product=thing,
            values=values,
            path=self.path,
            periods=periods,
        )


def industry_answers(
    case: MaterialCase, found: IndustryPaths, path: Ints, drawn: Mapping[str, Floats]
) -> Answers:
    """Label what becomes of a material and of the industries that need it.

    Parameters
    ----------
    case : MaterialCase
        For names.
    found : IndustryPaths
        What was computed.
    path : (branch,), int
        Supply path of each branch.
    drawn : mapping of str to (draw,)
        For the elasticities of the trade model.

    Returns
    -------
    Answers
    """
    maker = _Maker(case=case, path=path)
    monthly, headline = material_variables(case, found.whole, path)
    monthly += _monthly(maker, found)
    headline += [*_by_industry(maker, found), *_over_all(maker, found)]
    if case.imports is not None:
        more, single = _handed_over(maker, found, drawn, case.imports)
        monthly, headline = [*monthly, *more], [*headline, *single]
    return Answers(monthly=monthly, weekly=_weekly(maker, found), headline=headline)


def _monthly(maker: _Maker, found: IndustryPaths) -> list[Variable]:
    listed = [
        maker.make(
            "output_at_risk", f"output of {use.title} not made", "% of normal",
            100.0 * found.output_loss[:, number], use=use.industry, basis="path",
        )
        for number, use in enumerate(maker.case.uses)
    ]  # fmt: skip
    return [
        *listed,
        maker.make(
            "scarcity_price", "what one more unit is worth", "times the normal price",
            found.price, basis="path",
        ),
        maker.make(
            "licensed_share", "what licences let through", "% of the controlled flow",
            100.0 * found.licensed, basis="path",
        ),
    ]  # fmt: skip


def _weekly(maker: _Maker, found: IndustryPaths) -> list[Variable]:
    case = maker.case
    last = weeks(case)
    starts = [case.control_day, *(last[:-1] + 1).tolist()]
    days = tuple(dt.date.fromordinal(case.first_day + day).isoformat() for day in starts)
    listed = []
    for number, use in enumerate(case.uses):
        chance = _share_of_draws(found.short[:, number], 1)
        listed += [
            maker.make(
                "availability", "use over need", "%", 100.0 * found.availability[:, number],
                use=use.industry, basis="path", periods=days,
            ),
            maker.make(
                "stockout_probability", "need unmet by then", "% of draws", chance,
                use=use.industry, basis="path", periods=days,
            ),
        ]  # fmt: skip
    whole = (found.whole.first_shortage >= 0)[..., None] & (
        found.whole.first_shortage[..., None] <= (last - case.control_day)
    )
    everyone = _share_of_draws(whole.astype(np.float64), 1)
    return [
        maker.make(
            "stockout_probability", "need of somebody unmet by then", "% of draws", everyone,
            basis="path", periods=days,
        ),
        *listed,
    ]  # fmt: skip


def _by_industry(maker: _Maker, found: IndustryPaths) -> list[Variable]:
    days = maker.case.approval.shape[2] - maker.case.control_day
    until = np.where(found.first_shortage < 0, days, found.first_shortage)
    earliest = until.min(axis=1, keepdims=True)
    hit = _share_of_draws(((until == earliest) & (until < days)).astype(np.float64), 2)
    listed = []
    for number, use in enumerate(maker.case.uses):
        listed += [
            attrs.evolve(
                maker.make(
                    "days_until_shortage", "first shortage", "days after the control",
                    _single(until[:, number]), use=use.industry,
                ),
                censored_at=float(days),
            ),
            maker.make(
                "hit_first", "runs short first", "% of draws", _single(hit[:, number]),
                use=use.industry,
            ),
            maker.make(
                "value_added_at_risk", "value added not made", "USD billion",
                _single(found.value_loss[:, number]), use=use.industry,
            ),
        ]  # fmt: skip
    return listed


def _over_all(maker: _Maker, found: IndustryPaths) -> list[Variable]:
    return [
        maker.make(
            "value_added_at_risk", "value added not made", "USD billion",
            _single(found.value_loss.sum(axis=1)),
        ),
        maker.make(
            "days_short", "first shortage to recovery", "days, to the end at most",
            _single(found.days_short),
        ),
        maker.make(
            "value_of_month_stock", "what 30 more days of stock save", "USD billion",
            _single(found.value_of_stock),
        ),
        maker.make(
            "scarcity_price", "what one more unit is worth", "times normal, worst month",
            found.price.max(axis=2, keepdims=True),
        ),
    ]  # fmt: skip


def _handed_over(
    maker: _Maker, found: IndustryPaths, drawn: Mapping[str, Floats], imports: Floats
) -> tuple[list[Variable], list[Variable]]:
    """Hand the cap over to trade: imports affected, and the price at which a market clears.

    Notes
    -----
    The importer's purchases of the controlled goods are one market, in which the controller's
    share is the reliance; the elasticities are those of the first year.
    """
    relied = np.prod([drawn[name] for name in maker.case.reliance], axis=0)
    middle = float(imports.mean())
    sigma = drawn["armington_elasticity_short"]
    eta = sigma * drawn["demand_to_substitution_ratio"]
    cap = np.clip(found.licensed.mean(axis=2), 1e-3, 1.0)
    market = capped_market(cap, np.minimum(relied, 0.999), sigma, eta)
    withheld = maker.make(
        "withheld_imports", "controlled imports not licensed", "USD million a month",
        (1.0 - found.licensed) * middle / 12.0, basis="path",
    )  # fmt: skip
    return [withheld], [
        maker.make(
            "affected_imports", "imports under the control", "USD million a year",
            np.broadcast_to(middle, (*cap.shape, 1)).copy(),
        ),
        maker.make(
            "capped_price", "border price of the licensed rest", "times the benchmark",
            _single(market.capped_price),
        ),
    ]  # fmt: skip


def _single(values: Floats | Ints) -> Floats:
    return np.asarray(values, dtype=np.float64)[..., None]


def _share_of_draws(happened: Floats, axis: int) -> Floats:
    """Turn what happened in a draw into the share of draws, the same in every draw; percent."""
    mean = 100.0 * happened.astype(np.float64).mean(axis=axis, keepdims=True)
    return np.broadcast_to(mean, happened.shape)
