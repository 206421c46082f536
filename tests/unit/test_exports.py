"""Other formats hold what the tidy files hold, run nothing, and are the same each time."""

import csv
import io
import json
import sys
from html import escape
from pathlib import Path

import attrs
import numpy as np
import pytest

import tariffsim as ts
from tariffsim.errors import MissingExtra
from tariffsim.exports import FORMATS, exported, netcdf
from tariffsim.report.cells import plain_cell
from tariffsim.report.names import spelled
from tariffsim.report.numbers import band
from tariffsim.report.tidy import result_files, tidy_rows
from tests.command_line import tariffsim

FORK = Path(__file__).parents[1] / "conformance" / "valid" / "fork.yaml"
HOSTILE = '=HYPERLINK("http://x","y")'


@pytest.fixture(scope="module")
def hostile(result):
    """A result whose words a spreadsheet would run and a browser would too."""
    source = attrs.evolve(result.provenance, question=HOSTILE, flags=("@SUM(A1)",))
    first = attrs.evolve(result.headline[0], unit="+1+1", label="<script>alert(1)</script>")
    return attrs.evolve(result, provenance=source, headline=(first, *result.headline[1:]))


def test_records_and_parquet_hold_the_tidy_rows(result):
    pq = pytest.importorskip("pyarrow.parquet")
    made = exported(result, ["json", "parquet"])
    records = json.loads(made["tidy.json"])
    rows = list(tidy_rows(result))
    assert len(records) == len(rows)
    assert [own["value"] for own in records] == [float(row[10]) for row in rows]
    table = pq.read_table(io.BytesIO(made["tidy.parquet"]))
    assert table.to_pylist() == records
    assert table.schema.metadata[b"question"].decode() == result.provenance.question


def test_netcdf_holds_every_draw_of_the_metrics_and_bands_of_the_paths(result, tmp_path):
    pytest.importorskip("h5py")
    xr = pytest.importorskip("xarray")
    path = tmp_path / "result.nc"
    path.write_bytes(exported(result, ["netcdf"])["result.nc"])
    with xr.open_dataset(path, engine="h5netcdf") as data:
        metric = result.metric("customs_value.USA.CHN")
        own = data[metric.key]
        assert own.attrs["units"] == metric.unit
        np.testing.assert_array_equal(own.sel(branch="rises+free"), metric.branch(3)[:, 0])
        monthly = data["customs_value.USA.CHN"].sel(branch="rises+free", quantile=0.5)
        expected = np.median(result["customs_value.USA.CHN"].branch(3), axis=0)
        np.testing.assert_allclose(monthly, expected, rtol=1e-12)
        assert list(data["period"].values) == list(result.period.labels)


def sheets(content):
    openpyxl = pytest.importorskip("openpyxl")
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_workbook_has_a_sheet_a_figure_and_its_sources(result):
    book = sheets(exported(result, ["xlsx"])["result.xlsx"])
    names = dict.fromkeys(own.name for own in result.paths)
    assert book.sheetnames == ["about", "headline", *names, "sources"]
    rows = list(book["headline"].values)
    assert len(rows) == 1 + len(result.headline) * len(result.branch)
    head = rows[0]
    chosen = next(
        row for row in rows if row[0] == "customs_value.USA.CHN" and row[4] == "rises+free"
    )
    values = result.metric("customs_value.USA.CHN").branch(3)[:, 0]
    assert chosen[head.index("p50")] == pytest.approx(np.median(values))
    change = values - result.metric("customs_value.USA.CHN").branch(0)[:, 0]
    assert chosen[head.index("difference p50")] == pytest.approx(np.median(change))
    months = list(book["customs_value"].values)
    assert len(months) == 1 + 2 * len(result.branch) * len(result.period)
    sources = list(book["sources"].values)
    assert len(sources) == 1 + len(result.provenance.evidence)
    assert book["headline"].freeze_panes == "A2"
    assert book["headline"].auto_filter.ref


