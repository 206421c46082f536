"""A control that is drawn, and a material whose uses are told apart: each draw on its own path."""

import attrs
import numpy as np
import pytest

import tariffsim as ts
from tariffsim.model.industries import industry_paths
from tariffsim.model.materials import factors, material_paths
from tariffsim.model.project import project
from tariffsim.model.sampling import draw_parameters
from tariffsim.resolve import resolve

ASKED = """\
scenario: drawn
question: When do licences for magnets come, and who stops before?
log: us-china
known_on: 2025-06-06
horizon: {from: 2025-06, to: 2026-03}
benchmark_day: 2024-12-31
chances:
  licences:
    title: China grants most applications within weeks
    kind: hazard
    probability: [3%, 20%]
    reason: A guess.
    from: 2025-07-01
    events:
    - type: control_eased
      announced: 2025-06-30
      effective: 2025-07-01
      control: cn-rare-earths-april
      approval: [70%, 95%]
      delay_days: [20, 45]
  truce:
    title: A truce suspends the control for 90 days
    kind: once
    probability: 40%
    reason: A guess.
    from: 2025-09-01
    delay_days: [0, 40]
    events:
    - type: suspended
      announced: 2025-08-01
      effective: 2025-09-01
      measure: cn-rare-earths-april
      suspension: truce
      points: all
      until: 2025-11-30
branches:
  general:
    none: {title: No general licence, probability: 50%, reason: A guess}
    some:
      title: A general licence frees some of the flow
      probability: 50%
      reason: A guess
      events:
      - type: general_licence_granted
        announced: 2025-06-20
        effective: 2025-07-15
        control: cn-rare-earths-april
        destinations: USA
        share: [20%, 50%]
baseline: {general: none}
materials:
- material: rare-earth-magnets
  importer: USA
  exporter: CHN
  control: cn-rare-earths-april
  facts: project
draws: 256
paths: 16
seed: 5
"""
FIELDS = (
    "availability", "short", "first_shortage", "output_loss", "value_loss", "value_of_stock",
    "days_short", "price", "licensed",
)  # fmt: skip
DRAWS = 64  # more than there are paths, so that some share one
WHOLE = ("availability", "days_of_cover", "short", "first_shortage")


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    path = tmp_path_factory.mktemp("drawn") / "drawn.yaml"
    path.write_text(ASKED)
    return ts.load_inputs(path)


@pytest.fixture(scope="module")
def experiment(asked):
    return resolve(asked)


@pytest.fixture(scope="module")
def drawn(experiment):
    case = experiment.materials[0]
    return draw_parameters(experiment.parameters, factors(case), seed=5, count=DRAWS)


def test_each_draw_is_what_it_would_be_alone_on_its_path(experiment, drawn):
    """To the last bit: paths that differ in their days are run side by side."""
    case = experiment.materials[0]
    assert case.tracks is not None
    assert len(case.approval) > 20
    together = industry_paths(case, drawn)
    alone = industry_paths(attrs.evolve(case, tracks=None), drawn)
    draws = np.arange(DRAWS)
    for track, members in enumerate(case.tracks):
        path = members[draws % len(members)]
        for name in FIELDS:
            one, other = getattr(together, name)[track], getattr(alone, name)
            by_draw = 0 if name in ("value_of_stock", "days_short", "price", "licensed") else 1
            expected = np.stack(
                [np.take(other[p], draw, axis=by_draw) for draw, p in enumerate(path)], by_draw
            )
            np.testing.assert_array_equal(one, expected, err_msg=name)
        for name in WHOLE:
            one, other = getattr(together.whole, name)[track], getattr(alone.whole, name)
            np.testing.assert_array_equal(one, other[path, draws], err_msg=name)


def test_one_buyer_is_run_the_same_way(experiment, drawn):
    case = attrs.evolve(experiment.materials[0], uses=(), ahead=None)
    together = material_paths(case, drawn)
    alone = material_paths(attrs.evolve(case, tracks=None), drawn)
    draws = np.arange(DRAWS)
    for track, members in enumerate(case.tracks):
        path = members[draws % len(members)]
        for name in WHOLE:
            np.testing.assert_array_equal(
                getattr(together, name)[track], getattr(alone, name)[path, draws], err_msg=name
            )


def test_draws_that_were_lost_leave_the_others_on_their_paths(experiment, drawn):
    case = experiment.materials[0]
    kept = np.flatnonzero(np.arange(DRAWS) % 3)
    some = {name: values[kept] if np.ndim(values) else values for name, values in drawn.items()}
    found, whole = industry_paths(case, some, kept), industry_paths(case, drawn)
    np.testing.assert_array_equal(found.value_loss, whole.value_loss[:, :, kept])
    np.testing.assert_array_equal(found.licensed, whole.licensed[:, kept])


def test_branches_share_their_draws(asked):
    """The same chances come on the same days in both, so a general licence never hurts."""
    still = attrs.evolve(asked, scenario=attrs.evolve(asked.scenario, parameters={}))
    found = ts.run(still)
    key = "licensed_share.USA.CHN.rare-earth-magnets"
    gain = found[key].branch(1) - found[key].branch(0)
    assert (gain >= -1e-9).all()
    assert (gain > 0).any()
    assert found.sampled is not None
    assert (found.sampled.days[:, 0] == found.sampled.days[:, 1]).all()


def test_the_draws_do_not_depend_on_the_block(experiment, monkeypatch):
    whole = project(experiment)
    monkeypatch.setattr("tariffsim.model.materials.MIXED_BLOCK", 100)
    parts = project(experiment)
    for one, other in zip(whole.headline, parts.headline, strict=True):
        np.testing.assert_array_equal(one.values, other.values)
