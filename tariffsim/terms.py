"""Words and units every floor shares: rates, shares, days, economies, products, slugs.

Turns what people write into exact values and back, or says why it cannot. Knows nothing of
events, logs or models. Rates and shares are whole numbers of parts per million, so that sums are
exact in any order.
"""

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import NewType

Rate = NewType("Rate", int)
"""Ad valorem rate on duty-exclusive customs value, parts per million (``145%`` is 1450000)."""

Share = NewType("Share", int)
"""A share or probability between 0 and 1, parts per million (``25%`` is 250000)."""

Economy = NewType("Economy", str)
"""ISO 3166-1 alpha-3 code, or a reserved group: EU27, ROW (the rest), WLD (everyone)."""

Product = NewType("Product", str)
"""Harmonized System code of 2 to 10 digits, always a string (``0101`` is not 65)."""

Slug = NewType("Slug", str)
"""A name in lower case letters, digits and single hyphens."""

PARTS_PER_UNIT = 1_000_000
PARTS_PER_PERCENT = 10_000
HIGHEST_RATE = 1_000_000_000
"""100,000 %: far above any duty, and low enough that every sum of layers is exact in 64 bits."""
WORLD = Economy("WLD")
REST = Economy("ROW")
RESERVED = frozenset({"EU27", "ROW", "WLD"})

ECONOMIES = frozenset(
    """ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD
    BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD
    COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST
    ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM
    GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ
    KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX
    MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD
    NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA
    SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR
    TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN
    VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE""".split()
)

LONGEST_DECIMAL = 30
MAYBE_A_FRACTION = 3

_ALIASES = {
    **dict.fromkeys(("EU", "EU-27", "EUROPE"), "; did you mean 'EU27'?"),
    **dict.fromkeys(("US", "U.S.", "UNITED STATES", "AMERICA"), "; did you mean 'USA'?"),
    **dict.fromkeys(("CN", "CHINA", "PRC"), "; did you mean 'CHN'?"),
    **dict.fromkeys(("WORLD", "ALL"), "; did you mean 'WLD'?"),
    "CANADA": "; did you mean 'CAN'?",
    "INDIA": "; did you mean 'IND'?",
    "JAPAN": "; did you mean 'JPN'?",
    "KOREA": "; did you mean 'KOR'?",
    "MEXICO": "; did you mean 'MEX'?",
    "VIETNAM": "; did you mean 'VNM'?",
}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PERCENT = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)\s*%")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def nearest(word: str, known: Iterable[str]) -> str:
    """Name the closest known word as a question, or return an empty string.

    Examples
    --------
    >>> nearest("efective", ["effective", "announced"])
    "; did you mean 'effective'?"
    """
    found = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else ""


def parts_from_percent(text: str, what: str) -> int:
    """Read a percentage with its sign as parts per million, exactly."""
    stripped = text.strip()
    matched = _PERCENT.fullmatch(stripped)
    if matched is None:
        if stripped.endswith("%"):
            raise ValueError(
                f"{what} must be written like 12.5%, got {text}; mind point and digits"
            )
        raise ValueError(
            f"{what} must carry its unit, got {text or 'nothing'}{_unit_hint(stripped)}"
        )
    parts = Decimal(matched[1]) * PARTS_PER_PERCENT
    if parts != parts.to_integral_value():
        raise ValueError(
            f"{what} must be a whole number of parts per million, got {text}; "
            "give at most four decimals"
        )
    return int(parts)


def _unit_hint(text: str) -> str:
    """Say what a bare number should be written as; a small one could mean two things."""
    if not re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        return "; write for example 12.5%"
    if "." in text and Decimal(text) < MAYBE_A_FRACTION:
        return f"; write {text}% or {percent(int(Decimal(text) * PARTS_PER_UNIT))}, as it is meant"
    return f"; write {text}%"


