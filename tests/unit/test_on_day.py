"""One day by hand: a small dispute, its layers and events, its pause, its control."""

import datetime as dt

import attrs
import pytest

from tariffsim.axes import Axis, TradeAxes
from tariffsim.events import (
    ControlEased,
    ControlSet,
    GeneralLicenceGranted,
    GroupMembershipSet,
    MeasureEnacted,
    RateSet,
    ScopeChanged,
    StackingRule,
    StackingSet,
    Suspended,
    SuspensionEndSet,
    Terminated,
    Voided,
)
from tariffsim.identity import event_id
from tariffsim.layers import EXACT_PER_PERCENT, Pause
from tariffsim.log import make_log
from tariffsim.reduce import compile_rates, controls_on, fold, rate_on, stacked_on
from tariffsim.scopes import CodeShare, DayInterval, Partners, Products, ShareInterval


def day(month, number):
    return dt.date(2025, month, number)


def law(measure, group, products=None, **fields):
    fields = {"imposer": "USA", "partners": Partners(include=("CHN",)), **fields}
    return MeasureEnacted(
        announced=day(2, 1),
        effective=day(2, 4),
        measure=measure,
        authority=group,
        group=group,
        products=products or Products(),
        **fields,
    )


def rate(measure, percent, since, **fields):
    return RateSet(announced=since, measure=measure, rate=percent * 10_000, **fields)


SHARE = ShareInterval(low=250_000, high=500_000)
METALS = Products(include=("72", "7616"), shares={"76": CodeShare(share=SHARE)})
ENACTED = (
    law("fentanyl", "fentanyl"),
    law("reciprocal", "reciprocal"),
    law("steel", "metals", METALS),
)
RATES = (
    rate("fentanyl", 20, day(2, 4)),
    rate("steel", 25, day(3, 12)),
    rate("reciprocal", 34, day(4, 2), effective=day(4, 9)),
    rate("reciprocal", 125, day(4, 10)),
)
PAUSE = Suspended(
    announced=day(5, 12),
    effective=day(5, 14),
    measure="reciprocal",
    suspension="geneva",
    points=1_150_000,
    until=day(8, 12),
)
ASIDE = StackingSet(
    announced=day(4, 2),
    name="metals-first",
    imposer="USA",
    rule=StackingRule(kind="yields", group="reciprocal", to=("metals",)),
)
DISPUTE = (*ENACTED, *RATES, PAUSE, ASIDE)


def stacked(events, on, product=None, flow=("USA", "CHN")):
    """Measure, and both ends in percent."""
    found = stacked_on(fold(make_log("example", events)), on, *flow, product)
    return {
        layer.measure: (layer.low / EXACT_PER_PERCENT, layer.high / EXACT_PER_PERCENT)
        for layer in found.layers
    }


@pytest.mark.parametrize(
    ("on", "product", "expected"),
    [
        (day(2, 3), None, {}),
        (day(2, 4), None, {"fentanyl": (20, 20), "reciprocal": (0, 0)}),
        (day(4, 9), None, {"fentanyl": (20, 20), "reciprocal": (34, 34)}),
        (day(4, 10), None, {"fentanyl": (20, 20), "reciprocal": (125, 125)}),
        (day(5, 13), None, {"fentanyl": (20, 20), "reciprocal": (125, 125)}),
        (day(5, 14), None, {"fentanyl": (20, 20), "reciprocal": (10, 10)}),
        (day(8, 11), None, {"fentanyl": (20, 20), "reciprocal": (10, 10)}),
        (day(8, 12), None, {"fentanyl": (20, 20), "reciprocal": (125, 125)}),
        # Steel pays its own duty instead of the reciprocal one.
        (day(4, 10), "7208", {"fentanyl": (20, 20), "reciprocal": (0, 0), "steel": (25, 25)}),
        # A quarter to a half of aluminium is on the list, so three quarters to a half yields not.
        (
            day(4, 10),
            "76",
            {"fentanyl": (20, 20), "reciprocal": (93.75, 62.5), "steel": (6.25, 12.5)},
        ),
        (day(4, 10), "84", {"fentanyl": (20, 20), "reciprocal": (125, 125)}),
    ],
)
def test_the_layers_of_a_day(on, product, expected):
    assert stacked(DISPUTE, on, product) == expected


