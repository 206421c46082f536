"""What a path through the input-output table comes to in money and days; knows no table's names."""

import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.model.propagation import Links, Propagation

DAYS_A_YEAR = 365.0


def output_lost(path: Propagation, links: Links) -> Floats:
    """Return gross output lost by day, industry and draw, in the table's money.

    Parameters
    ----------
    path : Propagation
    links : Links
        One year's flows: a day is a 365th of it.

    Returns
    -------
    (day, industry, draw), money
        Negative where an industry makes up for what it lost.
    """
    normal = links.gross_output.ravel()[:, None] / DAYS_A_YEAR
    return np.asarray((1.0 - path.output) * normal)


def value_added_lost(path: Propagation, links: Links) -> Floats:
    """Return value added lost by day, industry and draw, in the table's money.

    Value added is what is left of an industry's output after its inputs; its share is taken as
    fixed, as where wages are paid by the hour worked.

    Examples
    --------
    >>> from tariffsim.model.propagation import Behaviour, Shortage, propagate
    >>> links = Links(intermediate=np.array([[[0.0, 40.0], [20.0, 0.0]]]), final=[[60.0, 80.0]])
    >>> hit = Shortage(industry=[0], capacity=np.full((1, 1, 1), 0.5))
    >>> value_added_lost(propagate(links, hit, Behaviour()), links)[0, :, 0] * 365
    array([40.,  0.])
    """
    added = links.gross_output.ravel() - links.intermediate.sum(axis=(0, 1))
    return np.asarray((1.0 - path.output) * (added[:, None] / DAYS_A_YEAR))


def unmet_final_demand(path: Propagation, links: Links) -> Floats:
    """Return final demand not met by day, industry and draw, in the table's money."""
    return np.asarray(path.unmet_final * (links.final.ravel()[:, None] / DAYS_A_YEAR))


def days_to_recover(path: Propagation, *, end: int, level: float = 0.99) -> Ints:
    """Count the days from the end of a shortage until output is back for good.

    Parameters
    ----------
    path : Propagation
    end : int
        First day on which the shortage is over.
    level : float
        Output over normal that counts as recovered.

    Returns
    -------
    (industry, draw), days
        0 where output was never below `level` from `end` on; -1 where it still is on the last day.

    Examples
    --------
    >>> from tariffsim.model.propagation import Behaviour, Shortage, propagate
    >>> links = Links(intermediate=np.array([[[0.0, 40.0], [20.0, 0.0]]]), final=[[60.0, 80.0]])
    >>> left = np.where(np.arange(90) < 20, 0.5, 1.0)[:, None, None]
    >>> path = propagate(links, Shortage(industry=[0], capacity=left), Behaviour())
    >>> days_to_recover(path, end=20)[:, 0].tolist()
    [0, 17]
    """
    below = path.output[end:] < level
    days = len(below)
    if not days:
        return np.zeros(path.output.shape[1:], dtype=np.int64)
    last = days - 1 - below[::-1].argmax(axis=0)
    back = np.where(below.any(axis=0), last + 1, 0)
    return np.asarray(np.where(below[-1], -1, back))
