"""Labels and units of what becomes of a table's industries, and their headline metrics.

Knows what a number is called; computes sums over industries and shares of draws only.
"""

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.model.network import NetworkPaths
from tariffsim.network import INDUSTRIES, NetworkCase
from tariffsim.result import Basis, Variable

OTHERS = 3
"""How many industries are reported beside those in which a material enters."""


@attrs.frozen(kw_only=True, eq=False)
class _Maker:
    """Makes the variables of one table."""

    case: NetworkCase
    path: Ints

    def make(
        self, name: str, label: str, unit: str, values: Floats, *, economy: str = "",
        sector: str = "", basis: Basis = "horizon",
    ) -> Variable:  # fmt: skip
        who = " ".join(part for part in (economy, sector) if part) or "all economies"
        return Variable(
            name=name,
            label=f"{who} ({self.case.table}): {label}",
            unit=unit,
            basis=basis,
            importer=economy,
            product=f"{INDUSTRIES}.{sector}" if sector else INDUSTRIES,
            values=values,
            path=self.path,
        )


def network_answers(
    case: NetworkCase, found: NetworkPaths, path: Ints
) -> tuple[list[Variable], list[Variable]]:
    """Label what becomes of industries.

    Parameters
    ----------
    case : NetworkCase
        For names.
    found : NetworkPaths
        What was computed.
    path : (branch,), int
        Supply track of each branch.

    Returns
    -------
    monthly, headline : list of Variable
        Industries in which a material enters, and of the others those that lose most.
    """
    maker = _Maker(case=case, path=path)
    earliest = _until(case, found.first_loss).min(axis=1, keepdims=True)
    headline = [
        variable
        for number in reported(case, found)
        for variable in _industry(maker, found, number, earliest)
    ]
    return _monthly(maker, found), [*headline, *_economies(maker, found)]


def reported(case: NetworkCase, found: NetworkPaths) -> tuple[int, ...]:
    """Number the industries that are told one by one."""
    mean = found.value_lost.mean(axis=(0, 2))
    others = [number for number in np.argsort(-mean, kind="stable") if number not in case.fed]
    return (*case.fed, *(int(number) for number in others[:OTHERS] if mean[number] > 0))


def _until(case: NetworkCase, first: Ints) -> Ints:
    return np.where(first < 0, _days(case), first)


def _days(case: NetworkCase) -> int:
    return len(case.month_of_day) - case.control_day


def _industry(maker: _Maker, found: NetworkPaths, number: int, earliest: Ints) -> list[Variable]:
    economy, sector = maker.case.names[number]
    first = found.first_loss[:, number]
    until = _until(maker.case, first)
    ahead = (first >= 0) & (until == earliest[:, 0])
    share = np.broadcast_to(100.0 * ahead.mean(axis=1, keepdims=True), ahead.shape)
    told: list[tuple[str, str, str, Floats | Ints]] = [
        ("value_added_lost", "value added not made", "USD billion", found.value_lost[:, number]),
        ("gross_output_lost", "output not made", "USD billion", found.output_lost[:, number]),
        ("days_until_loss", "first day below normal", "days after the control", until),
        ("loses_first", "falls below normal first", "% of draws", share),
        ("days_to_recovery", "first day below normal to the last", "days, to the end at most",
         found.days_below[:, number]),
    ]  # fmt: skip
    return [
        attrs.evolve(
            maker.make(name, label, unit, _single(values), economy=economy, sector=sector),
            censored_at=float(_days(maker.case)) if name == "days_until_loss" else None,
        )
        for name, label, unit, values in told
    ]


def _economies(maker: _Maker, found: NetworkPaths) -> list[Variable]:
    case = maker.case
    shape = (found.value_lost.shape[0], len(case.economies), -1, found.value_lost.shape[2])
    by_economy = found.value_lost.reshape(shape).sum(axis=2)
    listed = [
        maker.make(
            "value_added_lost", "value added not made", "USD billion",
            _single(by_economy[:, number]), economy=economy,
        )
        for number, economy in enumerate(case.economies)
    ]  # fmt: skip
    return [
        *listed,
        maker.make(
            "value_added_lost", "value added not made", "USD billion",
            _single(by_economy.sum(axis=1)),
        ),
        maker.make(
            "unmet_final_demand", "final demand not met", "USD billion",
            _single(found.unmet_final),
        ),
    ]  # fmt: skip


def _monthly(maker: _Maker, found: NetworkPaths) -> list[Variable]:
    case = maker.case
    names = [case.names[number] for number in case.fed]
    return [
        *(
            maker.make(
                "output_lost", "output not made", "% of normal",
                100.0 * found.monthly_output[:, place], economy=economy, sector=sector,
                basis="path",
            )
            for place, (economy, sector) in enumerate(names)
        ),
        *(
            maker.make(
                "value_added_lost", "value added not made", "USD million a month",
                found.monthly_value[:, place], economy=economy, basis="path",
            )
            for place, economy in enumerate(case.economies)
        ),
    ]  # fmt: skip


def _single(values: Floats | Ints) -> Floats:
    return np.asarray(values, dtype=np.float64)[..., None]
