"""The shipped logs: every fact of the documents is claimed, sources exist, the rates are exact."""

import datetime as dt
import json
import re

import attrs
import numpy as np
import pytest

from tariffsim.axes import Axis, TradeAxes
from tariffsim.events import Disputed
from tariffsim.files import logs
from tariffsim.files.check import check_file
from tariffsim.files.logs import load_log
from tariffsim.files.shipped import shipped_logs, shipped_scenarios
from tariffsim.layers import EXACT_PER_PERCENT
from tariffsim.log import known_on, known_through
from tariffsim.query import difference, state, why
from tariffsim.reduce import compile_rates, fold
from tests.command_line import typed

REVIEWED = dt.date(2025, 6, 6)

# The paragraph of every fact of the five documents, in the order of their ids: S0-01, S0-02, ...
PARAGRAPHS = {
    "S0": "1 2 3 3 4 5 5 6 6 7 8 8 9 10 11 12 13 14 15 16 17 17 17 18 19 19 19 19 19 20 20 21 "
    "22 22 23 23 24 25",
    "S1": "4 4 5 5 6 6 7 7 8 8 8 9 9 10 10 11 11 11 12 12",
    "S2": "1 1 2 3 4 5 6 6 7 7 8 8 8 9 10 10 11 11 12 13 13",
    "S3": "4 5 5 6 6 7 7 8 8 9 9 9 10 11 12 12 13 13 14 15 15 16 17",
    "S4": "1 2 2 3 4 4 5 5 5 7 8 9 10 11 11 12 12 13 13 14 14 15",
}
FACTS = {
    f"{document}-{number:02d}": (f"doc-00{document[1]}", f"p{paragraph}")
    for document, paragraphs in PARAGRAPHS.items()
    for number, paragraph in enumerate(paragraphs.split(), start=1)
}
# Where the documents disagree with each other or with the record: the facts on either side.
CONFLICTS = {
    "c1": "S0-25 S0-29 S1-12 S2-07 S3-03 S4-08 S4-16",
    "c2": "S3-19 S4-15",
    "c3": "S0-26 S0-27 S2-11 S2-12 S4-18 S4-19",
    "c4": "S0-06 S1-03",
    "c5": "S2-17",
    "c6": "S0-08 S0-11 S0-28 S1-05 S3-05 S3-11 S3-18 S4-06 S4-17",
    "c7": "S1-12 S3-04",
    "c8": "S0-32 S1-11 S2-04 S2-21 S3-06 S3-15 S4-07 S4-20",
    "c9": "S2-06 S2-21 S4-12 S4-13",
    "c10": "S1-14 S3-13 S3-14",
    "c11": "S3-17",
    "c12": "S0-29 S2-11 S4-16",
}
# The add-on above MFN and section 301, of what it is made, on the log of the public record.
FENTANYL, RECIPROCAL, RETALIATION = (
    "us-ieepa-fentanyl-china",
    "us-ieepa-reciprocal-china",
    "cn-reciprocal-us",
)
US_CHINA = [
    ("USA", "2025-01-20", {}),
    ("USA", "2025-02-03", {}),
    ("USA", "2025-02-04", {FENTANYL: 10}),
    ("USA", "2025-03-03", {FENTANYL: 10}),
    ("USA", "2025-03-04", {FENTANYL: 20}),
    ("USA", "2025-04-04", {FENTANYL: 20}),
    ("USA", "2025-04-05", {FENTANYL: 20, RECIPROCAL: 10}),
    ("USA", "2025-04-09", {FENTANYL: 20, RECIPROCAL: 84}),
    ("USA", "2025-04-10", {FENTANYL: 20, RECIPROCAL: 125}),
    ("USA", "2025-05-13", {FENTANYL: 20, RECIPROCAL: 125}),
    ("USA", "2025-05-14", {FENTANYL: 20, RECIPROCAL: 10}),
    ("CHN", "2025-04-09", {}),
    ("CHN", "2025-04-10", {RETALIATION: 84}),
    ("CHN", "2025-04-11", {RETALIATION: 84}),
    ("CHN", "2025-04-12", {RETALIATION: 125}),
    ("CHN", "2025-05-13", {RETALIATION: 125}),
    ("CHN", "2025-05-14", {RETALIATION: 10}),
]
LAPSE = [
    ("USA", "2025-08-11", {FENTANYL: 20, RECIPROCAL: 10}),
    ("USA", "2025-08-12", {FENTANYL: 20, RECIPROCAL: 34}),
    ("CHN", "2025-08-11", {RETALIATION: 10}),
    ("CHN", "2025-08-12", {RETALIATION: 34}),
]
# On the log of the documents there is one measure a side, and the old rate comes back.
US, CN = "us-additional-duties", "cn-additional-duties"
GENEVA = [
    ("USA", "2025-04-10", {US: 145}),
    ("USA", "2025-05-13", {US: 145}),
    ("USA", "2025-05-14", {US: 30}),
    ("USA", "2025-08-11", {US: 30}),
    ("USA", "2025-08-12", {US: 145}),
    ("CHN", "2025-04-12", {CN: 125}),
    ("CHN", "2025-05-13", {CN: 125}),
    ("CHN", "2025-05-14", {CN: 10}),
    ("CHN", "2025-08-11", {CN: 10}),
    ("CHN", "2025-08-12", {CN: 125}),
]
EXACT = [
    *(("us-china", None, *row) for row in US_CHINA),
    *(("us-china", REVIEWED, *row) for row in US_CHINA + LAPSE),
    *(("geneva-2025", None, *row) for row in GENEVA),
]
PARTNER = {"USA": "CHN", "CHN": "USA"}