def test_a_total_is_the_sum_of_its_layers_at_both_ends():
    found = stacked_on(fold(make_log("example", DISPUTE)), day(4, 10), "USA", "CHN", "76")
    assert found.low == 120 * EXACT_PER_PERCENT
    assert found.high == 95 * EXACT_PER_PERCENT
    assert [layer.rate for layer in found.layers] == [200_000, 1_250_000, 250_000]


def test_each_layer_names_the_events_that_put_it_there():
    state = fold(make_log("example", DISPUTE))
    layers = {layer.measure: layer for layer in stacked_on(state, day(5, 14), "USA", "CHN").layers}
    assert layers["fentanyl"].events == (event_id(RATES[0]), event_id(ENACTED[0]))
    assert layers["reciprocal"].events == (
        event_id(RATES[3]),
        event_id(PAUSE),
        event_id(ENACTED[1]),
    )
    moved = SuspensionEndSet(
        announced=day(8, 11), measure="reciprocal", suspension="geneva", until=day(11, 10)
    )
    state = fold(make_log("example", [*DISPUTE, moved]))
    layers = {layer.measure: layer for layer in stacked_on(state, day(8, 12), "USA", "CHN").layers}
    assert layers["reciprocal"].low == 10 * EXACT_PER_PERCENT
    assert event_id(moved) in layers["reciprocal"].events


def test_a_change_made_during_a_pause_is_there_when_it_ends():
    """Nobody writes the old rate back; the law as it is by then comes back by itself."""
    lower = rate("reciprocal", 54, day(6, 1))
    assert stacked([*DISPUTE, lower], day(6, 1))["reciprocal"] == (0, 0)  # 54 less 115
    assert stacked([*DISPUTE, lower], day(8, 12))["reciprocal"] == (54, 54)


def test_a_layer_names_its_pauses_and_their_ends_as_set_by_then():
    moved = SuspensionEndSet(
        announced=day(8, 11), measure="reciprocal", suspension="geneva", until=day(11, 10)
    )
    state = fold(make_log("example", (*DISPUTE, moved)))

    def reciprocal(on):
        layers = stacked_on(state, on, "USA", "CHN").layers
        return next(layer for layer in layers if layer.measure == "reciprocal")

    assert reciprocal(day(5, 13)).pauses == ()
    first, last = reciprocal(day(5, 14)), reciprocal(day(9, 1))
    assert (first.level, first.rate) == (1_250_000, 100_000)
    assert first.pauses == (
        Pause(
            suspension="geneva",
            points=1_150_000,
            until=day(8, 12),
            event=event_id(PAUSE),
            end_event=event_id(PAUSE),
        ),
    )
    (pause,) = last.pauses
    assert (pause.until, pause.end_event) == (day(11, 10), event_id(moved))
    assert reciprocal(day(11, 10)).pauses == ()


def test_other_flows_pay_nothing():
    assert stacked(DISPUTE, day(5, 14), flow=("CHN", "USA")) == {}
    assert stacked(DISPUTE, day(5, 14), flow=("USA", "DEU")) == {}


def test_a_duty_on_exports_falls_on_what_the_imposer_sells():
    duty = law("gas", "exports", imposer="CHN", flow="export", partners=Partners(include=("USA",)))
    events = [duty, rate("gas", 5, day(2, 4))]
    assert stacked(events, day(2, 4)) == {"gas": (5, 5)}
    assert stacked(events, day(2, 4), flow=("CHN", "USA")) == {}


def test_what_is_no_ad_valorem_duty_is_no_layer():
    ban = law("parcels", "parcels", form="ban")
    assert stacked([ban, rate("parcels", 54, day(2, 4))], day(2, 4)) == {}


