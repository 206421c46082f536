"""The README and the pages of docs/: what they show is run, and what they list is complete.

A page is one session. Its blocks run in order in an empty folder: a block with a caption that names
a file writes that file; a console block runs its commands; a Python block runs in one namespace a
page. Shown output is compared with `...` for what was left out, and blanks do not count. A command
that fails must be followed by `$ echo $?`.
"""

import contextlib
import doctest
import importlib
import io
import json
import pkgutil
import re
import shlex
import sys
from pathlib import Path

import attrs
import pytest

import tariffsim
import tariffsim as ts
from tariffsim.__main__ import main
from tariffsim.events import KINDS
from tariffsim.files.scenarios import load_parameters
from tariffsim.report.tidy import COLUMNS
from tariffsim.scenario import Scenario

ROOT = Path(__file__).parents[2]
WRITTEN_BY_SPHINX = ROOT / "docs" / "reference" / "generated"
BLOCK = re.compile(r"^(`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^\1[ ]*$", re.MULTILINE | re.DOTALL)
OPTION = re.compile(r":(?P<name>[a-z-]+):[ ]*(?P<value>.*)\n")
LOOSELY = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
NOT_RUN = {"git", "cd", "pip", "python"}


def pages() -> list[Path]:
    found = [path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts]
    return [ROOT / "README.md", *sorted(p for p in found if p.parent != WRITTEN_BY_SPHINX)]


@attrs.frozen
class Block:
    language: str
    caption: str | None
    body: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text()
    found = []
    for match in BLOCK.finditer(text):
        language, body = match["info"].strip(), match["body"]
        caption = None
        if language.startswith("{code-block}"):
            language = language.split()[1]
            while option := OPTION.match(body):
                caption = option["value"] if option["name"] == "caption" else caption
                body = body[option.end() :]
            body = body.lstrip("\n")
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(language, caption, body, line))
    return found


def runnable(page: Path) -> list[Block]:
    return [b for b in blocks(page) if b.caption or b.language in ("console", "python")]


def commands(body: str) -> list[tuple[str, str]]:
    """Split a console block into its commands, each with the output shown below it."""
    found: list[tuple[str, str]] = []
    for piece in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, shown = re.sub(r"\\\n\s*", " ", piece).partition("\n")
        found.append((command, shown))
    return found


def call(arguments: list[str], patch: pytest.MonkeyPatch) -> tuple[int, str, str]:
    """Run the command line as the shell would; exit code, standard output, standard error."""
    out, err = io.StringIO(), io.StringIO()
    patch.setattr(sys, "argv", ["tariffsim", *arguments])
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
    return code, out.getvalue(), err.getvalue()


def assert_shown(shown: str, printed: str, where: str) -> None:
    checker = doctest.OutputChecker()
    if not checker.check_output(shown, printed, LOOSELY):
        raise AssertionError(
            f"{where}: the page shows\n{shown}\nbut this is printed\n{printed[:3000]}"
        )


def run_console(block: Block, name: str, patch: pytest.MonkeyPatch) -> None:
    code = 0
    asked = True
    for command, shown in commands(block.body):
        where = f"{name}:{block.line}: $ {command}"
        program, *arguments = shlex.split(command)
        if command == "echo $?":
            assert_shown(shown, f"{code}\n", where)
            asked = True
            continue
        assert asked, f"{name}:{block.line}: a command failed with {code}, and no echo $? says so"
        if program == "make":
            assert f"\n{arguments[0]}:" in (ROOT / "Makefile").read_text(), where
            continue
        if program in NOT_RUN:
            continue
        assert program == "tariffsim", f"{where}: teach this test what {program} is"
        code, out, err = call(arguments, patch)
        asked = code == 0
        if shown.strip():
            assert_shown(shown, out if code == 0 else out + err, where)
    assert asked, f"{name}:{block.line}: a command failed with {code}, and no echo $? says so"


