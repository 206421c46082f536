"""The published schemas hold for what is shipped, and mark what the reader refuses."""

import json

import jsonschema
import pytest
import yaml

from tariffsim.codec.schema import FILES, schema
from tariffsim.events import KINDS
from tariffsim.files.shipped import shipped
from tests.command_line import tariffsim


class Core(yaml.SafeLoader):
    """YAML 1.2's core types, as editors read them: no days, and no `on` for true."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"^(true|false)$", "tf"),
    ("int", r"^[-+]?(0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?[0-9]+\.[0-9]*$", "-+0123456789"),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", yaml.reader.re.compile(pattern), first)


def complaints(of, data):
    judge = jsonschema.Draft202012Validator(schema(of))
    return [error.message for error in judge.iter_errors(data)]


def written(folder):
    return sorted(shipped(folder).rglob("*.yaml"))


@pytest.mark.parametrize("path", written("scenarios"), ids=lambda path: path.stem)
def test_shipped_scenarios_fit(path):
    assert complaints("scenario", yaml.load(path.read_text(), Core)) == []


@pytest.mark.parametrize("path", written("seeds"), ids=lambda path: path.stem)
def test_shipped_logs_fit(path):
    of = "sources" if path.name == "sources.yaml" else "sheet"
    assert complaints(of, yaml.load(path.read_text(), Core)) == []


@pytest.mark.parametrize("of", FILES)
def test_a_schema_is_a_schema(of):
    jsonschema.Draft202012Validator.check_schema(schema(of))
    assert json.loads(tariffsim("schema", of).out) == schema(of)


def test_every_kind_of_event_is_told():
    assert set(schema("event")["$defs"]["Event"]["properties"]["type"]["enum"]) == set(KINDS)


EVENT = {"type": "rate_set", "announced": "2025-04-09", "measure": "us-duty", "rate": "145%"}


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"rate": "145"}, "145"),
        ({"rates": "145%"}, "rates"),
        ({"announced": "9 April 2025"}, "9 April"),
        ({"type": "rate_rised"}, "rate_rised"),
        ({"measure": "US duty"}, "US duty"),
    ],
)
def test_slips_are_marked(change, about):
    assert complaints("event", EVENT) == []
    assert any(about in text for text in complaints("event", EVENT | change))
