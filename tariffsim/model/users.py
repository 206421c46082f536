"""Controlled inputs whose users are told apart: run once, then asked for trade and for answers.

Loaded only where a material names its uses. Knows no market's equilibrium and draws nothing.
"""

from collections.abc import Mapping

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.experiment import Experiment, MarketCase, MaterialCase
from tariffsim.model.drivers import drivers_of, drivers_of_network
from tariffsim.model.handover import hand_over, withheld
from tariffsim.model.industries import IndustryPaths, industry_paths, stretches
from tariffsim.model.industry_answers import industry_answers
from tariffsim.model.markets import MarketPaths
from tariffsim.model.network import Allowed, network_paths
from tariffsim.model.network_answers import network_answers
from tariffsim.result import Driver, Variable

Values = Mapping[str, Floats]


@attrs.frozen(kw_only=True, eq=False)
class Told:
    """What is told of one material's users, or of the industries behind them."""

    monthly: list[Variable]
    headline: list[Variable]
    weekly: list[Variable] = attrs.field(factory=list)
    drivers: list[Driver] = attrs.field(factory=list)


@attrs.frozen(kw_only=True, eq=False)
class Users:
    """Every material of an experiment that names its uses, run.

    Parameters
    ----------
    experiment : Experiment
        The resolved scenario.
    drawn : mapping of str to (draw,)
        Of the draws that are answered.
    runs : mapping of int to IndustryPaths
        By the material's number.
    """

    experiment: Experiment
    drawn: Values
    runs: Mapping[int, IndustryPaths]

    @classmethod
    def of(cls, experiment: Experiment, drawn: Values, number: Ints) -> "Users":
        """Run them; `number` tells the draws that are answered."""
        wanted = experiment.network is not None
        runs = {
            position: industry_paths(material, drawn, number, keep_output=wanted)
            for position, material in enumerate(experiment.materials)
            if material.uses
        }
        return cls(experiment=experiment, drawn=drawn, runs=runs)

    def held_back(self, case: MarketCase) -> list[int]:
        """List the materials whose control takes goods out of a market."""
        flow = (case.importer, case.exporter)
        return [
            position
            for position, material in enumerate(self.experiment.materials)
            if (material.importer, material.exporter) == flow and material.covered
        ]

    def taken_out(
        self, case: MarketCase, found: MarketPaths, drawn: Values, joint: Ints
    ) -> MarketPaths:
        """Take what controls withhold out of a market's paths; by joint path, not by track."""
        controls = [
            withheld(self.experiment.materials[position], self.runs[position], drawn)
            for position in self.held_back(case)
        ]
        return hand_over(case, found, controls, drawn, joint, self.experiment.first)

    def answers(self, position: int, supply: Ints) -> Told:
        """Label a material's paths by user, and take its metrics."""
        material = self.experiment.materials[position]
        found = industry_answers(material, self.runs[position], supply, self.drawn)
        return Told(
            monthly=found.monthly,
            headline=found.headline,
            weekly=found.weekly,
            drivers=list(drivers_of(material, found.headline, self.drawn)),
        )

    def beyond(self, supply: Ints) -> Told:
        """Follow the shortages through the scenario's input-output table, where it names one."""
        network = self.experiment.network
        if network is None:
            return Told(monthly=[], headline=[])
        allowed = {
            position: _allowed(self.experiment.materials[position], run)
            for position, run in self.runs.items()
        }
        monthly, single = network_answers(
            network, network_paths(network, allowed, self.drawn), supply
        )
        drivers = list(drivers_of_network(single, self.drawn))
        return Told(monthly=monthly, headline=single, drivers=drivers)


def _allowed(case: MaterialCase, run: IndustryPaths) -> Allowed:
    assert run.made is not None
    lengths = np.diff(np.append(-1, stretches(case)))
    return Allowed(first_day=case.first_day, lengths=lengths, output=run.made)