def run_python(block: Block, name: str, names: dict[str, object]) -> None:
    if ">>>" not in block.body:
        exec(compile(block.body, f"{name}:{block.line}", "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(block.body, {}, name, name, block.line)
    test.globs = names
    report = io.StringIO()
    doctest.DocTestRunner(optionflags=LOOSELY).run(test, out=report.write, clear_globs=False)
    assert not report.getvalue(), report.getvalue()


@pytest.mark.parametrize(
    "page", [p for p in pages() if runnable(p)], ids=lambda p: str(p.relative_to(ROOT))
)
def test_blocks_run_and_print_what_the_page_shows(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = str(page.relative_to(ROOT))
    names: dict[str, object] = {}
    for block in runnable(page):
        if block.caption:
            written = tmp_path / block.caption
            written.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(block.body)
        elif block.language == "console":
            run_console(block, name, monkeypatch)
        else:
            run_python(block, name, names)


MODULES = sorted(found.name for found in pkgutil.walk_packages(tariffsim.__path__, "tariffsim."))


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith("__main__")])
def test_docstring_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    report = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=LOOSELY)
    for example in doctest.DocTestFinder().find(importlib.import_module(name)):
        runner.run(example, out=report.write)
    assert not report.getvalue(), report.getvalue()


def test_the_comparison_can_fail():
    with pytest.raises(AssertionError, match="but this is printed"):
        assert_shown("total  30 %\n", "total  31 %\n", "here")
    assert_shown("a ... c\n", "a  b\nc\n", "here")


def test_the_readme_leads_only_to_files_that_exist():
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / "README.md").read_text())
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.fixture
def written(monkeypatch) -> dict[str, str]:
    """The reference pages that the documentation writes from the package."""
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "_ext"))
    module = importlib.import_module("pages")
    return {name: page() for name, page in module.PAGES.items()}


def test_the_reference_has_every_kind_field_command_and_parameter(written):
    events = written["events.md"]
    for kind, cls in KINDS.items():
        assert f"\n### {kind}\n" in events
        start = events.index(f"\n### {kind}\n")
        section = events[start : events.index("\n##", start + 1)]
        own = [f.name for f in attrs.fields(cls) if not f.inherited]
        spelled = {"form": "kind"} if kind == "statement_made" else {}
        assert [n for n in own if f"| `{spelled.get(n, n)}` |" not in section] == []
    scenario = written["scenario.md"]
    assert [f.name for f in attrs.fields(Scenario) if f"| `{f.name}` |" not in scenario] == []
    assert "| `from` |" in scenario  # the name of the file, not that of the field
    assert [n for n in load_parameters() if f"\n## {n}\n" not in written["parameters.md"]] == []
    assert [n for n in ts.__all__ if f":: tariffsim.{n}\n" not in written["library.md"]] == []
    for command in ("run", "state", "diff", "why", "check", "log add", "log verify", "log merge"):
        assert f"Usage: tariffsim {command} [OPTIONS]" in written["commands.md"]


def first_column(page: str, heading: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text()
    section = text[text.index(f"\n{heading}\n") :].split("\n## ")[1]
    return re.findall(r"^\| `([^`]+)` \|", section, flags=re.MULTILINE)


def test_result_files_and_variables_are_the_ones_described(tmp_path):
    result = ts.run(ts.with_options(ts.load_inputs("geneva"), draws=2))
    files = {path.name for path in ts.write_result(result, tmp_path)}
    assert first_column("reference/results.md", "## Columns") == list(COLUMNS)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert first_column("reference/results.md", "## The manifest") == list(manifest)
    headline = json.loads((tmp_path / "headline.json").read_text())
    assert first_column("reference/results.md", "## The headline as JSON") == list(headline)
    assert set(first_column("reference/results.md", "## Files")) == files
    variables = {variable.name for variable in (*result.headline, *result.paths)}
    assert variables <= set(first_column("nomenclature.md", "## Variables of a result"))
