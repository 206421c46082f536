"""Calendar months, as a horizon counts them; knows no scenario."""

import datetime as dt
import re

import attrs

FIRST_YEAR, LAST_YEAR = 1900, 2199


@attrs.frozen(kw_only=True, order=True)
class Month:
    """A calendar month, written ``2025-06``."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, self.number, 1)

    @property
    def next(self) -> "Month":
        """The month after."""
        return Month(year=self.year + self.number // 12, number=self.number % 12 + 1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.next.first - self.first).days

    @property
    def year_share(self) -> float:
        """Its length as a share of its year: days / 365 or 366."""
        year = dt.date(self.year + 1, 1, 1) - dt.date(self.year, 1, 1)
        return self.days / year.days


def parse_month(text: str) -> Month:
    """Read a month written YYYY-MM."""
    matched = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text.strip(), re.ASCII)
    if matched is None:
        raise ValueError(f"value must be a month written YYYY-MM, got {text!r}")
    year = int(matched[1])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"value must lie between {FIRST_YEAR} and {LAST_YEAR}, got {text!r}")
    return Month(year=year, number=int(matched[2]))


def months(start: Month, end: Month) -> tuple[Month, ...]:
    """List the months from `start` to `end`, both included."""
    found = [start]
    while found[-1] < end:
        found.append(found[-1].next)
    return tuple(found)


@attrs.frozen(kw_only=True)
class Horizon:
    """The months of the projection.

    Parameters
    ----------
    start, end : Month
        First and last month, both included.
    """

    start: Month
    end: Month

    def __attrs_post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"to must not be before from, got {self.start} to {self.end}")

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.end.next.first - dt.timedelta(days=1)
