"""A fault planted in any kernel of supply is found by the law named beside it."""

import pytest
from hypothesis import Phase, settings

from tests.planted_faults import Fault, planted
from tests.properties import test_capped_supply_laws as caps
from tests.properties import test_propagation_laws as spreading
from tests.properties import test_rationing_laws as sharing
from tests.properties import test_supply_laws as stocks

FOUND = [
    ("every shortage is the first", "model.supply:_note_first", "new &= first < 0", "pass",
     stocks.test_the_first_shortage_is_the_first),
    ("what is used stays in stock", "model.supply:stock_path", "stock -= used", "pass",
     stocks.test_nothing_is_lost_and_nothing_comes_from_nowhere),
    ("a spell does not count its days", "model.deliveries:_next", "return since + 1",
     "return since", stocks.test_equals_the_scalar_twin),
    ("what grows in is there at once", "model.deliveries:deliveries",
     "(source.limit - missing[number])", "source.limit", sharing.test_equals_the_scalar_twin),
    ("what grows in begins a day early", "model.deliveries:deliveries", "day > source.begins",
     "day >= source.begins", sharing.test_equals_the_scalar_twin),
    ("what is taken is lost", "model.rationing:divert", "delivered[user] += gained", "pass",
     sharing.test_diversion_takes_what_it_gives),
    ("everything can be turned", "model.rationing:divert", "rationing.strength * below", "below",
     sharing.test_equals_the_scalar_twin),
    ("nobody lacks, and some take", "model.rationing:divert",
     "np.maximum(1.0 - stock[user] - delivered[user], 0.0)",
     "np.maximum(1.5 - stock[user] - delivered[user], 0.0)",
     sharing.test_no_control_is_no_change_to_the_bit),
    ("cleared goods are not counted", "model.licensed_share:licensed_share", "+ cleared", "",
     sharing.test_what_may_come_is_the_mean_of_the_days),
    ("rent on what is not sold", "model.scarcity:capped_market", "rent=(price - 1.0) * q",
     "rent=price - 1.0", sharing.test_a_capped_market_clears_at_its_price),
    ("demand does not fall with the index", "model.scarcity:capped_market",
     "price = np.exp(((sigma - eta) * x - tight) / sigma)",
     "price = np.exp((sigma * x - tight) / sigma)",
     sharing.test_a_capped_market_clears_at_its_price),
    ("a price that knows no elasticity", "model.production:marginal_value", "log_ratio / s",
     "log_ratio", sharing.test_the_scarcity_price_is_the_marginal_product),
    ("the rest is paid with its duty", "model.capped_supply:capped",
     "(sigma - eta) * index) / rest", "(sigma - eta) * index)", caps.test_equals_the_scalar_twin),
    ("the exporter is paid the duty", "model.capped_supply:capped", "np.exp(log_own) / own",
     "np.exp(log_own)", caps.test_equals_the_scalar_twin),
    ("a choke that is too high", "model.capped_supply:capped", "np.log(choke)",
     "(np.log(choke) + 1.0)", caps.test_less_of_it_is_dearer_and_never_beyond_the_choke),
    ("what is not withheld is solved anew", "model.capped_supply:capped",
     "np.broadcast_to(part, shape) < 1.0", "np.broadcast_to(part, shape) <= 1.0",
     caps.test_nothing_withheld_is_no_change_to_the_bit),
    ("what is used stays in an industry's stock", "model.propagation_days:_receive",
     "np.subtract(stock, today.output, out=stock)", "pass",
     spreading.test_equals_the_scalar_twin_and_the_twin_loses_nothing_on_the_way),
    ("orders do not restore stocks", "model.propagation_days:_order",
     "np.multiply(order, rules.restock, out=order)\n        np.add(order, today.planned",
     "np.multiply(order, 0.0, out=order)\n        np.add(order, today.planned",
     spreading.test_equals_the_scalar_twin_and_the_twin_loses_nothing_on_the_way),
    ("a missing input stops nothing", "model.propagation_days:_made", "wanted - missing", "wanted",
     spreading.test_equals_the_scalar_twin_and_the_twin_loses_nothing_on_the_way),
    ("capacity is stretched at once", "model.propagation_days:_stretch",
     "step / rules.stretch", "step",
     spreading.test_equals_the_scalar_twin_and_the_twin_loses_nothing_on_the_way),
]  # fmt: skip
QUICK = settings(
    max_examples=300, phases=[Phase.explicit, Phase.generate], database=None, derandomize=True,
    deadline=None, report_multiple_bugs=False,
)  # fmt: skip
SOUND = settings(QUICK, max_examples=40)  # the first of the same; the law's own test takes more


LAWS = dict.fromkeys(entry[-1] for entry in FOUND)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.__module__}:{law.__name__}")
def test_the_law_holds_without_a_fault(law, monkeypatch):
    monkeypatch.setattr(law, "_hypothesis_internal_use_settings", SOUND)
    law()


@pytest.mark.parametrize(("says", "where", "piece", "instead", "law"), FOUND,
                         ids=[entry[0] for entry in FOUND])  # fmt: skip
def test_the_law_finds_the_fault(says, where, piece, instead, law, monkeypatch):
    monkeypatch.setattr(law, "_hypothesis_internal_use_settings", QUICK)
    with planted(Fault(says, where, piece, instead, "")), pytest.raises(AssertionError):
        law()
