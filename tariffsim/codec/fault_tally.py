"""Faults of a table that may have millions of rows: all counted, the first of each rule kept."""

from collections import Counter

from tariffsim.finding import Finding, Place, Severity

KEPT = 10


class FaultTally:
    """Counts the faults of one reading.

    Parameters
    ----------
    file : str
        Name of the file, for places.

    Examples
    --------
    >>> tally = FaultTally("a.csv")
    >>> for line in range(2, 20):
    ...     tally.add("negative", "value must not be negative", line=line)
    >>> [finding.message for finding in tally.findings()][-1]
    'negative: 8 more like these, the last on line 19'
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._kept: list[Finding] = []
        self._count: Counter[str] = Counter()
        self._last: dict[str, Finding] = {}

    def add(self, rule: str, message: str, *, line: int, severity: Severity = "error") -> None:
        """Note a fault."""
        place = Place(file=self.file, line=line, column=1)
        finding = Finding(rule=rule, message=message, place=place, severity=severity)
        self._count[rule] += 1
        self._last[rule] = finding
        if self._count[rule] <= KEPT:
            self._kept.append(finding)

    def count(self, rule: str) -> int:
        """Say how often a rule was broken."""
        return self._count[rule]

    def findings(self) -> tuple[Finding, ...]:
        """Give the first of each rule, then how many more there are."""
        more = []
        for rule, count in self._count.items():
            place = self._last[rule].place
            if count > KEPT and place is not None:
                message = f"{rule}: {count - KEPT} more like these, the last on line {place.line}"
                severity = self._last[rule].severity
                more.append(Finding(rule=rule, message=message, place=place, severity=severity))
        return (*self._kept, *more)
