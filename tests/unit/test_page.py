"""The page: one offline file, escaped, accessible, the same twice; and in a real browser."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest
from attrs import evolve

import tariffsim as ts
from tariffsim.files.folders import load_summary
from tariffsim.files.pages import write_figures, write_page
from tariffsim.report.changes import changes
from tariffsim.report.page import page
from tests.command_line import tariffsim
from tests.pages import DISPUTES, HOSTILE, WORLDS, folder_of, page_of, summary_of, world_of

VOID = {"meta", "link", "br", "hr", "img", "input", "col", "wbr", "source"}
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no chromium on this machine")


class Reader(HTMLParser):
    """Reads a page strictly: every tag must close in its turn."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.ids, self.text = [], [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open, tag
        assert self.open.pop() == tag, (tag, self.open[-3:])

    def handle_data(self, data):
        self.text.append(data)

    def all(self, *wanted):
        return [(tag, attrs) for tag, attrs in self.tags if tag in wanted]


@pytest.fixture(scope="module", params=[*DISPUTES, *WORLDS, "hostile"])
def read(request):
    return Reader(page_of(request.param))


def test_it_is_well_formed_and_every_id_is_its_own(read):
    assert len(read.ids) == len(set(read.ids))
    targets = [attrs["href"][1:] for tag, attrs in read.all("a") if attrs["href"].startswith("#")]
    assert targets
    assert [target for target in targets if target not in read.ids] == []
    labelled = [attrs["aria-labelledby"].split() for _, attrs in read.tags
                if "aria-labelledby" in attrs]  # fmt: skip
    assert [name for names in labelled for name in names if name not in read.ids] == []


def test_it_loads_nothing(read):
    assert read.all("link", "img", "iframe", "object", "embed", "base", "form") == []
    assert not [attrs for _, attrs in read.tags if "src" in attrs or "srcset" in attrs]
    addresses = [v for _, a in read.tags for n, v in a.items() if n in ("href", "xlink:href")]
    for address in addresses:
        assert re.match(r"#|https?://|data:text/csv;", address), address
    sheet = "".join(read.text)
    assert "@import" not in sheet
    assert not re.search(r"url\((?!#)", sheet)
    assert not [a for _, a in read.tags if "url(" in a.get("style", "").replace("url(#", "")]


