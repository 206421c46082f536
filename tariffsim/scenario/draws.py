"""How many draws there may be, said once for files and options; draws nothing."""

MAX_DRAWS = 2**20


def wrong_count(name: str, count: int, *, least: int, such_as: int) -> str | None:
    """Say why so many draws cannot be made; None where they can.

    Examples
    --------
    >>> wrong_count("draws", 100, least=2, such_as=8192)
    'draws must be a power of two from 2 to 1,048,576, got 100; as 8192'
    """
    if least <= count <= MAX_DRAWS and not count & (count - 1):
        return None
    return f"{name} must be a power of two from {least} to {MAX_DRAWS:,}, got {count}; as {such_as}"
