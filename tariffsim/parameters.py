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
Convention = Literal["substitution", "duty-exclusive", "duty-inclusive"]


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
    convention : {'substitution', 'duty-exclusive', 'duty-inclusive'}
        For an elasticity: whether it is one of substitution already, or was measured on values
        before duty or with duty; see `as_substitution`.
    note : str
        Reasoning, what it is not.
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
    convention: Convention = "substitution"
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


def as_substitution(parameter: Parameter) -> Parameter:
    r"""Turn an elasticity as it was measured into one of substitution, which the model takes.

    Parameters
    ----------
    parameter : Parameter
        With its convention.

    Returns
    -------
    Parameter
        Value and range under the convention ``substitution``.

    Notes
    -----
    With :math:`q \propto p^{-\sigma}`, landed price :math:`p = \tau b` and the price before duty b
    unmoved (complete pass-through, as the studies assume),

    .. math::

        \frac{d \ln (bq)}{d \ln \tau} = -\sigma, \qquad
        \frac{d \ln (\tau bq)}{d \ln \tau} = 1 - \sigma

    so an elasticity (a magnitude) of values before duty is :math:`\sigma`, and one of values with
    duty is :math:`\sigma - 1`.

    References
    ----------
    Boehm, C. E., Levchenko, A. A. and Pandalai-Nayar, N. (2023), The long and short (run) of
    trade elasticities, American Economic Review 113(4). https://doi.org/10.1257/aer.20210225

    Examples
    --------
    >>> import datetime as dt
    >>> measured = Parameter(name="armington_elasticity_long", value=1.0, low=0.75, high=1.25,
    ...     distribution="uniform", unit="1", source="a-study", known=dt.date(2023, 4, 30),
    ...     grade="H", convention="duty-inclusive")
    >>> taken = as_substitution(measured)
    >>> taken.value, taken.low, taken.high
    (2.0, 1.75, 2.25)
    """
    if parameter.convention != "duty-inclusive":
        return attrs.evolve(parameter, convention="substitution")
    low, high = (None if end is None else 1.0 + end for end in (parameter.low, parameter.high))
    return attrs.evolve(
        parameter, value=1.0 + parameter.value, low=low, high=high, convention="substitution"
    )
