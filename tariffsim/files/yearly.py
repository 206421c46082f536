"""The packaged trade of one year, for whoever has no entries; decides nothing about it."""

from tariffsim.codec.documents import read_sources, refuse
from tariffsim.codec.tables import read_trade
from tariffsim.disk import read_text
from tariffsim.files.shipped import composed, shipped, short_name
from tariffsim.trade import TradeTable

BENCHMARK = "us-china-2024"


def load_benchmark() -> TradeTable:
    """Load the packaged trade of one year, of which benchmark flows are made."""
    folder = shipped("data") / "baseline"
    sources, findings = read_sources(composed(folder / "sources.yaml"))
    refuse(findings)
    path = folder / f"{BENCHMARK}.csv"
    return read_trade(read_text(path), file=short_name(path), name=BENCHMARK, sources=sources)