@pytest.fixture(scope="module")
def shipped():
    return {name: load_log(name) for name in shipped_logs()}


@pytest.fixture(scope="module")
def documents(shipped):
    return shipped["geneva-2025"]


def test_all_facts_of_the_documents_are_claimed_by_events_at_their_paragraph(documents):
    assert len(FACTS) == 124
    claimed = {}
    for event in documents:
        for claim in event.claims:
            if claim.fact is not None:
                claimed.setdefault(claim.fact, set()).add((claim.source, claim.locator))
    assert claimed == {fact: {place} for fact, place in FACTS.items()}


def test_what_a_document_forecasts_alleges_or_thinks_stays_that(documents):
    said = {}
    for event in documents:
        for claim in event.claims:
            if claim.fact is not None and event.kind == "statement_made":
                said.setdefault(claim.fact, set()).add(event.form)
    for fact, form in {
        "S0-03": "forecast",
        "S0-04": "forecast",
        "S0-32": "allegation",
        "S2-21": "allegation",
        "S4-20": "allegation",
        "S1-11": "allegation",
    }.items():
        assert form in said[fact], fact


def test_the_twelve_conflicts_are_open_to_see(documents):
    disputes = {name: [] for name in CONFLICTS}
    for entry in documents.entries:
        if isinstance(entry.event, Disputed):
            disputes[entry.event.key.split("-")[0]].append(entry.event)
    for name, facts in CONFLICTS.items():
        held = [{side.fact for side in one.positions if side.fact} for one in disputes[name]]
        assert any(set(facts.split()) <= sides for sides in held), name
        for dispute in disputes[name]:
            assert len({side.says for side in dispute.positions}) >= 2, name
            assert dispute.note.startswith(f"Conflict {name.upper()}:"), name
            for side in dispute.positions:
                if side.fact:
                    assert (side.source, side.locator) == FACTS[side.fact]


@pytest.mark.parametrize("key", ["trump-post-hard-to-deal", "trump-china-violated"])
def test_each_post_in_two_wordings_shows_the_conflict(key, documents):
    """Conflict C9 is about two posts, and whoever asks for either must meet it."""
    (reasons,) = why(documents, key)
    (dispute,) = reasons.about_it
    assert dispute.event.key.startswith("c9-")
    places = {(side.source, side.locator) for side in dispute.event.positions}
    claims = {(claim.source, claim.locator) for claim in documents.by_key[key].event.claims}
    assert len(places & claims) >= 2


