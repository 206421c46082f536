"""The answer: labelled arrays with units, and a manifest of where they come from; draws nothing.

A variable keeps one array a path, not one a branch: branches that share a path share its numbers,
so that a difference between two of them is exactly zero.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Literal

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints, read_only
from tariffsim.axes import Axis
from tariffsim.errors import MissingExtra, UnknownName
from tariffsim.experiment import Provenance, Sampled
from tariffsim.terms import nearest

Basis = Literal["path", "horizon", "last-day", "fiscal-year"]


@attrs.frozen(kw_only=True, eq=False)
class Variable:
    """One quantity over branches, draws and periods.

    Parameters
    ----------
    name : str
        A name of the glossary, for example ``customs_value``.
    label : str
        What it is, for people.
    unit : str
        Its unit.
    basis : {'path', 'horizon', 'last-day', 'fiscal-year'}
        A value each period, one over the whole horizon, one on its last day, or one over the
        fiscal year that `period` names.
    importer, exporter : str
        The flow; empty where the quantity has none.
    product : str
        Product or material; empty where it is over all.
    values : (track, draw, period), in `unit`
        One period where the basis is not a path. Where policy is drawn, each draw of a track lies
        on its own path.
    path : (branch,), int
        Which track each branch takes.
    periods : tuple of str
        Labels of its periods, where they are not the months of the result.
    period : str
        The fiscal year; empty on any other basis.
    censored_at : float, optional
        Of a number of days until something: the value of draws in which it had not come by the end
        of the run.
    """

    name: str
    label: str
    unit: str
    basis: Basis
    importer: str = ""
    exporter: str = ""
    product: str = ""
    period: str = ""
    values: Floats = attrs.field(converter=read_only)
    path: Ints = attrs.field(converter=read_only)
    periods: tuple[str, ...] = ()
    censored_at: float | None = None

    @property
    def subject(self) -> str:
        """Name, flow and product joined, for example ``customs_value.USA.CHN``."""
        parts = (self.name, self.importer, self.exporter, self.product)
        return ".".join(part for part in parts if part)

    @property
    def key(self) -> str:
        """The subject, and the basis where it is not a path; unique in a result."""
        return self.subject if self.basis == "path" else f"{self.subject}@{self.basis}"

    def branch(self, position: int) -> Floats:
        """Give one branch's values; (draw, period)."""
        values: Floats = self.values[self.path[position]]
        return values


@attrs.frozen(kw_only=True)
class Driver:
    """How far one draw explains one answer, in the baseline branch.

    Parameters
    ----------
    metric : str
        Subject of a metric of the headline table.
    parameter : str
        What was drawn.
    correlation : float
        Rank correlation over draws.
    share : float
        Its square: the part of the answer's spread, in ranks, that the parameter explains.
    """

    metric: str
    parameter: str
    correlation: float
    share: float


