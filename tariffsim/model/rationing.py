"""Who gets what comes in when it does not suffice: users in order of priority; knows no licence.

Users are the first axis. A user with a higher priority takes from the deliveries of those below
what it lacks that day, as far as its buyers and the authorities can make it so.
"""

import attrs
import numpy as np

from tariffsim.arrays import Floats, read_only
from tariffsim.errors import InputError


@attrs.frozen(kw_only=True)
class Rationing:
    """How users stand to each other.

    Parameters
    ----------
    need_share : (user, draw...), share
        Part of the importer's need; the user with the highest priority first. Sums to one.
    strength : (draw...), share
        Part of a day's deliveries that can be turned to a user with a higher priority: 0 leaves
        everyone what was sent to it, 1 is strict priority.
    """

    need_share: Floats = attrs.field(converter=read_only, eq=False)
    strength: Floats = attrs.field(converter=read_only, eq=False)


def divert(delivered: Floats, stock: Floats, rationing: Rationing) -> None:
    r"""Turn deliveries to the users that lack most urgently, in place.

    Parameters
    ----------
    delivered : (user, draw...), days of the user's need
        What comes on a day; changed in place.
    stock : (user, draw...), days of the user's need
        What each holds before it.
    rationing : Rationing
        Shares and strength.

    Raises
    ------
    InputError
        Where there are not as many shares as users.

    Notes
    -----
    From the top down, with u the shares, d the deliveries and s the strength, user k lacks
    :math:`g_k = \max(0, 1 - stock_k - d_k)` and takes, in proportion to what they get,

    .. math::

        T_k = \min\Bigl(u_k g_k,\; s \sum_{j>k} u_j d_j\Bigr)

    from the users below. The sum of u d stays what it was: nothing is made, nothing lost. Where
    nobody lacks anything, nothing changes, not by one bit.

    Examples
    --------
    Half the need comes; the first of two equal users has no stock and takes all of it:

    >>> import numpy as np
    >>> sent = np.array([0.5, 0.5])
    >>> divert(sent, np.zeros(2), Rationing(need_share=[0.5, 0.5], strength=1.0))
    >>> sent
    array([1., 0.])
    """
    users = len(delivered)
    if len(rationing.need_share) != users:
        raise InputError(
            f"need_share must have one row a user, got {len(rationing.need_share)} for {users}"
        )
    share = rationing.need_share
    for user in range(users - 1):
        lacking = np.maximum(1.0 - stock[user] - delivered[user], 0.0)
        if not np.any(lacking):
            continue
        below = (share[user + 1 :] * delivered[user + 1 :]).sum(axis=0)
        taken = np.asarray(np.minimum(share[user] * lacking, rationing.strength * below))
        some = taken > 0.0
        part = np.divide(taken, below, out=np.zeros_like(taken), where=some)
        gained = np.divide(taken, share[user], out=np.zeros_like(taken), where=some)
        delivered[user + 1 :] *= 1.0 - part
        delivered[user] += gained
