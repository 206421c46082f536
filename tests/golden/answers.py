"""What we answer to published cases, beside what was published: for the tests and for the docs.

Each function gives rows of one case: what the number is, ours, theirs. It judges nothing.
"""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from tariffsim.files.logs import load_log
from tariffsim.layers import EXACT_PER_PERCENT
from tariffsim.model import armington, gravity, gsim
from tariffsim.model.caliendo_parro import solve as solve_world
from tariffsim.model.caliendo_parro_welfare import measure
from tariffsim.model.gravity_accounts import GravityAccounts, GravityShock
from tariffsim.model.market_inputs import expenditure_share, inverse_supply, wedge_change
from tariffsim.model.world_accounts import WorldAccounts, WorldShock
from tariffsim.reduce import fold, stacked_on
from tariffsim.terms import parse_product

Case = dict[str, Any]


class Row(NamedTuple):
    """One number, ours and theirs."""

    what: str
    ours: float
    published: float


def armington_rows(case: Case) -> Iterator[Row]:
    """A duty on one of three sources of differing supply elasticity."""

    def column(name: str) -> np.ndarray:
        return np.array(case[name])[:, None]

    answer = armington.solve(
        expenditure_share(column("benchmark_value"), column("benchmark_rate")),
        wedge_change(column("benchmark_rate"), column("rate")),
        armington_elasticity=case["armington_elasticity"],
        import_demand_elasticity=case["import_demand_elasticity"],
        inverse_supply_elasticity=inverse_supply(column("export_supply_elasticity")),
    )
    expected = case["expected"]
    for name in ("landed_price_change", "quantity_change"):
        ours = getattr(answer, name)[:, 0]
        for who, mine, theirs in zip(case["exporters"], ours, expected[name], strict=True):
            yield Row(f"{name}, {who}", float(mine), theirs)
    index = float(answer.price_index_change[0])
    yield Row("price_index_change", index, expected["price_index_change"])
    aggregate = index ** -case["import_demand_elasticity"]
    yield Row("aggregate_quantity_change", aggregate, expected["aggregate_quantity_change"])


def gsim_market(case: Case) -> gsim.GsimMarket:
    """The printed tables have exporters in rows; arrays have importers first."""
    names = case["economies"]
    rate = np.array(case["rate_percent_by_exporter"]).T / 100
    freed = rate.copy()
    for exporter, importer in case["freed_pairs"]:
        freed[names.index(importer), names.index(exporter)] = 0.0
    return gsim.GsimMarket(
        trade=np.array(case["trade_by_exporter"]).T[..., None],
        applied_rate=rate[..., None],
        counterfactual_rate=freed[..., None],
        import_demand_elasticity=case["import_demand_elasticity"],
        substitution_elasticity=case["substitution_elasticity"],
        export_supply_elasticity=case["export_supply_elasticity"],
    )


def gsim_rows(case: Case) -> Iterator[Row]:
    """World prices after two economies free their trade with each other."""
    ours = gsim.solve(gsim_market(case)).world_price_difference[:, 0]
    theirs = case["expected"]["world_price_difference"]
    for who, mine, printed in zip(case["economies"], ours, theirs, strict=True):
        yield Row(f"world price, {who}", float(mine), printed)


def ruling_rows(case: Case) -> Iterator[Row]:
    """Rates by authority, in percent, of the goods that customs ruled on."""
    state = fold(load_log("us-china"))
    for ruling in case["rulings"]:
        day = dt.date.fromisoformat(ruling["on"])
        stacked = stacked_on(state, day, "USA", "CHN", parse_product(ruling["product"]))
        found: dict[str, float] = {}
        for layer in stacked.layers:
            assert layer.low == layer.high
            found[layer.authority] = found.get(layer.authority, 0.0) + layer.low / EXACT_PER_PERCENT
        ruled: dict[str, float] = {}
        for heading, rate in ruling["duties_percent"].items():
            authority = case["headings"][heading]
            ruled[authority] = ruled.get(authority, 0.0) + rate
        for authority in sorted(set(found) | set(ruled)):
            what = f"{ruling['ruling']}, {ruling['goods']}, {ruling['on']}: {authority}"
            yield Row(what, found.get(authority, 0.0), ruled.get(authority, 0.0))


