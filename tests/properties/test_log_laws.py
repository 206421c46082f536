"""The laws of the fold and of its compiled twin: what follows from the events, and what may not."""

import datetime as dt
import itertools
from fractions import Fraction

import attrs
import numpy as np
from hypothesis import strategies as st

from tariffsim.errors import LogError
from tariffsim.events import (
    MeasureEnacted,
    RateSet,
    Suspended,
    SuspensionEndSet,
    Terminated,
    Voided,
)
from tariffsim.log import Log, append, known_on, make_log
from tariffsim.reduce import compile_rates, controls_on, fold, rate_on, stacked_on
from tariffsim.stacking import EXACT_PER_UNIT
from tests import strategies as drawn
from tests.laws import law
from tests.reference import twin_log

ALL_DAYS = [drawn.later(drawn.FIRST, n) for n in range(-10, drawn.LENGTH + 70)]

AXES = drawn.TradeAxes(
    importer=drawn.Axis("importer", ["USA"]),
    exporter=drawn.Axis("exporter", ["CHN"]),
    product=drawn.Axis("product", ["84"]),
)
DUTY = drawn.on_everybody("measure-0")


def folded(events):
    return fold(make_log("example", events))


def rates_of(events, name="measure-0"):
    """One measure's own rate on every day there is anything to see."""
    measure = folded(events).measures[name]
    return [rate_on(measure, day) for day in ALL_DAYS]


def flows(axes):
    pairs = itertools.product(enumerate(axes.importer.labels), enumerate(axes.exporter.labels))
    return [(i, e, a, b) for (i, a), (e, b) in pairs if a != b]


def layers_on(state, day, flow, product=None):
    """What people are told of a day, but for marks that a court may set later."""
    stacked = stacked_on(state, day, *flow, product)
    return [attrs.evolve(layer, refundable=False) for layer in stacked.layers]


def agree(state, axes, days):
    """Both ends of every cell, from table and timelines; no segment without a cause."""
    table = compile_rates(state, axes)
    assert {dt.date.fromordinal(start) for start in table.starts.tolist()[1:]} <= set(days)
    low, high = table.exact(days)
    assert low.dtype == high.dtype == np.int64
    middle = (low + high) / 2
    assert np.allclose(table.rates(days) * EXACT_PER_UNIT, middle, rtol=1e-15, atol=0)
    for (n, day), (i, e, importer, exporter) in itertools.product(enumerate(days), flows(axes)):
        for p, product in enumerate(axes.product.labels):
            stacked = stacked_on(state, day, importer, exporter, product)
            assert (low[n, i, e, p], high[n, i, e, p]) == (stacked.low, stacked.high), (day, p)


@law(events=drawn.histories(), axes=drawn.axes(), more=st.lists(drawn.days, max_size=3))
def test_compiled_equals_folded(events, axes, more):
    agree(folded(events), axes, [*drawn.turning_days(events), *more])


@law(events=drawn.lives())
def test_compiled_equals_folded_through_time(events):
    agree(folded(events), AXES, drawn.turning_days(events))


@law(events=drawn.reaches(), axes=drawn.axes(), code=drawn.products)
def test_compiled_equals_folded_on_any_scope(events, axes, code):
    goods = drawn.Axis("product", dict.fromkeys(("84", "8471", code)))
    agree(folded(events), attrs.evolve(axes, product=goods), drawn.turning_days(events))


@law(events=drawn.crowds(), code=st.sampled_from(("8471", "847130", "8517", "0101")))
def test_compiled_equals_folded_under_any_rule(events, code):
    axes = attrs.evolve(AXES, product=drawn.Axis("product", ("84", "85", "01", code)))
    agree(folded(events), axes, drawn.turning_days(events))


def meet_the_definition(events, flows, products):
    state = folded(events)
    for day, flow, product in itertools.product(drawn.turning_days(events), flows, products):
        stacked = stacked_on(state, day, *flow, product)
        expected = twin_log.total(events, day, flow, product)
        assert (stacked.low, stacked.high) == expected, (day, flow, product)