def test_a_prediction_that_bore_out_is_no_proof_of_another(documents):
    """Fact S4-22 speaks of ironing out; that a call came soon is read elsewhere."""
    told = {e.event.key for e in documents.entries for c in e.event.claims if c.fact == "S4-22"}
    assert told == {"bessent-ironed-out"}
    (claim,) = [c for c in documents.by_key["bessent-ironed-out"].event.claims if c.fact == "S4-22"]
    assert claim.dissents
    settled = documents.by_key["settled-bessent-very-soon"].event
    assert {claim.fact for claim in settled.claims} == {"S2-03", "S4-01"}


def test_dissent_stands_on_the_accepted_fact(documents):
    window = documents.by_key["us-window"].event
    dissent = {claim.fact: claim.says for claim in window.claims if claim.dissents}
    assert set(dissent) == {"S4-18", "S4-19"}
    assert "40" in dissent["S4-19"]


def test_nothing_in_the_log_of_the_documents_was_announced_after_the_review(documents):
    assert max(event.announced for event in documents) <= REVIEWED
    assert max(source.published for source in documents.sources.values()) <= REVIEWED
    assert known_through(documents) == REVIEWED


@pytest.mark.parametrize("name", ["canada-china", "geneva-2025", "us-china"])
def test_every_event_has_a_source_and_every_source_exists(name, shipped):
    log = shipped[name]
    for event in log:
        cited = {claim.source for claim in event.claims}
        if isinstance(event, Disputed):
            cited |= {side.source for side in event.positions if side.source}
        # A review is an act of whoever keeps the log.
        assert cited or event.kind == "reviewed", event.key
        assert cited <= set(log.sources), event.key
    for key, source in log.sources.items():
        assert source.title, key
        assert source.publisher, key
    keys = [event.key for event in log if event.key]
    assert len(keys) == len(set(keys))
    assert all(event.title for event in log)


def test_the_law_of_2025_up_to_the_review_rests_on_primary_sources(shipped):
    # Letters to single firms, which nobody published.
    letters = {"us-ethane-letters", "us-engine-letters", "us-eda-letters"}
    law = [
        event
        for event in shipped["us-china"]
        if event.changes_state and dt.date(2025, 1, 20) <= event.announced <= REVIEWED
    ]
    weak = {
        event.key
        for event in law
        if not {claim.grade for claim in event.claims} & {"primary", "official"}
    }
    assert len(law) > 50
    assert weak == letters


@pytest.mark.parametrize("name", [*shipped_logs(), *shipped_scenarios()])
def test_check_finds_no_fault(name):
    found = [finding for finding in check_file(name) if finding.severity != "note"]
    assert found == []


@pytest.mark.parametrize(("name", "known", "importer", "day", "layers"), EXACT)
def test_exact_rates_layer_by_layer(name, known, importer, day, layers, shipped, monkeypatch):
    log = shipped[name]
    on = dt.date.fromisoformat(day)
    stacked = state(log, on, importer, PARTNER[importer], known=known)
    added = {layer.measure: layer.low for layer in stacked.layers if layer.low or layer.high}
    assert added == {measure: rate * EXACT_PER_PERCENT for measure, rate in layers.items()}
    assert stacked.low == stacked.high == sum(layers.values()) * EXACT_PER_PERCENT
    # The command reads the log anew each time, which is the only thing that is spared here.
    monkeypatch.setattr(logs, "load_log", lambda _: log)
    asked = f"state {day} --importer {importer} --exporter {PARTNER[importer]} --log {name} --json"
    answer = typed(asked + (f" --known-on {known}" if known else ""))
    data = json.loads(answer.out)
    assert data["total_percent"] == sum(layers.values())
    assert {
        layer["measure"]: layer["rate_percent"] for layer in data["layers"] if layer["rate_percent"]
    } == layers
    for layer in data["layers"]:
        assert layer["event"] in log.by_id
        assert layer["sources"], layer["measure"]


