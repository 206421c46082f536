"""Reference pages written from the package itself: events, scenario, parameters, commands, errors.

Each function returns the Markdown of one page; `PAGES` names them.
"""

import ast
import inspect
import pkgutil
import re
import sys
import tomllib
import typing
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import attrs
import faults
import fields
import validation
import yaml
from typer.testing import CliRunner

import tariffsim
from tariffsim import errors, scenario
from tariffsim.cli import app
from tariffsim.codec import docstrings
from tariffsim.events import KINDS, Event
from tariffsim.files.materials import load_materials
from tariffsim.files.scenarios import load_parameters, parameter_sources
from tariffsim.files.shipped import shipped
from tariffsim.materials import ControlledMaterial, Industry
from tariffsim.parameters import Parameter
from tariffsim.report.materials import material_text, materials_text

ROOT = Path(__file__).parents[2]
EVENT_FIELDS = frozenset(field.name for field in attrs.fields(Event))
NOTICE = "<!-- Written from the package when the documentation is built. -->"

LEAD = {
    "events": (
        "One section a kind, under the name that a sheet gives in `type:`. "
        "Every event also carries the fields of [Event](#event)."
    ),
    "scenario": "How to write one is told [step by step](../../howto/write-a-scenario.md).",
    "parameters": (
        "From `tariffsim/data/parameters/`: those of the partial model, then those of the world "
        "models. A scenario may set any of them under "
        "`parameters:`. Grades: H the source was seen; M second hand or derived; L memory or "
        "judgement. A range of kind *80%* leaves one in ten below and one in ten above; *bounds* "
        "leave nothing outside."
    ),
    "materials": (
        "From `tariffsim/data/materials/`. Grades: `secondary` was read as quoted elsewhere, "
        "`media` in the press, `memory` was not looked up. Of several figures of one thing the one "
        "that became known last counts. [How to write a sheet](../../howto/own-material.md)."
    ),
    "exit codes": (
        "0 is done; a wrong command or option is 2 as well; an interrupted run ends with 130."
    ),
    "streams": (
        "Data goes to standard output, messages and progress to standard error. Bad input gives "
        "no traceback; `tariffsim --debug` shows one."
    ),
    "modules": (
        "A module imports only from floors below its own. The floors are the import contract of "
        "`pyproject.toml`; [why they are as they are](../../decisions/0001-house.md)."
    ),
}
"""The few sentences of these pages that stand nowhere else."""


def _page(*pieces: str) -> str:
    return "\n\n".join([NOTICE, *(piece for piece in pieces if piece)]) + "\n"


def events() -> str:
    """Write the page of event kinds: fields, and the shortest example that the logs hold."""
    examples = _examples()
    pieces = [
        "# Kinds of event",
        LEAD["events"],
        "## Event",
        docstrings.read(Event).summary,
        fields.table(Event),
    ]
    for module, kinds in _by_module(KINDS.values()):
        pieces += [f"## {_heading(module)}", _lead(module)]
        for cls in kinds:
            said = docstrings.read(cls)
            law = "Changes what is in force." if cls.changes_state else "Changes no rate."
            pieces += [f"### {cls.kind}", f"{said.summary} {law}", said.text]
            pieces += [fields.table(cls, without=EVENT_FIELDS), examples.get(cls.kind, "")]
    pieces += ["## Parts of events", *_parts([Event, *KINDS.values()])]
    return _page(*pieces)


def _by_module(kinds: Iterable[type[Event]]) -> list[tuple[str, list[type[Event]]]]:
    found: dict[str, list[type[Event]]] = {}
    for cls in kinds:
        found.setdefault(cls.__module__, []).append(cls)
    return list(found.items())


def _heading(module: str) -> str:
    return {
        "tariffsim.events.measures": "Duties and other measures",
        "tariffsim.events.controls": "Export controls",
        "tariffsim.events.record": "The record",
    }[module]


def _lead(module: str) -> str:
    return _body(sys.modules[module])


def _body(documented: object) -> str:
    """Give what a docstring says after its first line."""
    words = inspect.cleandoc(documented.__doc__ or "").partition("\n\n")[2]
    return docstrings.markdown(words)