@law(events=drawn.disputes(), flow=drawn.flows, codes=st.lists(drawn.products, max_size=2))
def test_folded_equals_the_definition(events, flow, codes):
    meet_the_definition(events, [flow], [None, *codes])


@law(events=drawn.lives())
def test_rates_equal_the_definition(events):
    measure = folded(events).measures["measure-0"]
    for day in drawn.turning_days(events):
        assert rate_on(measure, day) == twin_log.rate(events, "measure-0", day), day


@law(events=drawn.reaches(), code=drawn.products)
def test_scopes_equal_the_definition(events, code):
    flows = (("USA", "CHN"), ("USA", "DEU"), ("CAN", "CHN"), ("CHN", "USA"))
    meet_the_definition(events, flows, [None, "84", "8471", code])


@law(events=drawn.crowds(), codes=st.lists(drawn.products, min_size=2, max_size=2, unique=True))
def test_rules_equal_the_definition(events, codes):
    meet_the_definition(events, [("USA", "CHN")], [None, *codes])


@law(events=drawn.controls(), group=drawn.memberships())
def test_supply_equals_the_definition(events, group):
    events = (*events, *group)
    state = folded(events)
    flows = itertools.permutations(("CHN", "USA", "DEU"), 2)
    for (exporter, destination), day in itertools.product(flows, drawn.turning_days(events)):
        expected = twin_log.supply(events, "control", day, exporter, destination)
        found = controls_on(state, day, exporter, destination)
        ends = [tuple((i.low, i.high) for i in (c.approval, c.delay_days, c.freed)) for c in found]
        assert ends == ([] if expected is None else [tuple(expected)])


@law(
    levels=drawn.levels("measure-0", least=1),
    pauses=st.tuples(drawn.pauses("measure-0", "pause-a"), drawn.pauses("measure-0", "pause-b")),
)
def test_a_pause_only_lowers_and_only_inside(levels, pauses):
    """Inside, lower and never below zero, and zero under a full one; outside, as without it."""
    pausing = [*pauses[0], *pauses[1]]
    free = rates_of([DUTY, *levels])
    paused = rates_of([DUTY, *levels, *pausing])
    for day, without, rate in zip(ALL_DAYS, free, paused, strict=True):
        off = twin_log.points_off(pausing, "measure-0", day)
        assert 0 <= rate <= without
        if not off:
            assert rate == without
        elif None in off:
            assert rate == 0


@law(
    levels=drawn.levels("measure-0", least=1),
    points=st.none() | drawn.rates,
    start=st.integers(0, 20),
    lengths=st.tuples(st.integers(1, 20), st.integers(1, 20)),
)
def test_two_adjacent_pauses_are_one(levels, points, start, lengths):
    first = drawn.later(drawn.FIRST, start)
    middle = drawn.later(first, lengths[0])
    end = drawn.later(middle, lengths[1])

    def pause(name, begin, until):
        return Suspended(
            measure="measure-0", suspension=name, points=points, announced=begin, until=until
        )

    two = [pause("one", first, middle), pause("two", middle, end)]
    one = [pause("both", first, end)]
    assert rates_of([DUTY, *levels, *two]) == rates_of([DUTY, *levels, *one])


@law(
    levels=drawn.levels("measure-0", least=1),
    points=st.none() | drawn.rates,
    days=st.lists(st.integers(1, 40), min_size=3, max_size=3, unique=True).map(sorted),
    opened=st.booleans(),
)
def test_a_moved_end_is_a_window_of_that_length(levels, points, days, opened):
    """Extended, shortened or opened while it runs: as if it had been so from the start."""
    start, moved_on, sooner, later = (drawn.later(drawn.FIRST, n) for n in (0, *days))

    def pause(until):
        return Suspended(
            measure="measure-0", suspension="pause", points=points, announced=start, until=until
        )

    def moved(until):
        return SuspensionEndSet(
            measure="measure-0", suspension="pause", announced=moved_on, until=until
        )

    for before, after in ((sooner, later), (later, sooner), (sooner, None)):
        expected = rates_of([DUTY, *levels, pause(after)])
        assert rates_of([DUTY, *levels, pause(before), moved(after)]) == expected


