"""Figures: what they say in words and data, that no label covers another, that bytes repeat."""

import csv
import datetime as dt
import io
import itertools
import re
import sys
import xml.etree.ElementTree as ET

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import tariffsim as ts
from tariffsim.files.folders import load_summary
from tariffsim.gather import grounds
from tariffsim.grounds import Choice, ProductRate, Question
from tariffsim.report.bands import Column
from tariffsim.report.figures import style
from tariffsim.report.figures.canvas import axes_of, drawing, standalone, svg
from tariffsim.report.figures.chosen import driver_figures, figures
from tariffsim.report.figures.drivers import Sensitivity, drivers
from tariffsim.report.figures.figure import WIDTH, as_csv
from tariffsim.report.figures.labels import rows_above, spread
from tariffsim.report.figures.paths import SHADE, paths
from tariffsim.report.figures.products import products
from tariffsim.report.figures.tree import tree
from tariffsim.report.figures.welfare import Parts, welfare
from tariffsim.report.figures.world import world
from tariffsim.report.summary import Series
from tests.pages import DISPUTES, HOSTILE, WORLDS, hostile_folder, summary_of, world_of


def drawn(scenario):
    summary = summary_of(scenario)
    return (*figures(summary), *driver_figures(summary))


ALL = [
    pytest.param(scenario, number, id=f"{scenario}-{figure.id}")
    for scenario in DISPUTES
    for number, figure in enumerate(drawn(scenario))
]


def series(economy, *medians):
    columns = tuple(
        Column(
            label=f"branch-{number}",
            branches=(f"branch-{number}",),
            probability=0.5,
            level=np.array([[middle - 0.2], [middle], [middle + 0.2]]),
            expected=np.array([middle]),
        )
        for number, middle in enumerate(medians)
    )
    return Series(
        key=f"real_income.{economy}@horizon",
        name="real_income",
        label=f"{economy} real income",
        unit="% over benchmark, long run",
        basis="horizon",
        importer=economy,
        exporter="",
        product="",
        periods=("2025-06/2026-12",),
        columns=columns,
    )


WORLD = world([series("USA", -0.5, -0.1), series("CHN", -0.3, 0.0), series("MEX", 0.2, 0.4)])


def test_each_dispute_has_the_figures_it_affords():
    names = {scenario: [figure.id for figure in drawn(scenario)] for scenario in DISPUTES}
    kinds = {scenario: {id.split("-")[0] for id in ids} for scenario, ids in names.items()}
    both = {"tree", "rates", "paths", "take", "welfare", "products", "drivers"}
    assert kinds == {"geneva": both | {"cover"}, "canola": both, "minerals": {
        "tree", "paths", "cover", "drivers"}}  # fmt: skip
    assert [id for id in names["minerals"] if id.startswith("paths")] == [
        *(f"paths-output-at-risk-usa-chn-rare-earth-magnets-{industry}"
          for industry in ("defence", "vehicles", "machinery", "electronics")),
        "paths-scarcity-price-usa-chn-rare-earth-magnets",
    ]  # fmt: skip
    assert "rates-usa-chn" in names["geneva"]
    assert "rates-chn-can" in names["canola"]
    for ids in names.values():
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(("scenario", "number"), ALL)
def test_a_figure_says_in_words_and_data_what_it_draws(scenario, number):
    figure = drawn(scenario)[number]
    assert re.search(r"\d", figure.alt)
    assert 40 < len(figure.alt) < 1500
    assert figure.note.endswith(".")
    assert re.search(r"%|percent|USD|Percent|days|robabilit|times the", figure.note)
    rows = list(csv.reader(io.StringIO(as_csv(figure))))
    assert tuple(rows[0]) == figure.head
    assert len(rows) - 1 == len(figure.rows) > 0
    for written, row in zip(rows[1:], figure.rows, strict=True):
        assert [float(w) if isinstance(c, float) else w for w, c in zip(written, row, strict=True)]
        numbers = [(w, c) for w, c in zip(written, row, strict=True) if isinstance(c, float)]
        assert all(float(w) == c and np.isfinite(c) for w, c in numbers)