def _examples() -> dict[str, str]:
    """Find the shortest event of each kind in the shipped logs, as it stands there."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, tuple[int, str]] = {}
    for path in sorted(shipped("seeds").rglob("*.yaml")):
        text = path.read_text()
        for kind, first, end in _event_lines(yaml.compose(text, Loader=loader)):
            lines = text.splitlines()[first:end]
            while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
                lines.pop()
            if kind not in found or len(lines) < found[kind][0]:
                name = path.relative_to(shipped("seeds").parent)
                body = "\n".join(lines)
                found[kind] = len(lines), f"From `{name}`:\n\n```yaml\n{body}\n```"
    return {kind: text for kind, (_, text) in found.items()}


def _event_lines(root: yaml.Node | None) -> Iterator[tuple[str, int, int]]:
    if not isinstance(root, yaml.MappingNode):
        return
    for key, value in root.value:
        if key.value == "events":
            for node in value.value:
                kind = next(item.value for name, item in node.value if name.value == "type")
                yield kind, node.start_mark.line, node.end_mark.line


def _parts(classes: Iterable[type]) -> list[str]:
    """Write a section for every record that the classes are made of, each once."""
    waiting = list(classes)
    known: set[type] = set()
    pieces: list[str] = []
    while waiting:
        cls = waiting.pop(0)
        for kind in typing.get_type_hints(cls).values():
            for part in fields.parts(kind):
                if part not in known:
                    known.add(part)
                    waiting.append(part)
                    said = docstrings.read(part)
                    pieces += [f"### {part.__name__}", said.summary, said.text, fields.table(part)]
    return pieces


def scenario_file() -> str:
    """Write the page of the scenario file."""
    whole = scenario.Scenario
    return _page(
        "# The scenario file",
        f"{_body(scenario)} {LEAD['scenario']}",
        "## Scenario",
        fields.table(whole),
        "## Parts of a scenario",
        *_parts([whole]),
    )


def parameters() -> str:
    """Write the page of the packaged parameters, with their sources."""
    listed = load_parameters()
    sources = parameter_sources()
    pieces = [
        "# Parameters of the partial model",
        LEAD["parameters"],
        "\n".join(_parameter_rows(listed.values())),
    ]
    for parameter in listed.values():
        source = sources[parameter.source]
        title = f"[{source.title}]({source.url})" if source.url else source.title
        where = f", {parameter.locator}" if parameter.locator else ""
        about = f"{parameter.unit}; horizon: {parameter.horizon}."
        says = f"Source: {title}, {source.publisher}{where}."
        pieces += [f"## {parameter.name}", f"{about} {says}", parameter.note]
    return _page(*pieces)


def _parameter_rows(listed: Iterable[Parameter]) -> Iterator[str]:
    yield "| parameter | value | low | high | range | distribution | known | grade |"
    yield "|---|---|---|---|---|---|---|---|"
    for parameter in listed:
        cells = (
            f"[{parameter.name}](#{parameter.name})",
            *map(_number, (parameter.value, parameter.low, parameter.high)),
            *(parameter.range, parameter.distribution, str(parameter.known), parameter.grade),
        )
        yield f"| {' | '.join(cells)} |"


def materials() -> str:
    """Write the page of controlled materials, every figure with its sources."""
    facts = load_materials()
    pieces = ["# Controlled materials", LEAD["materials"]]
    pieces.append(
        "```text\n" + materials_text(facts.materials, facts.sources, None, width=100) + "\n```"
    )
    for name, material in facts.materials.items():
        text = material_text(material, facts.sources, width=100)
        pieces += [f"## {name}", f"```text\n{text}\n```"]
    for part in (ControlledMaterial, Industry):
        pieces += [f"## {part.__name__}", docstrings.read(part).summary, fields.table(part)]
    pieces += ["## Parts of a sheet", *_parts([ControlledMaterial, Industry])]
    return _page(*pieces)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def commands() -> str:
    """Write the page of the command line from the help that it prints itself."""
    pieces = ["# The command line", "What `--help` prints.", "## tariffsim", _help([])]
    for path in _paths():
        pieces += [f"## tariffsim {' '.join(path)}", _help(path)]
    return _page(*pieces)


def _paths() -> Iterator[list[str]]:
    for command in app.registered_commands:
        yield [str(command.name)]
    for group in app.registered_groups:
        yield [str(group.name)]
        inner = group.typer_instance
        assert inner is not None
        for command in inner.registered_commands:
            yield [str(group.name), str(command.name)]


def _help(path: list[str]) -> str:
    answer = CliRunner().invoke(
        app, [*path, "--help"], prog_name="tariffsim", env={"COLUMNS": "90", "NO_COLOR": "1"}
    )
    assert answer.exit_code == 0, answer.output
    return f"```text\n{answer.stdout.strip()}\n```"


def exit_codes() -> str:
    """Write the page of errors and exit codes from the exceptions."""
    rows = ["| exception | exit code | |", "|---|---|---|"]
    for name, cls in inspect.getmembers(errors, inspect.isclass):
        if issubclass(cls, errors.TariffsimError):
            rows.append(f"| `{name}` | {cls.exit_code} | {docstrings.read(cls).summary} |")
    return _page(
        "# Errors and exit codes",
        f"{_body(errors)} {LEAD['exit codes']}",
        "\n".join(rows),
        LEAD["streams"],
    )


RETURNED = (
    "layers.Stacked",
    "layers.Layer",
    "query.Difference",
    "query.Reasons",
    "finding.Finding",
    "result.Variable",
)
"""What the functions of the library return, beyond its public names."""


def library() -> str:
    """Write the page of the library's public names, and of what they return."""
    pieces = ["# The library", docstrings.read(tariffsim).summary]
    pieces += [_documented(name, getattr(tariffsim, name)) for name in tariffsim.__all__]
    pieces.append("## What the functions return")
    for name in RETURNED:
        module, _, cls = name.partition(".")
        pieces.append(_documented(name, getattr(sys.modules[f"tariffsim.{module}"], cls)))
    return _page(*pieces)