@law(
    levels=drawn.levels("measure-0", least=1),
    gap=st.integers(1, 10),
)
def test_an_end_moved_after_the_lapse_leaves_the_gap(levels, gap):
    """The old law was back in between, whatever was decided later."""
    lapse = drawn.later(drawn.FIRST, 30)
    again = drawn.later(lapse, gap)
    pause = Suspended(
        measure="measure-0", suspension="p", points=None, announced=drawn.FIRST, until=lapse
    )
    moved = SuspensionEndSet(
        measure="measure-0", suspension="p", announced=lapse, effective=again, until=None
    )
    rates = rates_of([DUTY, *levels, pause, moved])
    free = rates_of([DUTY, *levels])
    for day, rate, without in zip(ALL_DAYS, rates, free, strict=True):
        assert rate == (without if day < drawn.FIRST or lapse <= day < again else 0)


@law(
    events=drawn.lives() | drawn.crowds() | drawn.disputes(),
    seed=st.randoms(use_true_random=True),
)
def test_recording_order_is_irrelevant(events, seed):
    shuffled = list(events)
    seed.shuffle(shuffled)
    log, other = make_log("example", events), make_log("example", shuffled)
    assert log == other
    # The fold itself must not lean on the order in which a log keeps its entries.
    entries = list(log.entries)
    seed.shuffle(entries)
    state, mixed = fold(log), fold(attrs.evolve(log, entries=tuple(entries)))
    assert state == mixed
    for day in drawn.turning_days(events):
        for product in (None, "84"):
            flow = ("USA", "CHN", product)
            assert stacked_on(state, day, *flow) == stacked_on(mixed, day, *flow)
        assert controls_on(state, day, "CHN", "USA") == controls_on(mixed, day, "CHN", "USA")


@law(events=drawn.histories(), cut=st.integers(0, 99), seed=st.randoms(use_true_random=True))
def test_prefix_then_suffix_is_all(events, cut, seed):
    """From a snapshot of any part of the record, the rest leads to the same state."""
    log = make_log("example", events)
    entries = list(log.entries)
    seed.shuffle(entries)
    cut %= len(entries) + 1
    first, rest = (Log(name="part", entries=tuple(e)) for e in (entries[:cut], entries[cut:]))
    assert fold(rest, start=fold(first)) == fold(log)
    assert fold(log, start=fold(log)) == fold(log)


@law(events=drawn.histories(), cut=st.integers(0, 30), axes=drawn.axes(), day=drawn.days)
def test_replay_leaves_its_input_untouched(events, cut, axes, day):
    log = make_log("example", events)
    first, rest = (attrs.evolve(log, entries=e) for e in (log.entries[:cut], log.entries[cut:]))
    start = fold(first)
    written = repr(start), repr(log.entries)
    state = fold(rest, start=start)
    assert (repr(start), repr(log.entries)) == written
    written = repr(state)
    compile_rates(state, axes)
    stacked_on(state, day, "USA", "CHN")
    controls_on(state, day, "CHN", "USA")
    known_on(log, day)
    append(log, events[:1])
    assert (repr(state), repr(make_log("example", events).entries)) == (written, repr(log.entries))


@law(events=drawn.lives())
def test_no_effect_before_effective(events):
    """What takes effect later might as well not be in the log."""
    not_before(events, ("USA", "CHN"), (None,))


@law(events=drawn.crowds(), product=drawn.products)
def test_no_rule_before_effective(events, product):
    not_before(events, ("USA", "CHN"), (None, product))


@law(events=drawn.reaches() | drawn.controls(), flow=drawn.flows, product=drawn.products)
def test_no_reach_before_effective(events, flow, product):
    not_before(events, flow, (None, product))
    not_before(events, ("USA", "CHN"), (None, "84"))