@pytest.mark.parametrize(("scenario", "number"), ALL)
def test_a_figure_is_well_formed_and_the_same_twice(scenario, number):
    figure = drawn(scenario)[number]
    text = svg(figure)
    assert text == svg(drawn(scenario)[number])
    root = ET.fromstring(text)
    kinds = [element.tag.rpartition("}")[2] for element in root]
    assert kinds[:2] == ["title", "desc"]
    assert root.attrib["role"] == "img"
    assert root[0].text == figure.title
    assert root[1].text == figure.alt
    assert "width" not in root.attrib
    assert "metadata" not in text
    assert not re.search(r"\d{4}-\d\d-\d\dT\d\d", text)
    assert "nan" not in text
    whole = ET.fromstring(standalone(figure).split("\n", 1)[1])
    assert whole.attrib["width"] == f"{WIDTH * 72:g}pt"


def boxes(figure):
    with drawing():
        canvas = FigureCanvasAgg(Figure(figsize=(WIDTH, figure.height), dpi=72))
        figure.draw(canvas.figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        found = [
            (text.get_text(), text.get_window_extent(renderer))
            for text in canvas.figure.findobj(Text)
            if text.get_visible() and text.get_text().strip()
        ]
    shown = []
    for text, box in found:
        if not any(text == other and box.bounds == seen.bounds for other, seen in shown):
            shown.append((text, box))
    return shown, WIDTH * 72, figure.height * 72


def overlaps(first, second, allowed=1.0):
    wide = min(first.x1, second.x1) - max(first.x0, second.x0)
    tall = min(first.y1, second.y1) - max(first.y0, second.y0)
    return wide > allowed and tall > allowed


@pytest.mark.parametrize(("scenario", "number"), [*ALL, pytest.param("world", 0, id="world")])
def test_no_label_covers_another_or_leaves_the_figure(scenario, number):
    shown, width, height = boxes(WORLD if scenario == "world" else drawn(scenario)[number])
    assert shown
    for (text, box), (other, second) in itertools.combinations(shown, 2):
        assert not overlaps(box, second), (text, other)
    for text, box in shown:
        # A glyph's box is wider than its ink; a point of it may stand out.
        assert box.x0 >= -1.0, text
        assert box.y0 >= -1.0, text
        assert box.x1 <= width + 1.0, text
        assert box.y1 <= height + 1.0, text


def test_many_branches_with_long_names_still_do_not_collide():
    names = [f"a-rather-long-name-of-an-option-{n}+another-one-{n}" for n in range(10)]
    levels = np.linspace(1.0, 1.3, 10)
    monthly = attrs.evolve(
        series("USA", *levels),
        basis="path",
        periods=tuple(f"2025-{month:02d}" for month in range(6, 13)),
        columns=tuple(
            Column(
                label=name,
                branches=(name,),
                probability=0.1,
                level=np.tile([[level - 0.1], [level], [level + 0.1]], 7),
                expected=np.full(7, level),
            )
            for name, level in zip(names, levels, strict=True)
        ),
    )
    rows = [
        ProductRate(importer="USA", exporter="CHN", product=f"{n:02d}", value=99.0 - n,
                    rates=tuple(10.0 * k for k in range(10)))
        for n in range(1, 30)
    ]  # fmt: skip
    options = [Choice(name=name, title="", probability=0.1, reason="") for name in names]
    questions = [Question(name="a-question-with-a-long-name", choices=tuple(options))]
    parts = [Parts(label=name, parts=(("customs revenue", 1e5), ("x", -2e5))) for name in names]
    for figure in (
        paths(monthly),
        products(rows, names),
        tree(questions, dict.fromkeys(names, 0.1)),
        welfare("USA", parts),
    ):
        shown, width, height = boxes(figure)
        for (text, box), (other, second) in itertools.combinations(shown, 2):
            assert not overlaps(box, second), (figure.id, text, other)
        for text, box in shown:
            assert box.x1 <= width + 0.5, (figure.id, text)
            assert -0.5 <= box.y0 <= box.y1 <= height + 0.5, (figure.id, text)


def test_the_check_of_labels_can_fail():
    assert overlaps(Bbox([[0, 0], [10, 10]]), Bbox([[5, 5], [15, 15]]))
    assert not overlaps(Bbox([[0, 0], [10, 10]]), Bbox([[10.5, 0], [15, 15]]))


def test_text_can_be_read_in_the_light_and_in_the_dark():
    inks = (style.INK, style.QUIET, *style.LABELS)
    for ink in inks:
        for ground in (style.PAPER, style.AHEAD):
            assert style.contrast(ink, ground) >= 4.5, (ink, ground)
            assert style.contrast(style.DARK[ink], style.DARK[ground]) >= 4.5, (ink, ground)
    for line in style.SERIES:
        assert style.contrast(style.DARK[line], style.DARK[style.PAPER]) >= 3.0
    assert len({style.dash(n) for n in range(7)}) == 7


def test_hostile_text_is_drawn_as_text():
    for figure in figures(load_summary(hostile_folder())):
        text = svg(figure)
        root = ET.fromstring(text)
        assert "<script" not in text
        assert not [e for e in root.iter() if e.tag.rpartition("}")[2] in ("script", "image")]


def test_formulas_in_cells_are_text():
    figure = drawn("canola")[0]
    wild = attrs.evolve(figure, rows=(("=1+1", -2.5), ("-x", 1.0), (HOSTILE, 0.5)))
    rows = list(csv.reader(io.StringIO(as_csv(wild))))
    assert [row[0] for row in rows[1:]] == ["'=1+1", "'-x", HOSTILE]
    assert rows[1][1] == "-2.5"


def test_a_table_of_indices_draws_the_same_figure():
    summary = summary_of("canola")
    own = summary.metric("welfare.CHN")
    rows = [Sensitivity(name="years_to_long_run", low=-1.0, high=1.0, first=0.4, total=0.6)]
    figure = drivers(own, rows, middle=0.0, about="from a table.")
    assert figure.rows == (("years_to_long_run", -1.0, 1.0, 0.4, 0.6),)
    swing, share = axes_of(figure)
    assert swing.figure is share.figure


def test_the_chance_of_a_stock_out_is_drawn_by_week_where_it_is_known():
    def rows_of(scenario):
        (found,) = [one for one in drawn(scenario) if one.id.startswith("cover")]
        periods = {}
        for _, quantity, period, *_ in found.rows:
            periods.setdefault(quantity, []).append(period)
        return found, periods

    weekly, periods = rows_of("minerals")
    assert periods["stockout_probability"][:2] == ["2025-04-04", "2025-04-11"]
    assert periods["days_of_cover"][:2] == ["2025-05", "2025-06"]
    assert "week by week" in weekly.note
    above, below = axes_of(weekly)
    assert above.get_xlim() == below.get_xlim()
    assert below.get_xlim()[1] <= dt.date(2025, 12, 31).toordinal()
    monthly, periods = rows_of("geneva")
    assert set(map(len, periods["stockout_probability"])) == {7}
    assert "week by week" not in monthly.note


@pytest.mark.parametrize("model", WORLDS)
def test_a_world_has_the_figures_it_affords(model):
    summary = world_of(model)
    found = {figure.id: figure for figure in figures(summary)}
    kinds = {id.split("-")[0] for id in found}
    own = "welfare" if model == "gsim" else "world"
    assert kinds == {"tree", "rates", "paths", own}
    for figure in found.values():
        shown, width, height = boxes(figure)
        for (text, box), (other, second) in itertools.combinations(shown, 2):
            assert not overlaps(box, second), (figure.id, text, other)
        for text, box in shown:
            assert -0.5 <= box.x0 <= box.x1 <= width + 0.5, (figure.id, text)
            assert -0.5 <= box.y0 <= box.y1 <= height + 0.5, (figure.id, text)
    if own == "world":
        economies = dict.fromkeys(row[0] for row in found["world"].rows)
        assert len(economies) == 10


def test_the_parts_of_a_world_s_welfare_sum_to_it():
    summary = world_of("gsim")
    mean = {one.key: one.mean for one in summary.grounds.variables}["welfare.USA@horizon"]
    (figure,) = [one for one in figures(summary) if one.id == "welfare-usa"]
    parts = {}
    for label, part, value in figure.rows:
        parts.setdefault(label, {})[part] = value
    base = parts["extended"]
    assert base["customs revenue"] > 0
    assert base.pop("total") == pytest.approx(mean[0])
    assert sum(base.values()) == pytest.approx(mean[0])


def test_world_orders_economies_and_keeps_every_number():
    assert [row[0] for row in WORLD.rows] == ["USA", "USA", "CHN", "CHN", "MEX", "MEX"]
    assert "long run" in WORLD.note


@given(
    st.lists(st.floats(-50, 50), max_size=8),
    st.floats(0.1, 5.0),
)
def test_spread_keeps_order_and_distance(wanted, gap):
    found = spread(wanted, gap, -100.0, 100.0)
    ordered = sorted(zip(wanted, range(len(wanted)), found, strict=True))
    places = [place for _, _, place in ordered]
    assert all(b - a >= gap - 1e-9 for a, b in itertools.pairwise(places))
    if all(b - a >= gap for a, b in itertools.pairwise(sorted(wanted))):
        assert found == pytest.approx(wanted)


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(1, 40)), max_size=9).map(sorted),
)
def test_no_leader_crosses_a_label(found):
    starts, widths = [x for x, _ in found], [w for _, w in found]
    rows = rows_above(starts, widths)
    for one, other in itertools.permutations(range(len(found)), 2):
        crosses = starts[one] < starts[other] <= starts[one] + widths[one]
        assert not (crosses and rows[other] >= rows[one])