def test_a_reader_without_eyes_finds_the_way(read):
    assert read.all("html")[0][1]["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in read.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(deeper - upper <= 1 for upper, deeper in zip(levels, levels[1:], strict=False))
    for _, attrs in read.all("svg"):
        assert attrs["role"] == "img"
        assert attrs["aria-labelledby"]
    for _, attrs in read.all("th"):
        assert attrs["scope"] in ("col", "row")
    for _, attrs in read.tags:
        if attrs.get("tabindex") == "0":
            assert attrs["aria-label"]
    assert not [a for _, a in read.tags if any(name.startswith("on") for name in a)]


def test_no_text_of_a_log_or_a_scenario_runs():
    text = page_of("hostile")
    read = Reader(text)
    assert HOSTILE in "".join(read.text)
    assert HOSTILE not in text
    assert len(read.all("script")) == 1
    assert not [a for _, a in read.all("a") if "javascript" in a["href"].lower()]
    policy = next(a["content"] for _, a in read.all("meta") if "http-equiv" in a)
    script = text.rpartition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy


def test_the_same_result_gives_the_same_bytes_wherever_it_lies(tmp_path):
    there = tmp_path / "elsewhere"
    shutil.copytree(folder_of("geneva"), there)
    first = write_page(there, tmp_path / "a.html").read_bytes()
    assert first == page_of("geneva").encode()
    assert first == write_page(there, tmp_path / "b.html").read_bytes()
    assert str(there).encode() not in first
    assert len(first) < 1_500_000


def test_the_page_holds_what_a_reader_asks_for():
    summary = summary_of("geneva")
    text = page_of("geneva")
    read = Reader(text)
    said = " ".join("".join(read.text).split())
    assert summary.manifest["question"] in said
    for series in summary.headline:
        assert f"back-{series.subject}" in read.ids
        assert {f"{series.subject}/{column.label}" for column in series.columns} <= set(read.ids)
    for name in ("answer", "figures", "drivers", "assumptions", "back", "facts", "manifest"):
        assert name in read.ids
    assert "changes" not in read.ids
    assert "tariffsim run geneva --draws 64 --seed 20250606 --out results/geneva" in said
    assert all(digest in said for digest in summary.manifest["digests"].values())
    for fact in summary.grounds.facts:
        assert f"fact-{fact.name}" in read.ids
    dissent = [s.says for f in summary.grounds.facts for s in f.sayings if s.says]
    assert dissent
    assert all(" ".join(says.split()) in said for says in dissent)
    downloads = [a for _, a in read.all("a") if a.get("download")]
    assert len(downloads) == len(read.all("figure"))
    first = base64.b64decode(downloads[0]["href"].partition("base64,")[2]).decode()
    assert first.startswith("branch,probability\n")


def test_a_first_shortage_is_told_with_what_stands_for_none():
    text = page_of("geneva")
    told = "days after the control (the run&#39;s length where none comes by its end)"
    assert told in text or told.replace("&#39;", "'") in text


def test_a_world_s_page_says_its_model_its_warnings_and_its_lost_draws():
    summary = world_of("gsim")
    warnings = summary.manifest["warnings"]
    assert warnings  # a linear model takes some trade below zero
    manifest = {**summary.manifest, "draws": 6, "not_converged": [2, 5]}
    text = page(evolve(summary, manifest=manifest))
    said = " ".join("".join(Reader(text).text).split())
    assert "tariffsim run geneva-world --model gsim --draws 8 --seed" in said
    assert "2 draws found no equilibrium and are left out" in said
    assert all(" ".join(warning.split()) in said for warning in warnings)
    assert len(summary.headline) < len(summary.single)
    assert "The model is linear" in said
    assert "The model is partial" not in said


def test_against_another_run_says_what_changed(tmp_path):
    new, old = folder_of("canola"), folder_of("canola", seed=7)
    read = Reader(page(load_summary(new), against=load_summary(old)))
    said = " ".join("".join(read.text).split())
    assert "changes" in read.ids
    found = changes(load_summary(new), load_summary(old))
    assert [(c.what, c.before, c.after) for c in found.settings] == [("seed", "7", "20250320")]
    assert found.parameters == found.learnt == found.gone == ()
    assert found.moved
    assert not any(one.apart for one in found.moved)
    assert f"{len(found.moved)} cells of the headline table moved, {found.same} did not" in said
    same = changes(load_summary(new), load_summary(new))
    assert same.moved == same.settings == ()
    nothing = page(load_summary(new), against=load_summary(new))
    assert "Nothing: settings, parameters, facts and every number" in nothing
    other = changes(load_summary(new), load_summary(folder_of("minerals")))
    assert other.alone
    assert other.gone
    assert other.parameters


def test_the_command_writes_the_page_and_the_figures(tmp_path):
    out, drawn = tmp_path / "page.html", tmp_path / "figures"
    answer = tariffsim("report", folder_of("canola"), "--out", out, "--figures", drawn,
                       "--against", folder_of("canola", seed=7))  # fmt: skip
    assert answer.code == 0
    assert answer.out == f"{out}\n"
    names = {path.name for path in drawn.iterdir()}
    stems = {path.stem for path in drawn.iterdir()}
    assert names == {f"{stem}.{ending}" for stem in stems for ending in ("svg", "csv", "txt")}
    assert "8 figures" in answer.err
    assert (drawn / "tree.csv").read_text() == "branch,probability\nstay,0.7\nend,0.3\n"
    again = write_figures(folder_of("canola"), tmp_path / "again")
    assert [path.read_bytes() for path in again] == [(drawn / p.name).read_bytes() for p in again]


def test_a_folder_that_is_no_result_is_refused(tmp_path):
    def refused(*arguments):
        answer = tariffsim("report", *arguments)
        assert answer.code == 2
        assert answer.out == ""
        return answer.err

    assert "found no manifest.json" in refused(tmp_path)
    assert "found no manifest.json" in refused(tmp_path / "absent")
    place = tmp_path / "result"
    shutil.copytree(folder_of("canola"), place)
    changed = place / "duty.csv"
    changed.write_text(changed.read_text().replace("true", "True", 1))
    assert "duty.csv must be as it was written" in refused(place)
    changed.unlink()
    assert "duty.csv must lie beside manifest.json" in refused(place)
    (place / "manifest.json").write_text("[]")
    assert "manifest.json of a run" in refused(place)
    assert not (place / "report.html").exists()


def test_figures_need_a_folder_that_can_be_made(tmp_path):
    (tmp_path / "aside").write_text("")
    out, figures = tmp_path / "x.html", tmp_path / "aside" / "figures"
    answer = tariffsim("report", folder_of("canola"), "--out", out, "--figures", figures)
    assert answer.code == 2
    assert "must be a folder" in answer.err


def test_a_manifest_leads_to_no_file_outside_its_folder(tmp_path):
    place = tmp_path / "result"
    shutil.copytree(folder_of("canola"), place)
    (tmp_path / "secret.csv").write_text("secret")
    manifest = json.loads((place / "manifest.json").read_text())
    digest = hashlib.sha256(b"secret").hexdigest()
    manifest["files"]["../secret.csv"] = {"rows": 0, "sha256": digest}
    (place / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ts.TariffsimError, match=r"secret\.csv' must lie beside"):
        load_summary(place)


def test_a_result_without_its_inputs_still_makes_a_page(tmp_path):
    result = ts.run(ts.with_options(ts.load_inputs("canola"), draws=16))
    ts.write_result(result, tmp_path)
    text = page(load_summary(tmp_path))
    assert "written without its facts" in text
    Reader(text)


def chromium(folder, *arguments):
    """Start the browser with a fresh profile and no way to any host."""
    quiet = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--no-first-run", "--no-pings",
        "--enable-logging=stderr", "--v=0", "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={folder / 'profile'}", f"--log-net-log={folder / 'net.json'}",
    ]  # fmt: skip
    command = [BROWSER, *quiet, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)


