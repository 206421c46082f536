"""Scrambled Sobol' sequences in whole arrays; knows no distribution.

The same bits as `scipy.stats.qmc.Sobol`, which a test holds it to, without the import of
scipy.stats: that takes as long as solving the markets of a scenario does.
"""

import numpy as np
import numpy.typing as npt

from tariffsim.sobol_table import JOE_KUO

Words = npt.NDArray[np.uint32]

DIMENSIONS = len(JOE_KUO) + 1
"""As many as the table has."""


def scrambled_words(seed: int, dimension: int, start: int, count: int, *, bits: int) -> Words:
    r"""Return numbers `start` to `start + count` of a scrambled sequence, as integers.

    Parameters
    ----------
    seed : int
        Fixes the scrambling.
    dimension : int
        Up to `DIMENSIONS`.
    start, count : int
        `count` a power of two, `start` a multiple of it.
    bits : int
        Digits of a number, at most 32.

    Returns
    -------
    (count, dimension), int
        Each below 2 ** `bits`.

    Notes
    -----
    Number i is :math:`d \oplus \bigoplus_{k} g_k(i)\, L v_k`, with :math:`g(i) = i \oplus
    \lfloor i/2 \rfloor` the Gray code of i, v the direction numbers, L a random lower triangular
    matrix of bits with ones on its diagonal, and d a random digital shift.

    References
    ----------
    Matousek, J. (1998), On the L2-discrepancy for anchored boxes, Journal of Complexity 14(4).
    https://doi.org/10.1006/jcom.1998.0489

    Antonov, I. A. and Saleev, V. M. (1979), An economic method of computing LP tau-sequences, USSR
    Computational Mathematics and Mathematical Physics 19(1).
    https://doi.org/10.1016/0041-5553(79)90085-5

    Examples
    --------
    >>> words = scrambled_words(7, 2, 0, 4, bits=30)
    >>> sorted((words[:, 0] >> 28).tolist())
    [0, 1, 2, 3]
    """
    # Spawned as SciPy does, so that the bits are its bits.
    random = np.random.default_rng(seed).spawn(1)[0]
    powers = np.uint32(1) << np.arange(bits, dtype=np.uint32)
    shift = random.integers(2, size=(dimension, bits), dtype=np.uint32) @ powers
    matrix = np.tril(random.integers(2, size=(dimension, bits, bits), dtype=np.uint32))
    matrix[:, np.arange(bits), np.arange(bits)] = 1
    scrambled = _multiply(matrix, _directions(dimension, bits), bits)
    found = np.empty((count, dimension), dtype=np.uint32)
    found[0] = shift
    gray = start ^ (start >> 1)
    for digit in range(bits):
        if gray >> digit & 1:
            found[0] ^= scrambled[:, digit]
    # The Gray code reflects: the second half of 2 ** (k + 1) is the first, reversed, with digit k.
    half = 1
    for digit in range(count.bit_length() - 1):
        np.bitwise_xor(found[half - 1 :: -1], scrambled[:, digit], out=found[half : 2 * half])
        half *= 2
    return found


def _directions(dimension: int, bits: int) -> Words:
    """Give the direction numbers, (dimension, digit), first digit highest."""
    found = np.ones((dimension, bits), dtype=np.uint32)
    for row, (polynomial, *first) in zip(found[1:], JOE_KUO[: dimension - 1], strict=True):
        numbers = list(first)
        degree = len(first)
        while len(numbers) < bits:
            latest = numbers[-degree] ^ (numbers[-degree] << degree)
            for back in range(1, degree):
                if polynomial >> (degree - back) & 1:
                    latest ^= numbers[-back] << back
            numbers.append(latest)
        row[:] = numbers[:bits]
    return found << np.arange(bits - 1, -1, -1, dtype=np.uint32)


def _multiply(matrix: Words, columns: Words, bits: int) -> Words:
    """Multiply each dimension's matrix of bits with its direction numbers, over GF(2)."""
    place = np.arange(bits - 1, -1, -1, dtype=np.uint32)
    digits = columns[:, :, None] >> place & 1
    product = np.einsum("drk,dck->dcr", matrix, digits) & 1
    return np.asarray((product << place).sum(axis=2), dtype=np.uint32)