def test_a_result_in_memory_plots_itself():
    inputs = ts.with_options(ts.load_inputs("geneva"), draws=16)
    result = ts.run(inputs)
    rests = grounds(result, inputs)
    plot = result.plot
    assert plot.paths("customs_value.USA.CHN").get_xlim()[0] > 700_000
    assert len(plot.cover("rare-earth-magnets")) == 2
    assert plot.tree().texts[0].get_text() == plot.tree(rests).texts[0].get_text() == "window"
    assert [t.get_text() for t in plot.welfare("USA").texts].count("together") == 4
    assert plot.rates(rests, "USA", "CHN").get_ylim()[1] > 145
    assert "85 electrical goods" in [
        t.get_text() for t in plot.products(rests, "USA", "CHN").get_yticklabels()
    ]
    assert plot.take(rests, "CHN", "USA").get_xlim()[0] == 0
    assert len(plot.drivers(rests, "welfare.USA")) == 2
    for wrong in (
        lambda: plot.cover("cobalt"),
        lambda: plot.welfare("CAN"),
        plot.world,
        lambda: plot.rates(rests, "USA", "CAN"),
        lambda: plot.paths("customs_value.USA.CH"),
    ):
        with pytest.raises(ts.TariffsimError, match=r"must|answers|is called"):
            wrong()


def test_figures_without_the_extra_say_which_one(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ts.TariffsimError, match=r"tariffsim\[report\]"):
        svg(WORLD)


def test_fans_are_nested_bands_of_half_80_and_90_percent():
    found = {one.id: one for one in figures(summary_of("geneva"))}
    fan = found["paths-customs-value-usa-chn"]
    assert fan.head == ("path", "month", "unit", "p5", "p10", "p25", "p50", "p75", "p90", "p95")
    rows = [row[3:] for row in fan.rows]
    assert all(list(row) == sorted(row) for row in rows)
    assert any(len(set(row)) == 7 for row in rows)
    bands = {path.get_alpha() for path in axes_of(fan).collections}
    assert bands == {SHADE}
    branches = len({row[0] for row in fan.rows})
    assert len(axes_of(fan).collections) == 3 * branches
