"""Every planted fault is found by the laws that stand beside it; every law finds one."""

import pytest

from tariffsim.events import KINDS
from tests.faults import FAULTS
from tests.laws import LAWS, examine
from tests.planted_faults import Fault, planted
from tests.properties import (
    test_log_laws,
    test_record_laws,
    test_round_trips,
    test_stacking_laws,
    test_undo_laws,
)

HELD = (test_log_laws, test_record_laws, test_round_trips, test_stacking_laws, test_undo_laws)
NAMES = sorted(
    name.removeprefix("test_") for module in HELD for name in vars(module) if name[:5] == "test_"
)
EXAMPLES = 1_000  # far more than the shyest fault has needed under any seed
PAIRS = [(fault, name) for fault in FAULTS for name in fault.laws.split()]


@pytest.mark.parametrize(("fault", "name"), PAIRS, ids=[f"{f.says}-{name}" for f, name in PAIRS])
def test_the_law_finds_the_fault(fault, name):
    with planted(fault):
        assert examine(name, examples=EXAMPLES).broken, f"{name} survives: {fault.says}"


@pytest.mark.parametrize("name", NAMES)
def test_the_law_holds_without_a_fault(name):
    """On the first of the very examples on which it finds faults."""
    outcome = examine(name, examples=5)
    assert outcome.broken is None
    assert outcome.examples > 0


def test_every_law_finds_a_fault():
    assert set(NAMES) <= set(LAWS)
    assert {name for fault in FAULTS for name in fault.laws.split()} == set(NAMES)


def test_every_kind_that_changes_the_state_is_broken_by_a_fault():
    broken = {kind for fault in FAULTS for kind in fault.kinds.split()}
    assert broken <= set(KINDS)
    assert {name for name, kind in KINDS.items() if kind.changes_state} <= broken


def test_no_fault_is_planted_twice():
    assert len({fault.says for fault in FAULTS}) == len(FAULTS)
    assert len({(f.where, f.piece, f.instead) for f in FAULTS}) == len(FAULTS)


def test_a_fault_is_dug_out_again():
    fault = FAULTS[0]
    name = fault.laws.split()[0]
    with planted(fault):
        assert examine(name, examples=EXAMPLES).broken
    assert examine(name, examples=20).broken is None


def test_a_fault_that_no_longer_fits_its_source_is_an_error():
    fault = Fault("says nothing", "reduce.fold:fold", "no such piece", "", "")
    with pytest.raises(LookupError, match="rewrite the fault"), planted(fault):
        pass
