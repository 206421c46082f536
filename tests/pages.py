"""Results in folders that tests of figures, pages and explanations read; few draws, made once."""

import functools
import tempfile
from pathlib import Path

import tariffsim as ts
from tariffsim.files.folders import load_summary
from tariffsim.report.page import page
from tariffsim.report.summary import Summary

DISPUTES = ("geneva", "canola", "minerals")
WORLDS = ("gsim", "gravity", "world")
HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>"

HOSTILE_LOG = f"""
sources:
  doc:
    title: "{HOSTILE}"
    publisher: "{HOSTILE}"
    published: 2025-01-01
    url: "javascript:document.title='owned'"
"""
HOSTILE_SHEET = f"""
log: log
events:
- type: measure_enacted
  key: duty
  title: "{HOSTILE}"
  announced: 2025-01-02
  measure: duty
  imposer: CHN
  authority: some-law
  group: one
  form: ad-valorem
  partners: CAN
  products: all
  claims:
  - {{source: doc, locator: "{HOSTILE}", figure: "{HOSTILE}", grade: primary}}
  - {{source: doc, locator: p2, figure: "1", grade: media, says: "{HOSTILE}"}}
- type: rate_set
  key: duty-25
  title: "=cmd|'$x^2$ 中文 {HOSTILE}"
  note: "{HOSTILE}"
  announced: 2025-01-02
  measure: duty
  rate: 25%
  claims:
  - {{source: doc, locator: p1, figure: "25", grade: primary}}
"""
HOSTILE_SCENARIO = f"""
scenario: hostile
question: "{HOSTILE}"
log: ./log
known_on: 2025-06-06
horizon: {{from: 2025-06, to: 2025-09}}
trade: trade.csv
benchmark_day: 2024-12-31
markets:
- {{importer: CHN, exporter: CAN, supply: inverse_export_supply_elasticity_chn}}
branches:
  duty:
    stay: {{title: "{HOSTILE}", probability: 50%, reason: "{HOSTILE}"}}
    go:
      title: It ends
      probability: 50%
      reason: Why not
      events:
      - {{type: terminated, title: "{HOSTILE}", announced: 2025-06-20, effective: 2025-07-01,
         measure: duty}}
baseline: {{duty: stay}}
draws: 64
seed: 1
"""


def hostile_scenario(folder: Path) -> Path:
    """Write a scenario and a log whose every text tries to run a script."""
    (folder / "log").mkdir()
    (folder / "log" / "sources.yaml").write_text(HOSTILE_LOG)
    (folder / "log" / "facts.yaml").write_text(HOSTILE_SHEET)
    trade = (Path(__file__).parents[1] / "scenarios" / "canola-baseline.csv").read_text()
    (folder / "trade.csv").write_text(trade)
    (folder / "sources.yaml").write_text(
        (Path(__file__).parents[1] / "seeds" / "canada-china" / "sources.yaml").read_text()
    )
    path = folder / "hostile.yaml"
    path.write_text(HOSTILE_SCENARIO)
    return path


@functools.cache
def folder_of(
    scenario: str, draws: int = 64, seed: int | None = None, model: str | None = None
) -> Path:
    """Run a scenario once, and give the folder of its result."""
    place = Path(tempfile.mkdtemp(prefix=f"tariffsim-{Path(scenario).stem}-"))
    inputs = ts.with_options(ts.load_inputs(scenario, model=model), draws=draws, seed=seed)
    ts.write_result(ts.run(inputs), place, inputs=inputs)
    return place


@functools.cache
def summary_of(scenario: str) -> Summary:
    """Read the result of a scenario."""
    return load_summary(folder_of(scenario))


@functools.cache
def world_of(model: str) -> Summary:
    """Read the result of the shipped world under a model; a handful of draws."""
    return load_summary(folder_of("geneva-world", draws=8, model=model))


@functools.cache
def page_of(own: str) -> str:
    """Write the page of a dispute, of the world under a model, or of the hostile scenario."""
    if own in WORLDS:
        return page(world_of(own))
    return page(load_summary(hostile_folder()) if own == "hostile" else summary_of(own))


@functools.cache
def hostile_folder() -> Path:
    """Run the hostile scenario."""
    place = Path(tempfile.mkdtemp(prefix="tariffsim-hostile-"))
    return folder_of(str(hostile_scenario(place)))