def test_goods_leave_and_come_back():
    phones = Products(include=("8517",), shares={"85": CodeShare(share=SHARE)})
    out = ScopeChanged(
        announced=day(4, 11),
        measure="reciprocal",
        direction="out",
        products=phones,
        until=day(5, 1),
    )
    events = [*DISPUTE, out]
    assert stacked(events, day(4, 10), "8517")["reciprocal"] == (125, 125)
    assert "reciprocal" not in stacked(events, day(4, 11), "8517")
    assert stacked(events, day(4, 11), "85")["reciprocal"] == (62.5, 93.75)
    assert stacked(events, day(5, 1), "8517")["reciprocal"] == (125, 125)
    # Exceptions do not take away that it is a duty on all goods.
    assert stacked(events, day(4, 11))["reciprocal"] == (125, 125)


def test_partners_join_and_members_of_a_group_are_partners():
    europe = GroupMembershipSet(announced=day(1, 1), group="EU27", members=("DEU",))
    more = GroupMembershipSet(announced=day(7, 1), group="EU27", members=("DEU", "FRA"))
    joined = ScopeChanged(
        announced=day(3, 1),
        measure="fentanyl",
        direction="in",
        partners=Partners(include=("EU27",)),
    )
    events = [*DISPUTE, europe, more, joined]
    assert stacked(events, day(2, 28), flow=("USA", "DEU")) == {}
    assert stacked(events, day(3, 1), flow=("USA", "DEU")) == {"fentanyl": (20, 20)}
    assert stacked(events, day(6, 30), flow=("USA", "FRA")) == {}
    assert stacked(events, day(7, 1), flow=("USA", "FRA")) == {"fentanyl": (20, 20)}


def test_the_earlier_of_two_ends_counts_and_refunds_are_marked():
    court = Voided(
        announced=day(5, 28), measure="fentanyl", void_from=day(5, 28), refund_from=day(3, 1)
    )
    over = Terminated(announced=day(6, 10), measure="fentanyl")
    for events in ([*DISPUTE, court, over], [*DISPUTE, over, court]):
        assert "fentanyl" in stacked(events, day(5, 27))
        assert "fentanyl" not in stacked(events, day(5, 28))
    state = fold(make_log("example", [*DISPUTE, court]))
    marked = [
        next(layer.refundable for layer in stacked_on(state, on, "USA", "CHN").layers)
        for on in (day(2, 28), day(3, 1), day(5, 27))
    ]
    assert marked == [False, True, True]


def test_two_pauses_add_and_never_go_below_zero():
    other = attrs.evolve(PAUSE, suspension="second", points=60_000)
    state = fold(make_log("example", [*DISPUTE, other]))
    assert rate_on(state.measures["reciprocal"], day(5, 14)) == 40_000
    whole = attrs.evolve(PAUSE, suspension="second", points=None)
    state = fold(make_log("example", [*DISPUTE, whole]))
    assert rate_on(state.measures["reciprocal"], day(5, 14)) == 0


def test_a_measure_nobody_enacted_is_no_layer():
    assert stacked([rate("ghost", 10, day(2, 4))], day(2, 4)) == {}


CONTROL = ControlSet(
    announced=day(4, 4),
    control="rare-earths",
    imposer="CHN",
    destinations=Partners(include=("WLD",)),
    products=Products(include=("2805",)),
    materials=("dysprosium",),
    approval=ShareInterval(low=100_000, high=300_000),
    delay_days=DayInterval(low=45, high=90),
    authority="cn-export-control-law",
)
EASED = ControlEased(
    announced=day(6, 1),
    control="rare-earths",
    approval=ShareInterval(low=500_000, high=900_000),
    delay_days=DayInterval(low=20, high=45),
)
LICENCES = tuple(
    GeneralLicenceGranted(
        announced=since,
        control="rare-earths",
        destinations=Partners(include=destinations),
        share=ShareInterval(low=400_000, high=700_000),
        until=day(9, 1),
    )
    for since, destinations in ((day(7, 1), ("USA",)), (day(8, 1), ("WLD",)))
)


def control(on, *more, exporter="CHN", destination="USA"):
    state = fold(make_log("example", [CONTROL, EASED, *LICENCES, *more]))
    return controls_on(state, on, exporter, destination)


