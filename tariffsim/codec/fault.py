"""One fault of plain data: where in it, which rule, in words; knows no file and no line."""

Path = tuple[str | int, ...]


class Fault(Exception):
    """A fault at a path of plain data, before anybody knows which line that is.

    Parameters
    ----------
    path : tuple of str or int
        Keys and positions from the top.
    rule : str
        Slug of the rule broken.
    message : str
        *field* must be *rule*, got *value*; *what to do*.
    at_key : bool
        Point at the key rather than at its value.
    """

    def __init__(self, path: Path, rule: str, message: str, *, at_key: bool = False) -> None:
        super().__init__(message)
        self.path = path
        self.rule = rule
        self.message = message
        self.at_key = at_key