def not_before(events, flow, products):
    state = folded(events)
    for day in {drawn.later(event.effective, -1) for event in events}:
        without = folded([event for event in events if event.effective <= day])
        for product in products:
            assert layers_on(state, day, flow, product) == layers_on(without, day, flow, product)
        assert controls_on(state, day, *flow) == controls_on(without, day, *flow)


@law(
    events=drawn.histories(),
    draft=st.lists(drawn.lives(), min_size=1, max_size=2),
    picks=st.lists(st.integers(0, 20), min_size=1, max_size=2),
    known=st.integers(-4, 30),
    product=drawn.products,
)
def test_a_fork_changes_no_earlier_day(events, draft, picks, known, product):
    """Draft events are announced and take effect after the knowledge day, about the same names."""
    knowledge = drawn.later(drawn.FIRST, known)
    log = known_on(make_log("example", events), knowledge)
    base = fold(log)
    able = [event for event in draft[0] if not isinstance(event, MeasureEnacted)]
    drafts = {shifted(able[pick % len(able)], known + 5) for pick in picks}
    fork = fold(append(log, drafts))
    first = min(event.effective for event in drafts)
    flow = ("USA", "CHN")
    for day in (knowledge, *(drawn.later(first, -n) for n in (1, 2, 5))):
        assert layers_on(fork, day, flow, product) == layers_on(base, day, flow, product)
        assert layers_on(fork, day, flow) == layers_on(base, day, flow)
        assert controls_on(fork, day, *flow) == controls_on(base, day, *flow)
    days = [day for day in ALL_DAYS if day < first]
    before, after = (compile_rates(state, AXES).exact(days) for state in (base, fork))
    assert np.array_equal(before, after)


def shifted(event, days):
    """The same event later, about a pause of its own where it is about a pause."""
    names = ("announced", "effective", "until", "void_from", "refund_from")
    held = {name: getattr(event, name, None) for name in names}
    moved = {name: drawn.later(day, days) for name, day in held.items() if day is not None}
    if hasattr(event, "suspension"):
        moved["suspension"] = f"draft-{event.suspension}"
    return attrs.evolve(event, **moved)


@law(
    events=drawn.histories(),
    day=drawn.days,
    flow=drawn.flows,
    product=st.none() | drawn.products,
    seed=st.randoms(use_true_random=True),
)
def test_sums_are_exact_in_any_order(events, day, flow, product, seed):
    state = folded(events)
    stacked = stacked_on(state, day, *flow, product)
    layers = list(stacked.layers)
    seed.shuffle(layers)
    mixed = attrs.evolve(stacked, layers=tuple(layers))
    for end in ("low", "high"):
        total = getattr(stacked, end)
        assert type(total) is int
        assert total == getattr(mixed, end)
        assert total == sum(Fraction(getattr(layer, end)) for layer in layers)


@law(events=drawn.histories(), day=drawn.days, flow=drawn.flows, product=drawn.products)
def test_the_decomposition_adds_up(events, day, flow, product):
    """Layers are whole, none is negative, each states its own rate, and they give the total."""
    state = folded(events)
    axes = drawn.TradeAxes(
        importer=drawn.Axis("importer", flow[:1]),
        exporter=drawn.Axis("exporter", flow[1:]),
        product=drawn.Axis("product", [product]),
    )
    low, high = compile_rates(state, axes).exact([day])
    layers = stacked_on(state, day, *flow, product).layers
    assert sum(layer.low for layer in layers) == low.item()
    assert sum(layer.high for layer in layers) == high.item()
    assert len({layer.measure for layer in layers}) == len(layers)
    for layer in layers:
        assert type(layer.low) is type(layer.high) is int
        assert min(layer.low, layer.high) >= 0
        assert layer.rate == twin_log.rate(events, layer.measure, day)
        assert layer.events
        assert set(layer.events) <= set(make_log("example", events).by_id)


