"""Elasticities, shares and lags with their source and range; knows no model and draws nothing.

Every parameter carries the day it became known, so that a run "as known on" a day can refuse what
was learnt later.
"""

import datetime as dt
from typing import Literal

import attrs

from tariffsim.events import Confidence
from tariffsim.terms import Slug

Distribution = Literal["fixed", "uniform", "triangular", "lognormal", "truncated-normal", "beta"]
RangeMeaning = Literal["bounds", "80%"]


@attrs.frozen(kw_only=True)
class Parameter:
    """One number that a model needs and nobody knows exactly.

    Parameters
    ----------
    name : str
        A name of the glossary, for example ``armington_elasticity_long``.
    value : float
        The central value.
    low, high : float, optional
        The range; what it means is said by `range`.
    distribution : str
        How the range becomes a distribution.
    range : {'bounds', '80%'}
        Whether low and high are hard bounds or the 10th and 90th percentiles.
    unit : str
        Its unit; ``1`` for pure numbers.
    horizon : str
        What stretch of time the value speaks of.
    source : Slug
        Key of the source register.
    locator : str, optional
        Table or page.
    known : date
        The day it became known.
    grade : {'H', 'M', 'L'}
        Confidence: the text was seen; secondary or derived; from memory or a judgement.
    note : str
        Reasoning, conventions, what it is not.
    """

    name: str
    value: float
    unit: str
    source: Slug
    known: dt.date
    grade: Confidence
    low: float | None = None
    high: float | None = None
    distribution: Distribution = "fixed"
    range: RangeMeaning = "bounds"
    horizon: str = ""
    locator: str | None = None
    note: str = ""

    def __attrs_post_init__(self) -> None:
        if self.distribution == "fixed":
            return
        if self.low is None or self.high is None:
            raise ValueError(f"low and high must be given for a {self.distribution} {self.name}")
        if not self.low <= self.value <= self.high or self.low == self.high:
            raise ValueError(
                f"value must lie between low and high, got {self.low} <= {self.value} <= "
                f"{self.high} for {self.name}; correct the range, or make it fixed"
            )
        if self.distribution == "lognormal" and self.low <= 0:
            raise ValueError(f"low must be above zero for a lognormal {self.name}, got {self.low}")
        meant = "80%" if self.distribution in ("lognormal", "truncated-normal") else "bounds"
        if self.range != meant:
            raise ValueError(
                f"range must be {meant} for a {self.distribution} {self.name}, got {self.range}"
            )

    @property
    def drawn(self) -> bool:
        """Whether the parameter varies between draws."""
        return self.distribution != "fixed"