def parse_rate(text: str) -> Rate:
    """Read a rate with its percent sign.

    Parameters
    ----------
    text : str
        For example ``145%`` or ``12.5%``.

    Returns
    -------
    Rate
        Parts per million, zero or more.

    Raises
    ------
    ValueError
        The sign is missing (``1.45`` could mean 1.45 % or 145 %), or the rate is negative.

    Examples
    --------
    >>> parse_rate("12.5%")
    125000
    """
    parts = parts_from_percent(text, "rate")
    if parts < 0:
        raise ValueError(
            f"rate must not be negative, got {text}; a cut is a lower rate, set as such"
        )
    if parts > HIGHEST_RATE:
        raise ValueError(
            f"rate must be at most {percent(HIGHEST_RATE)}, got {text}; check the figure"
        )
    return Rate(parts)


def parse_share(text: str) -> Share:
    """Read a share or probability between ``0%`` and ``100%`` as parts per million."""
    parts = parts_from_percent(text, "share")
    if not 0 <= parts <= PARTS_PER_UNIT:
        raise ValueError(f"share must lie between 0% and 100%, got {text}; check the figure")
    return Share(parts)


def percent(parts: int) -> str:
    """Write parts per million as a percentage without trailing zeros.

    Examples
    --------
    >>> percent(1_450_000), percent(125_000)
    ('145%', '12.5%')
    """
    text = format(Decimal(parts) / PARTS_PER_PERCENT, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"


def parse_day(text: str) -> dt.date:
    """Read an ISO day; anything looser is refused, because 03-04 has two meanings."""
    stripped = text.strip()
    if not _DAY.fullmatch(stripped):
        raise ValueError(f"date must be written YYYY-MM-DD, got {text or 'nothing'}")
    try:
        return dt.date.fromisoformat(stripped)
    except ValueError:
        raise ValueError(
            f"date must be a day that exists, got {text}; check month and day"
        ) from None


def parse_economy(text: str) -> Economy:
    """Read an economy code: ISO 3166-1 alpha-3, EU27, ROW or WLD."""
    if text in ECONOMIES or text in RESERVED:
        return Economy(text)
    close = nearest(text.upper(), ECONOMIES | RESERVED) if len(text) == 3 else ""
    hint = _ALIASES.get(text.upper(), close)
    raise ValueError(
        f"economy must be an ISO 3166 alpha-3 code, EU27, ROW or WLD, got {text!r}{hint}"
    )


def parse_product(text: str) -> Product:
    """Read a product code; dots are dropped, leading zeros are kept.

    Examples
    --------
    >>> parse_product("8517.13")
    '851713'
    """
    digits = text.replace(".", "")
    if not digits.isascii() or not digits.isdigit() or len(digits) not in (2, 4, 6, 8, 10):
        raise ValueError(
            f"product must be an HS code of 2, 4, 6, 8 or 10 digits, got {text!r}; "
            "keep leading zeros, as in 0101"
        )
    return Product(digits)


def parse_slug(text: str) -> Slug:
    """Read a name made of lower case letters, digits and single hyphens."""
    if not _SLUG.fullmatch(text):
        raise ValueError(
            f"name must use lower case letters, digits and single hyphens, got {text!r}; "
            "as in us-reciprocal"
        )
    return Slug(text)


def parse_decimal(text: str) -> str:
    """Read an exact decimal and return it in its shortest plain form."""
    try:
        number = Decimal(text.strip() if text.isascii() else "")
    except InvalidOperation:
        raise ValueError(f"value must be a plain decimal number, got {text!r}") from None
    if not number.is_finite():
        raise ValueError(f"value must be finite, got {text!r}")
    if abs(number.adjusted()) > LONGEST_DECIMAL:
        raise ValueError(f"value must have at most {LONGEST_DECIMAL} digits, got {text!r}")
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def parse_whole(text: str) -> int:
    """Read a whole number of zero or more."""
    if not re.fullmatch(r"\d+", text.strip(), re.ASCII):
        raise ValueError(f"value must be a whole number, got {text!r}")
    return int(text)