def test_a_control_from_its_first_day_to_its_easing_and_its_licences():
    assert control(day(4, 3)) == ()
    (found,) = control(day(4, 4))
    assert found.approval == CONTROL.approval
    assert found.events == (event_id(CONTROL),)
    assert (found.stance, found.materials, found.since) == ("licence", ("dysprosium",), day(4, 4))
    (found,) = control(day(6, 1))
    assert (found.approval, found.delay_days) == (EASED.approval, EASED.delay_days)
    freed = [
        (found.freed.low, found.freed.high)
        for on in (day(6, 30), day(7, 1), day(8, 1), day(9, 1))
        for found in control(on)
    ]
    assert freed == [(0, 0), (400_000, 700_000), (800_000, 1_000_000), (0, 0)]


def test_licences_free_only_their_destinations():
    (found,) = control(day(7, 1), destination="DEU")
    assert found.freed.high == 0


def test_a_control_binds_one_economys_exports_only():
    assert control(day(4, 4), exporter="USA", destination="CHN") == ()


def test_a_paused_or_ended_control_does_not_bind():
    pause = Suspended(
        announced=day(5, 14),
        measure="rare-earths",
        suspension="geneva",
        points=None,
        until=day(5, 20),
    )
    assert [len(control(day(5, n), pause)) for n in (13, 14, 19, 20)] == [1, 0, 0, 1]
    over = Terminated(announced=day(5, 14), measure="rare-earths")
    assert [len(control(day(5, n), over)) for n in (13, 14)] == [1, 0]


def changed(direction, on, partners=None, products=None):
    return ScopeChanged(
        announced=on,
        measure="steel",
        direction=direction,
        partners=Partners(include=partners) if partners else None,
        products=Products(include=products) if products else None,
    )


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        # Goods let in for nobody in particular are let in for the measure's own partners.
        ((), {"CHN"}),
        # A partner let in as such, before or after the goods, is one of them.
        ((changed("in", day(3, 20), ("DEU",)),), {"CHN", "DEU"}),
        ((changed("in", day(4, 20), ("DEU",)),), {"CHN", "DEU"}),
        # One let in for some goods is not.
        ((changed("in", day(3, 20), ("DEU",), ("9503",)),), {"CHN"}),
        # And one taken out as such is none any more.
        ((changed("out", day(4, 20), ("CHN",)),), set()),
    ],
)
def test_goods_let_in_for_nobody_in_particular(changes, who):
    events = (*DISPUTE, changed("in", day(4, 5), products=("8418",)), *changes)
    found = {
        exporter
        for exporter in ("CHN", "DEU", "VNM")
        if "steel" in stacked(events, day(5, 1), "8418", ("USA", exporter))
    }
    assert found == who


def test_a_layer_names_the_changes_of_its_list_that_concern_the_goods():
    """Goods that left the list are nobody's evidence for what others pay."""
    grown = changed("in", day(4, 5), products=("8418",))
    shrunk = changed("out", day(4, 5), products=("7207",))
    state = fold(make_log("example", (*DISPUTE, grown, shrunk)))
    for product, expected in (("8418", [grown]), ("7208", []), ("72", [shrunk])):
        layers = stacked_on(state, day(5, 1), "USA", "CHN", product).layers
        (steel,) = [layer for layer in layers if layer.measure == "steel"]
        found = [event for event in (grown, shrunk) if event_id(event) in steel.events]
        assert found == expected


def test_a_rule_replaced_by_one_that_combines_nothing_is_over():
    """Both roads drop the rule on the day on which lists are told apart under its name."""
    apart = StackingSet(
        announced=day(4, 20),
        name="metals-first",
        imposer="USA",
        rule=StackingRule(kind="one-of", measures=("reciprocal", "steel")),
    )
    state = fold(make_log("example", (*DISPUTE, apart)))
    axes = TradeAxes(
        importer=Axis("importer", ["USA", "CHN"]),
        exporter=Axis("exporter", ["USA", "CHN"]),
        product=Axis("product", ["7208"]),
    )
    days = [day(4, 19), day(4, 20)]
    found = [stacked_on(state, on, "USA", "CHN", "7208") for on in days]
    assert [one.low // EXACT_PER_PERCENT for one in found] == [45, 170]
    assert [bool(one.rules) for one in found] == [True, False]
    low, _ = compile_rates(state, axes).exact(days)
    assert low[:, 0, 1, 0].tolist() == [one.low for one in found]