@attrs.frozen(kw_only=True, eq=False)
class Result:
    """What a run answered.

    Parameters
    ----------
    provenance : Provenance
        Scenario, log, digests, events, flags.
    branch : Axis
        Branch names, the baseline first.
    probability : (branch,), fraction
        Prior probabilities.
    options : tuple of mapping
        The options that make up each branch.
    period : Axis
        Months of the horizon.
    headline : tuple of Variable
        The fixed metrics of the headline table, one period each.
    paths : tuple of Variable
        Monthly quantities.
    draws, seed : int
        How many draws, from which seed.
    versions : mapping of str to str
        Library versions and the CPU dispatch level that the bytes depend on.
    dimensions : tuple of str
        What was drawn, in the order of the sequence's dimensions.
    weekly : tuple of Variable
        Quantities by week, each with the first days of its own weeks in `periods`.
    drivers : tuple of Driver
        Which draws explain which answers, for materials whose uses are told apart.
    not_converged : tuple of int
        Draws that found no equilibrium, by their numbers in the sequence; `draws` counts the
        others, and no value is of these.
    warnings : tuple of str
        What this run brought up that makes some of its numbers doubtful.
    sampled : Sampled or None
        What was drawn of policy; see `day_of` and `times_of`.

    Examples
    --------
    >>> import tariffsim as ts
    >>> result = ts.run(ts.with_options(ts.load_inputs("canola"), draws=64))
    >>> result["customs_value.CHN.CAN"].unit
    'USD million a month'
    >>> result.metric("customs_value.CHN.CAN").unit
    'USD billion'
    >>> [key for key in result if key.startswith("welfare")]
    ['welfare.CHN@horizon', 'welfare.CHN']
    """

    provenance: Provenance
    branch: Axis
    probability: Floats = attrs.field(converter=read_only)
    options: tuple[Mapping[str, str], ...]
    period: Axis
    headline: tuple[Variable, ...]
    paths: tuple[Variable, ...]
    draws: int
    seed: int
    versions: Mapping[str, str]
    dimensions: tuple[str, ...] = ()
    weekly: tuple[Variable, ...] = ()
    drivers: tuple[Driver, ...] = ()
    not_converged: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    sampled: Sampled | None = None

    def __getitem__(self, key: str) -> Variable:
        """Find a variable by its key: ``customs_value.USA.CHN`` is the monthly path."""
        return _named(key, self._by_key())

    def __iter__(self) -> Iterator[str]:
        """Go over the keys of all variables: those of the headline table, by month, by week."""
        return iter(self._by_key())

    def __len__(self) -> int:
        """Count the variables."""
        return len(self._by_key())

    def __contains__(self, key: object) -> bool:
        """Tell whether a variable answers to a key."""
        return key in self._by_key()

    def _by_key(self) -> dict[str, Variable]:
        found = {v.key: v for v in (*self.headline, *self.paths)}
        return found | {f"{v.key}@weekly": v for v in self.weekly}

    def metric(self, key: str) -> Variable:
        """Find a metric of the headline table by its subject: one value a draw."""
        return _named(key, {variable.subject: variable for variable in self.headline})

    @property
    def plot(self) -> Any:
        """Figures of this result on matplotlib axes: ``result.plot.paths("welfare.USA")``.

        See `tariffsim.report.plot.Plot` for all of them.
        """
        # Found by name: a noun stands below the verbs that draw it, and must not import them.
        return import_module("tariffsim.report.plot").Plot(self)

    def day_of(self, chance: str) -> Ints:
        """Find the day on which a chance happened, to condition on it.

        Parameters
        ----------
        chance : str
            A chance of the scenario. A renewal happens on the day its pause runs out.

        Returns
        -------
        (branch, draw), int
            Ordinals as of `datetime.date.toordinal`; 0 where it did not happen.

        Raises
        ------
        UnknownName
            The scenario has no such chance.
        """
        return self._drawn(chance, "days")

    def times_of(self, chance: str) -> Ints:
        """Count how often the events of a chance took effect; (branch, draw)."""
        return self._drawn(chance, "times")

    def _drawn(self, chance: str, what: str) -> Ints:
        names = self.sampled.names if self.sampled else ()
        if self.sampled is None or chance not in names:
            raise UnknownName(
                f"chance must be one of {', '.join(names) or 'none'}, got {chance!r}"
                f"{nearest(chance, names)}"
            )
        found: Ints = getattr(self.sampled, what)[names.index(chance)]
        return found[:, np.arange(self.draws) % found.shape[1]]

    def __repr__(self) -> str:
        lines = [
            f"Result of {self.provenance.scenario}: {len(self.branch)} branches, "
            f"{self.draws} draws, {self.period.labels[0]} to {self.period.labels[-1]}, "
            f"facts known through {self.provenance.known_through}"
        ]
        lines += [
            f"  {variable.subject} [{variable.unit}] {np.median(variable.branch(0)):,.4g} "
            f"in {self.branch.labels[0]}"
            for variable in self.headline
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Show the headline table in a notebook: medians with the 80 % band, by branch."""
        # Found by name, as the figures are.
        return str(import_module("tariffsim.report.notebook").result_html(self))

    def _band_columns(self, kind: Literal["headline", "paths"]) -> dict[str, list[Any]]:
        """Give medians and the 80 % band of every variable, column by column."""
        names = ("variable", "branch", "period", "p10", "p50", "p90", "unit")
        found: dict[str, list[Any]] = {name: [] for name in names}
        for variable in getattr(self, kind):
            periods = self.period.labels if variable.basis == "path" else (variable.basis,)
            bands = [np.quantile(path, (0.1, 0.5, 0.9), axis=0) for path in variable.values]
            for position, branch in enumerate(self.branch.labels):
                band = bands[variable.path[position]]
                for number, period in enumerate(periods):
                    cells = (variable.subject, branch, period, *band[:, number], variable.unit)
                    for name, cell in zip(names, cells, strict=True):
                        found[name].append(cell)
        return found

    def to_pandas(self, kind: Literal["headline", "paths"] = "paths") -> Any:
        """Give medians and the 80 % band of every variable as a pandas DataFrame.

        Parameters
        ----------
        kind : {'headline', 'paths'}
            One value over the horizon, or one a month.

        Returns
        -------
        pandas.DataFrame
            Indexed by variable, branch and period; columns ``p10``, ``p50``, ``p90`` and ``unit``.

        Raises
        ------
        MissingExtra
            pandas is not installed.
        """
        pd = _extra("pandas", "to_pandas", "pandas")
        columns = self._band_columns(kind)
        return pd.DataFrame(columns).set_index(["variable", "branch", "period"]).sort_index()

    def to_arrow(self, kind: Literal["headline", "paths"] = "paths") -> Any:
        """Give medians and the 80 % band of every variable as a pyarrow Table.

        Parameters
        ----------
        kind : {'headline', 'paths'}
            One value over the horizon, or one a month.

        Returns
        -------
        pyarrow.Table
            Columns variable, branch, period, p10, p50, p90 and unit.

        Raises
        ------
        MissingExtra
            pyarrow is not installed.
        """
        pa = _extra("pyarrow", "to_arrow", "parquet")
        return pa.table(self._band_columns(kind))

    def to_polars(self, kind: Literal["headline", "paths"] = "paths") -> Any:
        """Give medians and the 80 % band of every variable as a polars DataFrame.

        Parameters
        ----------
        kind : {'headline', 'paths'}
            One value over the horizon, or one a month.

        Returns
        -------
        polars.DataFrame
            Columns variable, branch, period, p10, p50, p90 and unit.

        Raises
        ------
        MissingExtra
            polars is not installed.
        """
        pl = _extra("polars", "to_polars", "polars")
        return pl.DataFrame(self._band_columns(kind))

    def to_xarray(self, kind: Literal["headline", "paths"] = "paths") -> Any:
        """Give every draw of every variable as an xarray Dataset.

        Parameters
        ----------
        kind : {'headline', 'paths'}
            One value over the horizon, or one a month.

        Returns
        -------
        xarray.Dataset
            Dimensions branch, draw and (for paths) period; units and labels as attributes.

        Raises
        ------
        MissingExtra
            xarray is not installed.
        """
        xr = _extra("xarray", "to_xarray", "xarray")
        found = {}
        for variable in getattr(self, kind):
            values = variable.values[variable.path]
            dims: tuple[str, ...] = ("branch", "draw", "period")
            if variable.basis != "path":
                values, dims = values[:, :, 0], dims[:2]
            attributes = {"units": variable.unit, "long_name": variable.label}
            found[variable.subject] = (dims, values, attributes)
        coords = {"branch": list(self.branch.labels), "draw": np.arange(self.draws)}
        if kind == "paths":
            coords["period"] = list(self.period.labels)
        return xr.Dataset(found, coords=coords, attrs={"question": self.provenance.question})


def _extra(library: str, method: str, extra: str) -> Any:
    """Import a library of an extra, where it is used."""
    try:
        return import_module(library)
    except ImportError:
        raise MissingExtra(
            f"{method} needs {library}; install it with: pip install 'tariffsim[{extra}]'"
        ) from None


def _named(key: str, known: Mapping[str, Variable]) -> Variable:
    if key not in known:
        raise UnknownName(
            f"no variable answers to {key!r}{nearest(key, known)}; "
            f"there are {', '.join(sorted(known))}"
        )
    return known[key]
