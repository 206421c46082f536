"""Figures of a result in memory on matplotlib axes, for notebooks; the same that the page draws."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import attrs

from tariffsim.errors import InputError, UnknownName
from tariffsim.grounds import Choice, Grounds, Question
from tariffsim.report.figures.canvas import axes_of
from tariffsim.report.figures.chosen import path_labels
from tariffsim.report.figures.cover import cover
from tariffsim.report.figures.drivers import Sensitivity, drivers
from tariffsim.report.figures.figure import Figure
from tariffsim.report.figures.paths import paths
from tariffsim.report.figures.products import products
from tariffsim.report.figures.rates import rates
from tariffsim.report.figures.take import take
from tariffsim.report.figures.tree import tree
from tariffsim.report.figures.welfare import Parts, completed, welfare
from tariffsim.report.figures.world import world
from tariffsim.report.summary import series_of
from tariffsim.result import Result, Variable
from tariffsim.terms import nearest

if TYPE_CHECKING:
    from matplotlib.figure import FigureBase

COMPONENTS = (
    ("buyers' surplus", "consumer_surplus", "importer"),
    ("customs revenue", "revenue_difference", "importer"),
    ("exporters' surplus", "producer_surplus", "exporter"),
)


@attrs.frozen(eq=False)
class Plot:
    """Figures of one result.

    Every method returns matplotlib axes, or a list of them where a figure has two panels; their
    figure is ``axes.figure``. `on` draws on a figure or subfigure of your own. Methods that speak
    of law, products or drivers take the grounds that ``tariffsim.gather.grounds(result,
    inputs)`` gives.

    Parameters
    ----------
    result : Result
        What is drawn.

    Examples
    --------
    >>> import tariffsim as ts
    >>> result = ts.run(ts.with_options(ts.load_inputs("canola"), draws=64))
    >>> axes = result.plot.paths("customs_value.CHN.CAN")
    >>> [line.get_linestyle() for line in axes.lines[:2]]
    ['-', '--']
    """

    result: Result

    def paths(self, key: str, *, on: "FigureBase | None" = None) -> Any:
        """Draw a monthly variable by branch, with its band."""
        return axes_of(paths(series_of(self.result, self.result[key])), on=on)

    def tree(self, grounds: Grounds | None = None, *, on: "FigureBase | None" = None) -> Any:
        """Draw the open questions and the probability of every branch."""
        asked = grounds.questions if grounds is not None else self._questions()
        chances = dict(
            zip(self.result.branch.labels, self.result.probability.tolist(), strict=True)
        )
        return axes_of(tree(asked, chances), on=on)

    def welfare(self, economy: str, *, on: "FigureBase | None" = None) -> Any:
        """Draw an economy's welfare by component, in means."""
        return axes_of(welfare(economy, self._parts(economy)), on=on)

    def cover(self, material: str, *, on: "FigureBase | None" = None) -> Any:
        """Draw days of cover of a controlled input over the chance that it runs out."""
        pair = []
        for name in ("days_of_cover", "stockout_probability"):
            held = [v for v in (*self.result.weekly, *self.result.paths) if v.name == name]
            found = [v for v in held if v.product == material]
            known = {v.product for v in self.result.paths if v.name == name}
            if not found:
                raise UnknownName(
                    f"material must be one of the result, got {material!r}"
                    f"{nearest(material, known)}; there are: {', '.join(sorted(known)) or 'none'}"
                )
            pair.append(series_of(self.result, found[0]))
        return axes_of(cover(*pair), on=on)

    def world(self, name: str = "real_income", *, on: "FigureBase | None" = None) -> Any:
        """Draw one headline metric of many economies."""
        every = (*self.result.headline, *self.result.paths)
        found = [v for v in every if v.name == name and v.basis not in ("path", "last-day")]
        if not found:
            raise UnknownName(f"no metric of this result is called {name!r}; see repr(result)")
        return axes_of(world([series_of(self.result, one) for one in found]), on=on)

    def rates(
        self, grounds: Grounds, importer: str, exporter: str, *, on: "FigureBase | None" = None
    ) -> Any:
        """Draw the stepped rate on a flow, stacked by legal authority."""
        found = [p for p in grounds.rates if (p.importer, p.exporter) == (importer, exporter)]
        _some(found, importer, exporter)
        year, month = (int(part) for part in self.result.period.labels[-1].split("-"))
        last = dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
        known_on = dt.date.fromisoformat(self.result.provenance.known_on)
        labels = path_labels(grounds, [path.branches for path in found])
        return axes_of(rates(found, labels, known_on=known_on, last=last), on=on)

    def products(
        self, grounds: Grounds, importer: str, exporter: str, *, on: "FigureBase | None" = None
    ) -> Any:
        """Draw duties by product and branch at the end of the horizon."""
        found = [p for p in grounds.products if (p.importer, p.exporter) == (importer, exporter)]
        _some(found, importer, exporter)
        return axes_of(products(found, self._labels(grounds, importer, exporter)), on=on)

    def take(
        self, grounds: Grounds, importer: str, exporter: str, *, on: "FigureBase | None" = None
    ) -> Any:
        """Draw duty if trade stood still beside duty as trade responds."""
        found = [t for t in grounds.take if (t.importer, t.exporter) == (importer, exporter)]
        _some(found, importer, exporter)
        return axes_of(take(found, self._labels(grounds, importer, exporter)), on=on)

    def drivers(self, grounds: Grounds, metric: str, *, on: "FigureBase | None" = None) -> Any:
        """Draw what moves a headline metric in the baseline branch: tornado and variance shares."""
        variable = self.result.metric(metric)
        series = series_of(self.result, variable)
        own = [
            Sensitivity(name=line.name, low=line.low, high=line.high, first=line.share)
            for line in grounds.drivers
            if (line.metric, line.branch, line.measure)
            == (metric, series.columns[0].branches[0], "level")
        ]
        about = f"branch {series.columns[0].label}: means over the outer tenths of an input."
        return axes_of(self._drivers(variable, own, about), on=on)

    def _drivers(self, variable: Variable, own: list[Sensitivity], about: str) -> Figure:
        middle = float(variable.branch(0).mean())
        return drivers(series_of(self.result, variable), own, middle=middle, about=about)

    def _labels(self, grounds: Grounds, importer: str, exporter: str) -> list[str]:
        flow = (importer, exporter)
        groups = [p.branches for p in grounds.rates if (p.importer, p.exporter) == flow]
        return path_labels(grounds, groups)

    def _questions(self) -> tuple[Question, ...]:
        """Read the questions off the branches; an answer's chance is the sum over its branches."""
        found = []
        for name in self.result.options[0]:
            chances: dict[str, float] = {}
            for options, chance in zip(
                self.result.options, self.result.probability.tolist(), strict=True
            ):
                chances[options[name]] = chances.get(options[name], 0.0) + chance
            choices = tuple(
                Choice(name=option, title="", probability=chance, reason="")
                for option, chance in chances.items()
            )
            found.append(Question(name=name, choices=choices))
        return tuple(found)

    def _parts(self, economy: str) -> list[Parts]:
        found = [
            (words, variable)
            for words, name, side in COMPONENTS
            for variable in self.result.headline
            if variable.name == name and getattr(variable, side) == economy
        ]
        if not found:
            known = {v.importer for v in self.result.headline if v.name == "consumer_surplus"}
            raise UnknownName(
                f"economy must be one whose welfare the result has, got {economy!r}"
                f"{nearest(economy, known)}; there are: {', '.join(sorted(known)) or 'none'}"
            )
        columns = series_of(self.result, found[0][1]).columns
        labels = self.result.branch.labels
        total = self.result.metric(f"welfare.{economy}")
        made = []
        for column in columns:
            place = labels.index(column.branches[0])
            parts = [(words, float(one.branch(place).mean())) for words, one in found]
            together = float(total.branch(place).mean())
            made.append(Parts(label=column.label, parts=completed(parts, together)))
        return made


def _some(found: object, importer: str, exporter: str) -> None:
    if not found:
        raise InputError(
            f"the grounds must hold the flow, got none of {importer} from {exporter}; gather it "
            "with: tariffsim.gather.grounds(result, inputs)"
        )