@law(
    events=drawn.histories(),
    name=st.just("measure-0"),
    when=drawn.moments(),
    refund=st.none() | drawn.days,
    flow=drawn.flows,
)
def test_voided_is_terminated_from_its_day(events, name, when, refund, flow):
    court = Voided(measure=name, void_from=when.effective, refund_from=refund, **when.fields)
    imposer = Terminated(measure=name, **when.fields)
    voided, terminated = folded([*events, court]), folded([*events, imposer])
    assert rates_of([*events, court]) == rates_of([*events, imposer])
    for day in (drawn.later(when.effective, -1), when.effective, ALL_DAYS[-1]):
        assert layers_on(voided, day, flow) == layers_on(terminated, day, flow)
    assert all(
        rate == 0
        for day, rate in zip(ALL_DAYS, rates_of([*events, court]), strict=True)
        if day >= when.effective
    )


@law(events=drawn.histories(), refund=drawn.days, void=drawn.days)
def test_refunds_mark_and_change_no_rate(events, refund, void):
    """What was paid from `refund_from` on is marked; the levy stands as it was."""

    def court(refund_from):
        return Voided(measure="measure-0", announced=void, void_from=void, refund_from=refund_from)

    events = [event for event in events if not isinstance(event, Voided)]
    with_refund, without = folded([*events, court(refund)]), folded([*events, court(None)])
    for day in ALL_DAYS[::7]:
        flow = ("USA", "CHN")
        assert layers_on(with_refund, day, flow) == layers_on(without, day, flow)
        for layer in stacked_on(with_refund, day, *flow).layers:
            assert layer.refundable == (layer.measure == "measure-0" and refund <= day)
        assert not any(layer.refundable for layer in stacked_on(without, day, *flow).layers)


def clashing(event, moved=False):
    """The same thing set differently for the same days; None where an event cannot clash.

    What comes into being once may not come into being on another day either (`moved`).
    """
    if moved and isinstance(event, (MeasureEnacted, Suspended, drawn.ControlSet)):
        day = drawn.later(max(event.announced, event.effective), 1)
        last = {"until": None} if isinstance(event, Suspended) else {}
        return attrs.evolve(event, announced=day, effective=day, retroactive=False, **last)
    if isinstance(event, RateSet):
        return attrs.evolve(event, rate=event.rate + 1)
    if isinstance(event, MeasureEnacted):
        return attrs.evolve(event, legal_basis="another act")
    if isinstance(event, Suspended):
        return attrs.evolve(event, points=10_000 if event.points is None else event.points + 1)
    if isinstance(event, SuspensionEndSet):
        return attrs.evolve(event, until=drawn.later(event.until or event.effective, 1))
    if isinstance(event, drawn.StackingSet):
        return attrs.evolve(event, imposer="CAN")
    if isinstance(event, drawn.GroupMembershipSet):
        return attrs.evolve(event, members=("FRA", *event.members))
    if isinstance(event, drawn.ControlSet):
        return attrs.evolve(event, quota="100 tonnes")
    if isinstance(event, drawn.ControlEased):
        return attrs.evolve(event, delay_days=drawn.DayInterval(low=0, high=100))
    return None


@law(events=drawn.histories() | drawn.controls(), seed=st.randoms(use_true_random=True))
def test_a_clash_is_an_error(events, seed):
    """Never a silent win, in whatever order and from whatever snapshot the two are read."""
    for event, moved in itertools.product(events, (False, True)):
        rival = clashing(event, moved)
        if rival is None:
            continue
        log = make_log("example", [*events, rival])
        assert len(log) == len(events) + 1
        entries = list(log.entries)
        seed.shuffle(entries)
        cut = seed.randrange(len(entries))
        parts = (attrs.evolve(log, entries=tuple(e)) for e in (entries[:cut], entries[cut:]))
        message = refusal(*parts)
        assert message is not None
        assert message == refusal(attrs.evolve(log, entries=tuple(entries)))
        assert "retract one of the two" in message
        assert event.kind in message


def refusal(*logs):
    """What the fold of logs one after the other says where they clash."""
    state = None
    try:
        for log in logs:
            state = fold(log, start=state)
    except LogError as error:
        return str(error)
    return None