@pytest.mark.parametrize(
    ("name", "known"), [("us-china", None), ("us-china", REVIEWED), ("geneva-2025", None)]
)
def test_the_compiled_form_has_the_same_totals(name, known, shipped):
    folded = fold(known_on(shipped[name], known))
    on_all = {
        measure: found
        for measure, found in folded.measures.items()
        if found.enacted and found.enacted.products.all_goods
    }
    axes = TradeAxes(
        importer=Axis("importer", ["USA", "CHN"]),
        exporter=Axis("exporter", ["USA", "CHN"]),
        # Toys: no list takes them out of a measure on all goods.
        product=Axis("product", ["950300"]),
    )
    compiled = compile_rates(attrs.evolve(folded, measures=on_all), axes)
    rows = [row[2:] for row in EXACT if row[:2] == (name, known)]
    assert len(rows) >= len(GENEVA)
    for importer, day, layers in rows:
        low, high = compiled.exact([dt.date.fromisoformat(day)])
        cell = (0, axes.importer.index(importer), axes.exporter.index(PARTNER[importer]), 0)
        assert low[cell] == high[cell] == sum(layers.values()) * EXACT_PER_PERCENT
        assert np.all(low[0, [0, 1], [0, 1]] == 0)


def test_known_on_hides_what_was_announced_later(shipped):
    def total(log, day, known):
        found = state(shipped[log], dt.date.fromisoformat(day), "USA", "CHN", known=known)
        return found.low / EXACT_PER_PERCENT

    for log in ("us-china", "geneva-2025"):
        assert total(log, "2025-05-14", dt.date(2025, 5, 11)) == 145
        assert total(log, "2025-05-14", dt.date(2025, 5, 12)) == 30
    assert total("us-china", "2025-04-10", dt.date(2025, 4, 8)) == 104
    assert total("us-china", "2025-04-10", dt.date(2025, 4, 7)) == 54
    assert total("us-china", "2025-08-12", REVIEWED) == 54
    assert total("us-china", "2025-08-12", None) == 30
    assert total("us-china", "2025-05-14", dt.date(2024, 12, 31)) == 0


def test_the_two_logs_differ_in_what_the_end_of_the_window_means(shipped):
    days = dt.date(2025, 8, 11), dt.date(2025, 8, 12)
    moves = {
        name: {
            change.measure: (change.before, change.after)
            for change in difference(shipped[name], *days, known=REVIEWED).rates
        }
        for name in ("us-china", "geneva-2025")
    }
    assert moves["geneva-2025"] == {US: (300_000, 1_450_000), CN: (100_000, 1_250_000)}
    assert moves["us-china"][RECIPROCAL] == (100_000, 340_000)
    assert moves["us-china"][RETALIATION] == (100_000, 340_000)


@pytest.mark.parametrize(
    ("product", "day", "layers"),
    [
        # Semiconductors: exempt from the reciprocal duty, on a list of section 301 at 50 %.
        ("8542", "2025-04-12", {FENTANYL: 20, "us-301-semiconductors": 50}),
        # Telephones: exempt, and on no list of section 301 that is in force.
        ("851713", "2025-04-12", {FENTANYL: 20}),
        ("950300", "2025-04-12", {FENTANYL: 20, RECIPROCAL: 125}),
    ],
)
def test_a_product_bears_what_its_lists_say(product, day, layers, shipped):
    stacked = state(
        shipped["us-china"], dt.date.fromisoformat(day), "USA", "CHN", product=product
    )  # fmt: skip
    added = {layer.measure: layer.low for layer in stacked.layers if layer.low}
    assert added == {measure: rate * EXACT_PER_PERCENT for measure, rate in layers.items()}


def test_the_april_control_and_its_licences(documents):
    controls = [event for event in documents if event.kind == "control_set"]
    assert len(controls) >= 3
    minerals = documents.by_key["cn-rare-earths-april"].event
    assert minerals.stance == "licence"
    assert minerals.destinations.include == ("WLD",)
    assert set(minerals.materials) == {
        "samarium",
        "gadolinium",
        "terbium",
        "dysprosium",
        "lutetium",
        "scandium",
        "yttrium",
    }


@pytest.mark.parametrize("name", ["canada-china", "geneva-2025", "us-china"])
def test_a_primary_source_can_be_followed(name, shipped):
    """A source graded primary has an address, or says under which number it was published."""
    log = shipped[name]
    primary = {c.source for event in log for c in event.claims if c.grade == "primary"}
    assert primary
    for key in primary:
        source = log.sources[key]
        number = r"\b(No\.|Announcement|Proclamation) \d|\b\d+ FR \d|bears no number"
        assert source.url or re.search(number, f"{source.title} {source.note}"), key
