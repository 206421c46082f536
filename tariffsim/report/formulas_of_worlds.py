"""How the numbers of the world models are worked out, in words; computes nothing."""

from tariffsim.report.formula import Formula

OF_WORLDS = {
    "revenue": Formula(
        text="Rate x customs value, summed over all partners and products.", page="method/world"
    ),
    "trade_diversion": Formula(
        text="The importer's imports from all but this source, less those of the benchmark.",
        page="method/world",
    ),
    "trade_deflection": Formula(
        text="The exporter's exports to all but this buyer, less those of the benchmark.",
        page="method/world",
    ),
    "real_income": Formula(
        text=(
            "100 x (I/P - 1): I = new over old income (wages and customs revenue, plus the "
            "deficit that is held), P = new over old price index of what is bought."
        ),
        page="method/world",
    ),
    "real_wage": Formula(
        text="100 x (w/P - 1), w = new over old wage, P = new over old price index.",
        page="method/world",
    ),
    "wage": Formula(
        text=(
            "100 x (w - 1), w = new over old wage, from what an economy sells to all, itself "
            "included; the world's mean wage is the measure."
        ),
        page="method/world",
    ),
    "labour": Formula(
        text="100 x (L - 1), L = new over old hours = (what an hour buys after tax)^elasticity.",
        page="method/world",
    ),
    "price_index": Formula(
        text=(
            "100 x (P - 1), P = new over old price of the same basket of sources, with "
            "substitution between them."
        ),
        page="method/world",
    ),
    "first_order_welfare": Formula(
        text=(
            "Terms of trade, plus benchmark rates x (imports at new trade - benchmark imports at "
            "new costs) summed over sources and sectors, over benchmark income."
        ),
        page="method/world",
    ),
    "terms_of_trade": Formula(
        text=(
            "Benchmark sales x change of own costs - benchmark purchases x change of the costs of "
            "their sources, over benchmark income."
        ),
        page="method/world",
    ),
    "consumer_surplus_as_published": Formula(
        text="Change of consumer surplus by the linear formula that Francois and Hall print.",
        page="method/gsim",
    ),
    "producer_surplus_as_published": Formula(
        text="Change of exporters' surplus by the linear formula that Francois and Hall print.",
        page="method/gsim",
    ),
}
_GSIM, _GRAVITY, _SECTORS = "method/gsim", "method/gravity", "method/caliendo-parro"
_ACCOUNT = "Rate x customs value, summed over products; both after trade has responded."
OF_A_MODEL = {
    "gsim": {
        "customs_value": Formula(
            text=(
                "Benchmark value x (1 + change of quantity + change of world price): quantities "
                "follow own and cross price elasticities, and world prices clear every "
                "exporter's market; both are linear. A month is a mixture of regimes by days, "
                "on the way from the answer at short-run to that at long-run elasticities."
            ),
            page=_GSIM,
        ),
        "duty": Formula(text=_ACCOUNT, page=_GSIM),
        "price_index": Formula(
            text=(
                "Change of landed prices over sources, weighted by their shares in benchmark "
                "spending; of each source, change of world price + change of 1 + rate."
            ),
            page=_GSIM,
        ),
        "consumer_surplus": Formula(
            text=(
                "The area under demand for imports between the old and the new composite price, "
                "the change of that price being linear. A rise is a loss."
            ),
            page=_GSIM,
        ),
        "producer_surplus": Formula(
            text="The area above export supply between the old and the new world price.",
            page=_GSIM,
        ),
        "welfare": Formula(
            text=(
                "Buyers' surplus + customs revenue over that of the benchmark + surplus of the "
                "economy's own exporters."
            ),
            page=_GSIM,
        ),
    },
    "gravity": {
        "customs_value": Formula(
            text=(
                "Spending of the importer x share of the source, before duty: share after = share "
                "before x (w x t)^-e / P^-e, with w the source's new over old wage, t new over "
                "old 1 + rate, e the trade elasticity; wages and incomes clear all markets."
            ),
            page=_GRAVITY,
        ),
        "duty": Formula(text=_ACCOUNT, page=_GRAVITY),
    },
    "world": {
        "customs_value": Formula(
            text=(
                "Spending of the importer on a sector x share of the source, before duty: share "
                "after = share before x (c x t)^-e / P^-e, with c the source's new over old cost "
                "(wages and inputs), t new over old 1 + rate, e the sector's trade elasticity; "
                "wages, prices and incomes clear all markets."
            ),
            page=_SECTORS,
        ),
        "duty": Formula(text=_ACCOUNT, page=_SECTORS),
    },
}
"""What a model works out in its own way, before the entries that hold for all."""