def complaints(done):
    return [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def asked(folder):
    """List what the page asked for; the browser's own calls have no page behind them."""
    log = json.loads((folder / "net.json").read_text())
    wanted = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    jobs = [event.get("params", {}) for event in log["events"] if event["type"] == wanted]
    return [job["url"] for job in jobs if job.get("initiator") not in (None, "not an origin")]


@needs_browser
@pytest.mark.parametrize("own", ["geneva", "hostile"])
def test_a_browser_renders_it_and_asks_nobody(own, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page_of(own))
    done = chromium(tmp_path, "--dump-dom", path.as_uri())
    assert done.returncode == 0
    assert "Unfold all" in done.stdout  # the page's own script ran
    assert f"<title>{own}: " in done.stdout  # and nobody else's
    assert complaints(done) == []
    assert asked(tmp_path) == []


@needs_browser
def test_the_checks_of_the_browser_can_fail(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(
        "<title>x</title><img src='http://host.invalid/a.png'><script>console.error(1)</script>"
    )
    done = chromium(tmp_path, "--dump-dom", path.as_uri())
    assert complaints(done)
    assert asked(tmp_path) == ["http://host.invalid/a.png"]


@needs_browser
def test_nothing_sticks_out_of_a_telephone(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page_of("geneva"))
    frame = tmp_path / "frame.html"
    frame.write_text(
        f"<iframe id=f src='{path.as_uri()}' style='width:390px;height:800px'></iframe>"
        "<script>f.onload=()=>{const d=f.contentDocument.documentElement;"
        "document.title=d.scrollWidth+' of '+d.clientWidth}</script>"
    )
    access = ("--allow-file-access-from-files", "--virtual-time-budget=5000")
    done = chromium(tmp_path, *access, "--dump-dom", frame.as_uri())
    found = re.search(r"<title>(\d+) of (\d+)</title>", done.stdout)
    assert found
    assert int(found[1]) <= int(found[2]) <= 390


@needs_browser
def test_it_prints(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page_of("canola"))
    out = tmp_path / "page.pdf"
    chromium(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={out}", path.as_uri())
    assert out.read_bytes().startswith(b"%PDF")


def test_a_sensitivity_reaches_the_page_as_tornado_and_sobol_bars(tmp_path):
    folder, target = folder_of("canola"), tmp_path / "page.html"
    written = tmp_path / "own.json"
    asked = ["sensitivity", "canola", "--metric", "welfare.CHN", "--draws", "32", "--json"]
    assert tariffsim(*asked, "--quiet", "--out", written).out == written.read_text()
    own = ["--sensitivity", written]
    assert tariffsim("report", folder, "--out", target, *own).code == 0
    id = "drivers-welfare-chn-horizon-sobol-1"
    text = target.read_text()
    assert f'<figure id="{id}">' in text
    assert "policy drawn, 32 base samples" in text
    assert "duties" in text.split(f'<figure id="{id}">')[1].split("</figure>")[0]
    told = tariffsim("explain", folder, id, *own)
    assert "sensitivity.html" in told.out
    assert id not in write_page(folder, tmp_path / "without.html").read_text()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"scenario": "other"}, "scenario, canola, got other"),
        ({"known_on": "2020-01-01"}, "known_on"),
        ({"metric": "welfare.XXX"}, "no metric of this result answers to 'welfare.XXX'"),
        ({"unit": "apples"}, "unit must be the result's, USD billion, got apples"),
        ({"drivers": 3}, "as written by: tariffsim sensitivity"),
    ],
)
def test_a_sensitivity_of_something_else_is_refused(tmp_path, change, complaint):
    asked = ["sensitivity", "canola", "--metric", "welfare.CHN", "--draws", "2", "--json"]
    data = json.loads(tariffsim(*asked, "--quiet").out) | change
    (tmp_path / "own.json").write_text(json.dumps(data))
    own = ["--sensitivity", tmp_path / "own.json", "--out", tmp_path / "page.html"]
    answer = tariffsim("report", folder_of("canola"), *own)
    assert answer.code == 2
    assert complaint in answer.err
    assert not (tmp_path / "page.html").exists()
