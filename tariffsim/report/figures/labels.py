"""Where labels go so that none covers another: along an edge, in rows over an axis; sizes only."""

from collections.abc import Sequence


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move places along a line as little as possible so that all are `gap` apart.

    Parameters
    ----------
    wanted : sequence of float
        Where each would stand.
    gap : float
        Least distance between two.
    low, high : float
        Ends that none may leave, as far as there is room.

    Returns
    -------
    list of float
        In the order given; who stood lower stays lower.

    Notes
    -----
    Pools neighbours that would overlap into runs, each centred on the mean of its members' wishes:
    the least-squares answer, as in isotonic regression.

    Examples
    --------
    >>> spread([1.0, 1.0, 5.0], 2.0, 0.0, 10.0)
    [0.0, 2.0, 5.0]
    """
    order = sorted(range(len(wanted)), key=lambda n: (wanted[n], n))
    runs: list[list[int]] = []
    for number in order:
        runs.append([number])
        while len(runs) > 1 and _bottom(runs[-1], wanted, gap, low, high) < (
            _bottom(runs[-2], wanted, gap, low, high) + gap * len(runs[-2])
        ):
            runs[-2:] = [runs[-2] + runs[-1]]
    found = [0.0] * len(wanted)
    for run in runs:
        start = _bottom(run, wanted, gap, low, high)
        for step, number in enumerate(run):
            found[number] = start + gap * step
    return found


def _bottom(
    run: Sequence[int], wanted: Sequence[float], gap: float, low: float, high: float
) -> float:
    length = gap * (len(run) - 1)
    middle = sum(wanted[number] for number in run) / len(run)
    return max(min(middle - length / 2, high - length), low)


def rows_above(starts: Sequence[float], widths: Sequence[float]) -> list[int]:
    """Give each label that hangs from a point on an axis a row, so that no leader crosses a label.

    Parameters
    ----------
    starts : sequence of float
        Where the leaders stand, from left to right; each label begins at its leader.
    widths : sequence of float
        Length of each label.

    Returns
    -------
    list of int
        Row of each label, 0 nearest to the axis.

    Examples
    --------
    >>> rows_above([0.0, 1.0, 9.0], [3.0, 3.0, 3.0])
    [1, 0, 0]
    """
    rows = [0] * len(starts)
    for number in range(len(starts) - 1, -1, -1):
        end = starts[number] + widths[number]
        under = [rows[n] for n in range(number + 1, len(starts)) if starts[n] <= end]
        rows[number] = max(under, default=-1) + 1
    return rows