def nafta_accounts(folder: Path) -> tuple[WorldAccounts, WorldShock]:
    """The benchmark and the change of tariffs of Caliendo and Parro's first exercise."""
    with np.load(folder / "nafta_inputs.npz") as data:
        accounts = WorldAccounts(
            trade_share=data["trade_share"],
            applied_rate=data["tariff_benchmark"],
            input_share=data["input_share"],
            value_added_share=data["value_added_share"],
            final_share=data["final_consumption_share"],
            labour_income=data["labour_income"],
            expenditure=data["expenditure"],
        )
        return accounts, WorldShock(
            trade_elasticity=data["trade_elasticity"], applied_rate=data["tariff_counterfactual"]
        )


NAFTA = {
    "welfare_percent": "first_order_difference",
    "terms_of_trade_percent": "terms_of_trade",
    "volume_of_trade_percent": "volume_of_trade",
    "real_wage_percent": "real_wage_change",
}
"""Columns of the published table, and the measures they are."""


def nafta_rows(folder: Path) -> Iterator[Row]:
    """Welfare, its two parts and the real wage of 31 countries, in percent."""
    accounts, shock = nafta_accounts(folder)
    welfare = measure(accounts, shock, solve_world(accounts, shock))
    with (folder / "nafta_expected.csv").open(encoding="utf-8") as lines:
        published = list(csv.DictReader(lines))
    for column, name in NAFTA.items():
        ours = getattr(welfare, name) - (name == "real_wage_change")
        for place, row in enumerate(published):
            yield Row(f"{column}, {row['region']}", 100.0 * float(ours[place]), float(row[column]))


class Enlargement(NamedTuple):
    """The European Union's enlargement, 44 countries, WIOD 2000, as published."""

    countries: list[str]
    columns: dict[str, np.ndarray]  # (importer, exporter, 1), by column of the bilateral file
    welfare: list[dict[str, str]]  # a row a country

    @property
    def accounts(self) -> GravityAccounts:
        """The benchmark."""
        return GravityAccounts(customs_value=self.columns["trade"])

    @property
    def effect(self) -> np.ndarray:
        """What membership does to trade before anybody answers."""
        return np.exp(self.columns["eu_effect"])


def enlargement(folder: Path) -> Enlargement:
    """Read the published tables."""
    with (folder / "expected_welfare.csv").open(encoding="utf-8") as lines:
        welfare = list(csv.DictReader(lines))
    countries = [row["country"] for row in welfare]
    place = {country: k for k, country in enumerate(countries)}
    with (folder / "eu_enlargement_2000.csv").open(encoding="utf-8") as lines:
        pairs = list(csv.DictReader(lines))
    shape = (len(countries), len(countries), 1)
    names = [name for name in pairs[0] if name not in ("importer", "exporter")]
    columns = {name: np.full(shape, np.nan) for name in names}
    for pair in pairs:
        for name in names:
            columns[name][place[pair["importer"]], place[pair["exporter"]]] = float(pair[name])
    return Enlargement(countries, columns, welfare)


def enlargement_rows(folder: Path, deficit: Literal["additive", "multiplicative"]) -> Iterator[Row]:
    """Welfare and trade after the European Union's enlargement, ratios and USD million."""
    case = enlargement(folder)
    found = gravity.solve(
        case.accounts,
        GravityShock(trade_elasticity=4.0, partial_effect=case.effect, deficit=deficit),
    )
    for k, row in enumerate(case.welfare):
        what = f"welfare, {row['country']}"
        yield Row(what, float(found.welfare_change[k]), float(row[f"stata_welfare_{deficit}"]))
    theirs = case.columns[f"stata_trade_{deficit}"]
    for n, importer in enumerate(case.countries):
        for i, exporter in enumerate(case.countries):
            what = f"trade, {importer} from {exporter}"
            yield Row(what, float(found.customs_value[n, i, 0]), float(theirs[n, i, 0]))