def test_no_cell_of_a_workbook_is_a_formula(hostile):
    book = sheets(exported(hostile, ["xlsx"])["result.xlsx"])
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert f"'{HOSTILE}" in texts
    assert "'@SUM(A1)" in texts
    assert "'+1+1" in texts
    assert not any(text.startswith(("=", "+", "@", "-")) for text in texts)


def test_no_cell_of_a_tidy_file_is_a_formula(hostile):
    text = result_files(hostile, version="test")["headline.csv"]
    units = {row["unit"] for row in csv.DictReader(io.StringIO(text))}
    assert "'+1+1" in units
    assert "+1+1" not in units


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1", "'=1"),
        ("-1", "-1"),
        ("+2.5E-7", "+2.5E-7"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t=1"),
        ("@x", "'@x"),
        ("-inf", "-inf"),
        ("nan", "nan"),
        ("", ""),
        ("8517.13", "8517.13"),
    ],
)
def test_a_cell_that_would_run_is_made_text(text, shown):
    assert plain_cell(text) == shown
    assert plain_cell(shown) == shown


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_result_gives_the_same_bytes(result, name):
    needed = {"parquet": "pyarrow", "xlsx": "xlsxwriter", "netcdf": "h5py"}
    if name in needed:
        pytest.importorskip(needed[name])
    assert exported(result, [name]) == exported(result, [name])


@pytest.mark.parametrize(
    ("name", "module", "extra"),
    [
        ("parquet", "pyarrow", "parquet"),
        ("xlsx", "xlsxwriter", "excel"),
    ],
)
def test_a_missing_library_is_named_with_its_extra(result, monkeypatch, name, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=rf"pip install 'tariffsim\[{extra}\]'"):
        exported(result, [name])


def test_missing_netcdf_libraries_are_named(result, monkeypatch):
    monkeypatch.setattr(netcdf, "NEEDED", ("no_such_library",))
    with pytest.raises(MissingExtra, match=r"no_such_library.*'tariffsim\[netcdf\]'"):
        exported(result, ["netcdf"])


@pytest.mark.parametrize(("method", "module"), [("to_arrow", "pyarrow"), ("to_polars", "polars")])
def test_frames_hold_the_same_bands(result, monkeypatch, method, module):
    pytest.importorskip(module)
    frame = getattr(result, method)("headline")
    ours = frame.to_pydict() if module == "pyarrow" else frame.to_dict(as_series=False)
    theirs = result.to_pandas("headline").reset_index()
    assert sorted(ours["p50"]) == sorted(theirs["p50"])
    assert len(ours["variable"]) == len(result.headline) * len(result.branch)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match="pip install"):
        getattr(result, method)()


def test_a_notebook_shows_the_table_and_runs_nothing(result, hostile):
    text = result._repr_html_()
    for variable in result.headline:
        assert escape(spelled(variable.label)) in text
    assert "over the horizon" in text
    assert ">horizon<" not in text
    for branch in result.branch.labels:
        assert f">{branch}</th>" in text
    shown = hostile._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "src=" not in shown
    values = result.metric("customs_value.USA.CHN").branch(0)[:, 0]
    middle, ends = band(*np.quantile(values, (0.1, 0.5, 0.9)).tolist())
    assert f">{middle} ({ends})</td>" in text


def test_the_command_writes_formats_and_the_manifest_counts_them(tmp_path):
    pytest.importorskip("xlsxwriter")
    answer = tariffsim(
        "run", FORK, "--out", tmp_path, "--format", "xlsx", "--format", "json", "--format", "csv"
    )
    assert answer.code == 0
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert {"result.xlsx", "tidy.json"} <= set(manifest["files"])
    assert set(manifest["files"]) | {"manifest.json"} == {p.name for p in tmp_path.iterdir()}
    ts.load_result(tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--format", "xls"), "did you mean 'xlsx'"),
        (("--format", "json"), "add --out DIR"),
    ],
)
def test_a_format_that_cannot_be_written_is_told_before_the_work(options, message):
    answer = tariffsim("run", FORK, *options)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err
