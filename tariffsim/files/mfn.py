"""The packaged tables of ordinary (MFN) rates from disk; decides nothing about a rate."""

from tariffsim.asked import one_economy
from tariffsim.codec.documents import read_sources, refuse
from tariffsim.disk import read_text
from tariffsim.errors import UnknownName
from tariffsim.files.shipped import composed, shipped, short_name
from tariffsim.mfn import MfnTable, read_mfn
from tariffsim.terms import Economy


def load_mfn(importer: Economy | str) -> MfnTable:
    """Load an importer's average rates by chapter.

    Raises
    ------
    InputError
        It is no economy.
    UnknownName
        No table of this importer travels with the library.

    Examples
    --------
    >>> load_mfn("USA")["85"].words
    'simple average of chapter 85, 605 lines'
    """
    buyer = one_economy(importer)
    folder = shipped("data") / "baseline"
    path = folder / f"mfn-{buyer.lower()}.csv"
    if not path.exists():
        known = sorted(found.stem[4:].upper() for found in folder.glob("mfn-*.csv"))
        raise UnknownName(
            f"importer must have a table of MFN rates, got {importer}; there are those of "
            f"{' and '.join(known)}, so leave --with-mfn out"
        )
    sources, findings = read_sources(composed(folder / "sources.yaml"))
    refuse(findings)
    return read_mfn(read_text(path), importer=buyer, file=short_name(path), sources=sources)