def _documented(name: str, known: object) -> str:
    directive, option = "autofunction", ""
    if inspect.isclass(known):
        directive, option = "autoclass", "\n   :members:"
        if issubclass(known, Exception):
            directive = "autoexception"
    return f"```{{eval-rst}}\n.. {directive}:: tariffsim.{name}{option}\n```"


def modules() -> str:
    """Write the list of modules by floor, from the import contract, with their first lines."""
    pieces = [
        "# Modules by floor",
        LEAD["modules"],
    ]
    rows = ["| floor | module | what it is |", "|---|---|---|"]
    floors = list(_floors())
    for number, floor in enumerate(floors):
        rows += [f"| {len(floors) - number} | `{name}` | {_first_line(name)} |" for name in floor]
    return _page(*pieces, "\n".join(rows))


def _floors() -> Iterator[list[str]]:
    """Give the floors from the top; one floor of everything where there is no contract."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for contract in configuration["tool"].get("importlinter", {}).get("contracts", []):
        if contract["type"] == "layers" and contract["containers"] == ["tariffsim"]:
            yield from (re.split(r"\s*[|:]\s*", layer) for layer in contract["layers"])
            return
    yield sorted(found.name for found in pkgutil.iter_modules(tariffsim.__path__))


def _first_line(name: str) -> str:
    base = Path(tariffsim.__path__[0]) / name
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    words = ast.get_docstring(ast.parse(path.read_text())) or ""
    return docstrings.markdown(words.partition("\n\n")[0].replace("\n", " ")).replace("|", "\\|")


PAGES: dict[str, Callable[[], str]] = {
    "events.md": events,
    "scenario.md": scenario_file,
    "parameters.md": parameters,
    "materials.md": materials,
    "commands.md": commands,
    "exit-codes.md": exit_codes,
    "library.md": library,
    "modules.md": modules,
    "faults.md": faults.page,
    "validation.md": validation.page,
}


def write(folder: Path) -> None:
    """Write every page that changed, so that an unchanged one is not built again."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        path, text = folder / name, page()
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
