"""Every exception the library raises on purpose; knows nothing of what went wrong inside.

Each class carries the exit code the command line gives it: 1 a declared check failed, 2 bad
input, 3 a model did not converge.
"""

from collections.abc import Sequence

DOCUMENTATION = "https://tariffsim.readthedocs.io"
FAULTS_PAGE = f"{DOCUMENTATION}/reference/generated/faults.html"
"""Where every fault of a file is shown with its message."""


class TariffsimError(Exception):
    """Base of all errors raised on purpose.

    Examples
    --------
    >>> import tariffsim as ts
    >>> try:
    ...     ts.load_scenario("genva")
    ... except ts.TariffsimError as error:
    ...     print(str(error).split("; ")[-1])
    did you mean 'geneva'?
    """

    exit_code = 2


class InputError(TariffsimError):
    """Something a user wrote cannot be used; carries every fault found, not just the first.

    Parameters
    ----------
    message : str
        What is wrong and what to do about it, one line a fault.
    findings : sequence of object
        The faults as `tariffsim.finding.Finding`, where they have a place.
    """

    def __init__(self, message: str, findings: Sequence[object] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class LogError(InputError):
    """A log contradicts itself or was altered."""


class UnknownName(InputError):
    """A name that nothing answers to; the message offers the nearest ones."""


class MissingExtra(TariffsimError):
    """An optional dependency is not installed; the message says which extra brings it."""


class CheckFailed(TariffsimError):
    """The run finished, but a check declared in the scenario did not hold."""

    exit_code = 1


class NotConverged(TariffsimError):
    """A model found no solution to tolerance; never answered with a number.

    Parameters
    ----------
    message : str
        Which model, where, and what to try.
    iterations : int
        Steps taken.
    residual : float
        The largest residual left, in the model's own unit.
    """

    exit_code = 3

    def __init__(self, message: str, *, iterations: int, residual: float) -> None:
        super().__init__(f"{message} (iterations {iterations}, residual {residual:.3g})")
        self.iterations = iterations
        self.residual = residual
