"""Codes of other tables to ours: economies to alpha-3, goods to HS sections; opens no file.

Numbers keep their leading zeros, or get them back: a spreadsheet drops them.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping

import attrs

from tariffsim import terms
from tariffsim.terms import Economy

# Parts of an economy that the OECD prints apart, and other spellings.
PARTS = {
    "CN1": "CHN",
    "CN2": "CHN",
    "MX1": "MEX",
    "MX2": "MEX",
    "ROM": "ROU",
    "ZAR": "COD",
    "RoW": "ROW",
}


@attrs.frozen(kw_only=True)
class Concordance:
    """What other tables call things.

    Parameters
    ----------
    economies : mapping of str to Economy
        By number, three digits.
    sections : mapping of str to str
        By chapter, two digits.
    """

    economies: Mapping[str, Economy]
    sections: Mapping[str, str]

    def economy(self, text: str) -> Economy:
        """Read an economy: alpha-3, a number of trade statistics, or a part of one.

        Raises
        ------
        ValueError
            Nobody goes by this code.
        """
        code = text.strip()
        if code.isdigit():
            found = self.economies.get(code.zfill(3))
            if found is None:
                raise ValueError(
                    f"economy must be a number of ISO 3166 or UN Comtrade, got {code}; give the "
                    "table's own list: --codes, or codes under world"
                )
            return found
        return terms.parse_economy(PARTS.get(code, code))

    def section(self, product: str) -> str:
        """Find the section of an HS code.

        Raises
        ------
        ValueError
            Its chapter stands in no section.
        """
        found = self.sections.get(product[:2])
        if found is None:
            raise ValueError(
                f"product must lie in chapters 01 to 97 without 77, got {product}; leave it out, "
                "or read the table by chapter"
            )
        return found


def read_concordance(economies: Iterable[str], sections: Iterable[str]) -> Concordance:
    """Read the packaged lists: ``code,economy,note`` and ``section,first,last,title``."""
    chapters = {}
    for row in _rows(sections):
        for chapter in range(int(row["first"]), int(row["last"]) + 1):
            chapters[f"{chapter:02d}"] = row["section"]
    chapters.pop("77", None)
    return Concordance(
        economies={row["code"]: terms.parse_economy(row["economy"]) for row in _rows(economies)},
        sections=chapters,
    )


def with_codes(concordance: Concordance, lines: Iterable[str], *, file: str) -> Concordance:
    """Add a table's own list of economies, such as BACI's: ``country_code``, ``country_iso3``.

    Raises
    ------
    ValueError
        The columns are missing. Rows whose alpha-3 code we do not know are left out: a table that
        uses one is refused where it does.
    """
    reader = csv.DictReader(_clean(lines))
    names = reader.fieldnames or []
    number = next((name for name in names if name in ("country_code", "code")), None)
    alpha = next((name for name in names if name in ("country_iso3", "iso_3digit_alpha")), None)
    if number is None or alpha is None:
        raise ValueError(
            f"{file}: codes must have the columns country_code and country_iso3, got "
            f"{', '.join(names) or 'nothing'}; take the file that came with the table"
        )
    found = dict(concordance.economies)
    for row in reader:
        # A row cut short gives nothing for the cells that it lacks.
        code = (row[number] or "").zfill(3)
        try:
            found[code] = terms.parse_economy(row[alpha] or "")
        except ValueError:
            found.setdefault(code, Economy(""))
    return attrs.evolve(concordance, economies={code: name for code, name in found.items() if name})


def _clean(lines: Iterable[str]) -> Iterable[str]:
    return (line.removeprefix("\ufeff") for line in lines if not line.startswith("#"))


def _rows(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(_clean(lines)))
