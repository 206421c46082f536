"""What a scenario says of time: which of the slow and the early answers count; knows no number."""

import attrs


@attrs.frozen(kw_only=True)
class Time:
    """Switches; each acts only in markets that name what it needs.

    Parameters
    ----------
    transit : bool
        Goods on their way when a rate rose with a grace clause keep the rate before it.
    collected : bool
        What is collected of new duties falls short of the statute as it did until the knowledge
        day; otherwise all is collected.
    seasonality : bool
        The baseline path has the seasons and the growth of the monthly table; otherwise it is the
        benchmark year, day by day.
    anticipation : bool
        Buyers stock up before a rise that is known, and run the stock down after it.
    """

    transit: bool = True
    collected: bool = True
    seasonality: bool = True
    anticipation: bool = True
