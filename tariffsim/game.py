"""What the players of a tariff war would do, alone and together; works nothing out."""

import attrs

from tariffsim.arrays import Floats, read_only


@attrs.frozen(kw_only=True)
class BestRate:
    """A rate that serves its player best while the others' stand, and the evidence that it does.

    Parameters
    ----------
    rate : float, fraction
        Of customs value.
    slope, curvature : float
        First and second derivative of the player's real income in the rate.
    interior : bool
        Strictly between the ends of the range searched: slope nought and curvature negative.
    """

    rate: float
    slope: float
    curvature: float
    interior: bool


@attrs.frozen(kw_only=True, eq=False)
class Game:
    """What each player would do alone, and what all would do together.

    Parameters
    ----------
    economy : tuple of str
        Labels of the world's economies.
    players : tuple of str
        Who sets rates.
    benchmark_rate : tuple of float
        Trade-weighted mean of what each player levies on those it plays against, fraction.
    alone : tuple of BestRate
        The rate that serves each best while all others stand at the benchmark.
    alone_welfare : (player, economy), ratio
        Real income of every economy then.
    together : tuple of BestRate
        Best responses to each other: the Nash rates.
    together_welfare : (economy,), ratio
        Real income at the Nash rates.
    rounds : int
        Rounds of answers until no rate moved.
    """

    economy: tuple[str, ...]
    players: tuple[str, ...]
    benchmark_rate: tuple[float, ...]
    alone: tuple[BestRate, ...]
    alone_welfare: Floats = attrs.field(converter=read_only)
    together: tuple[BestRate, ...]
    together_welfare: Floats = attrs.field(converter=read_only)
    rounds: int
