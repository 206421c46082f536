"""Tables of one's own: what is read, what is refused, and what is odd, on files made for it."""

import json

import numpy as np
import pytest

from tariffsim.accounts import input_shares
from tariffsim.errors import InputError
from tariffsim.files.accounts import TableOptions, load_accounts
from tariffsim.finding import render
from tariffsim.terms import ECONOMIES
from tests.command_line import tariffsim

ICIO = """\
V1,CAN_A,CAN_B,CN1_A,CN1_B,CN2_A,CN2_B,CAN_HFCE,CAN_INVNT,CHN_HFCE,CHN_INVNT,OUT
CAN_A,10,20,0,5,0,0,60,-5,10,0,100
CAN_B,30,40,0,0,0,0,130,0,0,0,200
CN1_A,0,0,4,6,0,0,0,0,40,0,50
CN1_B,5,0,6,9,0,0,0,0,40,0,60
CN2_A,0,0,0,0,1,2,0,0,7,0,10
CN2_B,0,0,0,0,1,3,0,0,16,0,20
TLS,5,10,1,1,1,1,0,0,0,0,0
VA,50,130,39,39,7,14,0,0,0,0,0
OUT,100,200,50,60,10,20,0,0,0,0,0
"""

WIOD = """\
IndustryCode,IndustryDescription,Country,RNr,Year,CAN1,CAN2,CAN3,CAN4,CAN5,CAN6,CAN7,RoW1,RoW2,RoW3,RoW4,RoW5,RoW6,RoW7,TOT
A01,Crops,CAN,1,2014,10,20,60,0,0,0,-5,0,5,10,0,0,0,0,100
C10,Food,CAN,2,2014,30,40,100,10,10,10,0,0,0,0,0,0,0,0,200
A01,Crops,ROW,1,2014,0,0,0,0,0,0,0,4,6,40,0,0,0,0,50
C10,Food,ROW,2,2014,5,0,0,0,0,0,0,6,9,40,0,0,0,0,60
II_fob,Total,TOT,65,2014,45,60,0,0,0,0,0,10,20,0,0,0,0,0,0
TXSP,Taxes,TOT,66,2014,5,10,0,0,0,0,0,1,1,0,0,0,0,0,0
VA,Value added,TOT,70,2014,50,130,0,0,0,0,0,39,39,0,0,0,0,0,0
GO,Output,TOT,73,2014,100,200,0,0,0,0,0,50,60,0,0,0,0,0,0
"""


def load(tmp_path, text, name="table.csv", **options):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load_accounts(path, TableOptions(**options))


def rules(findings):
    return [finding.rule for finding in findings]


def test_a_plain_long_table_is_summed_into_sections(tmp_path):
    accounts, findings = load(
        tmp_path,
        "importer,exporter,product,value,note\n"
        "USA,CHN,8517.13,100,x\nUSA,CHN,84,20,\nUSA,USA,85,900,\nCHN,USA,1201,30.5,\nCHN,CHN,01,7,\n",
    )
    assert findings == ()
    assert accounts.economy.labels == ("CHN", "USA")
    assert accounts.sector.labels == ("01", "02", "16")
    expected = np.zeros((2, 2, 3))
    expected[1, 0, 2], expected[1, 1, 2] = 120.0, 900.0
    expected[0, 1, 1], expected[0, 0, 0] = 30.5, 7.0
    np.testing.assert_array_equal(accounts.customs_value, expected)
    assert accounts.layout == "long"
    assert len(accounts.digest) == 64


def test_the_same_table_by_chapter_and_as_written(tmp_path):
    text = "importer,exporter,product,value\nUSA,USA,851713,100\nUSA,USA,8471,20\n"
    chapters, _ = load(tmp_path, text, products="chapter")
    assert chapters.sector.labels == ("84", "85")
    written, _ = load(tmp_path, text, products="as-written")
    assert written.sector.labels == ("8471", "851713")
    many = "importer,exporter,product,value\n" + "".join(
        f"USA,USA,{code},1\n" for code in range(1000, 1201)
    )
    none, findings = load(tmp_path, many, products="as-written")
    assert none is None
    assert rules(findings) == ["unknown-product"]
    assert findings[0].place.line == 202


def test_every_section_has_its_chapters(tmp_path):
    """World Customs Organization: 21 sections, 96 chapters, 77 empty."""
    rows = [f"USA,USA,{chapter:02d},1\n" for chapter in range(1, 98) if chapter != 77]
    accounts, _ = load(tmp_path, "importer,exporter,product,value\n" + "".join(rows))
    assert accounts.sector.labels == tuple(f"{section:02d}" for section in range(1, 22))
    sizes = accounts.customs_value[0, 0].astype(int).tolist()
    assert sizes == [5, 9, 1, 9, 3, 11, 2, 3, 3, 3, 14, 4, 3, 1, 11, 2, 4, 3, 1, 3, 1]
    none, findings = load(tmp_path, "importer,exporter,product,value\nUSA,USA,77,1\nUSA,USA,99,1\n")
    assert none is None
    assert [finding.place.line for finding in findings] == [2, 3]


def test_all_faults_of_a_long_table_are_told_at_once_with_their_lines(tmp_path):
    none, findings = load(
        tmp_path,
        "importer,exporter,product,value\n"
        "USA,CHN,85,100\n"
        "XXX,CHN,85,1\n"
        "USA,China,85,1\n"
        "USA,CHN,8,abc\n"
        "USA,CHN,84,-3\n"
        "USA,CHN,84\n"
        "USA,CHN,85,7\n"
        "USA,CHN,86,nan\n",
    )
    assert none is None
    told = sorted((finding.place.line, finding.rule) for finding in findings)
    assert told == [
        (3, "unknown-economy"),
        (4, "unknown-economy"),
        (5, "bad-value"),
        (5, "unknown-product"),
        (6, "negative-value"),
        (7, "cells"),
        (8, "repeated-row"),
        (9, "bad-value"),
    ]
    messages = {finding.rule: finding.message for finding in findings}
    assert "got it again after line 2" in messages["repeated-row"]
    assert "lost a leading zero, as 08" in messages["unknown-product"]


def test_blank_lines_and_a_byte_order_mark_are_no_fault(tmp_path):
    text = "\ufeffimporter,exporter,product,value\nUSA,USA,85,1\n\n,,,\n\n"
    accounts, findings = load(tmp_path, text)
    assert findings == ()
    assert accounts.customs_value.sum() == 1.0


def test_a_million_faults_are_counted_and_ten_are_shown(tmp_path):
    rows = "".join(f"USA,CHN,85,-{number}\n" for number in range(1, 501))
    none, findings = load(tmp_path, "importer,exporter,product,value\n" + rows)
    assert none is None
    assert len(findings) == 11
    assert findings[-1].message == "negative-value: 490 more like these, the last on line 501"


BACI = """\
t,i,j,k,v,q
2023,842,156,120190,1500.5,           NA
2023,156,842,851713,250000,12.5
2023,156,842,010121,1000,3
2023,251,757,851713,10,1
"""


def test_baci_is_read_in_its_numbers_and_thousands(tmp_path):
    accounts, findings = load(tmp_path, BACI)
    assert accounts.layout == "baci"
    assert accounts.economy.labels == ("CHE", "CHN", "FRA", "USA")
    assert accounts.sector.labels == ("01", "02", "16")
    assert accounts.customs_value[3, 1].tolist() == [1.0, 0.0, 250.0]
    assert accounts.customs_value[1, 3].tolist() == [0.0, 1.5005, 0.0]
    assert accounts.customs_value[0, 2, 2] == 0.01
    assert rules(findings) == ["no-own-trade"]
    assert "missing for 4 of 4 economies" in findings[0].message


def test_baci_of_several_years_wants_one_named(tmp_path):
    text = BACI + "2022,842,156,120190,7,1\n"
    none, findings = load(tmp_path, text)
    assert none is None
    assert [(f.rule, f.place.line) for f in findings] == [("several-years", 6)]
    accounts, _ = load(tmp_path, text, year="2022")
    assert accounts.customs_value.sum() == 0.007
    none, findings = load(tmp_path, text, year="1999")
    assert rules(findings) == ["no-such-year"]


def test_a_table_may_bring_its_own_numbers(tmp_path):
    text = "t,i,j,k,v,q\n2023,999,842,851713,1,1\n"
    none, findings = load(tmp_path, text)
    assert none is None
    assert rules(findings) == ["unknown-economy"]
    codes = tmp_path / "codes.csv"
    codes.write_text("country_code,country_name,country_iso2,country_iso3\n999,X,AD,AND\n")
    accounts, _ = load(tmp_path, text, codes=codes)
    assert accounts.economy.labels == ("AND", "USA")
    codes.write_text(codes.read_text() + "156\n")
    again, _ = load(tmp_path, text, codes=codes)
    assert again.economy.labels == accounts.economy.labels
    codes.write_text("number,name\n999,X\n")
    with pytest.raises(InputError, match="country_code and country_iso3"):
        load(tmp_path, text, codes=codes)


def test_the_packaged_numbers_hold_every_economy_once(tmp_path):
    """Every alpha-3 code has its number, and the numbers of a few are those everybody knows."""
    from tariffsim.files.accounts import _concordance  # noqa: PLC0415 - no noun of the face

    numbers = _concordance(TableOptions()).economies
    assert set(numbers.values()) == set(ECONOMIES)
    known = {"840": "USA", "156": "CHN", "276": "DEU", "008": "ALB", "490": "TWN", "842": "USA"}
    assert {number: numbers[number] for number in known} == known


def test_icio_is_read_with_its_parts_of_economies_joined(tmp_path):
    accounts, findings = load(tmp_path, ICIO)
    assert findings == ()
    assert accounts.layout == "icio"
    assert accounts.economy.labels == ("CAN", "CHN")
    assert accounts.sector.labels == ("A", "B")
    np.testing.assert_array_equal(accounts.gross_output, [[100.0, 200.0], [60.0, 80.0]])
    np.testing.assert_array_equal(accounts.stated_output, [[100.0, 200.0], [60.0, 80.0]])
    np.testing.assert_array_equal(accounts.outlays, [[100.0, 200.0], [60.0, 80.0]])
    np.testing.assert_array_equal(accounts.value_added, [[50.0, 130.0], [46.0, 53.0]])
    # Canada's good A in China: 5 to industry B, 10 to households.
    assert accounts.customs_value[1, 0].tolist() == [15.0, 0.0]
    assert accounts.customs_value[0, 0].tolist() == [85.0, 200.0]
    np.testing.assert_allclose(input_shares(accounts)[0], [[0.1, 0.1], [0.35, 0.2]])


def test_wiod_is_read_with_the_last_five_columns_as_final_demand(tmp_path):
    accounts, findings = load(tmp_path, WIOD)
    assert findings == ()
    assert accounts.layout == "wiod"
    assert accounts.economy.labels == ("CAN", "ROW")
    assert accounts.sector.labels == ("A01", "C10")
    np.testing.assert_array_equal(accounts.gross_output, [[100.0, 200.0], [50.0, 60.0]])
    np.testing.assert_array_equal(accounts.outlays, [[100.0, 200.0], [50.0, 60.0]])
    np.testing.assert_array_equal(accounts.taxes, [[5.0, 10.0], [1.0, 1.0]])


def test_a_folder_is_the_same_table_as_one_file(tmp_path):
    rows = [line.split(",") for line in ICIO.splitlines()]
    folder = tmp_path / "mine"
    folder.mkdir()
    industries, final = range(1, 7), range(7, 11)

    def written(name, columns, lines):
        text = "".join(",".join([row[0], *(row[c] for c in columns)]) + "\n" for row in lines)
        (folder / name).write_text(text)

    written("intermediate.csv", industries, rows[:7])
    written("final.csv", final, rows[:7])
    written("value_added.csv", industries, [rows[0], *rows[7:]])
    accounts, findings = load_accounts(folder)
    whole, _ = load(tmp_path, ICIO)
    assert findings == ()
    for name in ("customs_value", "intermediate", "final", "value_added", "taxes"):
        np.testing.assert_array_equal(getattr(accounts, name), getattr(whole, name))
    (folder / "final.csv").unlink()
    with pytest.raises(InputError, match=r"final\.csv does not exist"):
        load_accounts(folder)


def test_oddities_come_with_numbers(tmp_path):
    text = ICIO.replace("CAN_A,10,20", "CAN_A,-10,20").replace("VA,50,130", "VA,50,-130")
    accounts, findings = load(tmp_path, text)
    assert accounts is not None
    told = {finding.rule: finding for finding in findings}
    assert set(told) == {"negative-cells", "unbalanced", "other-output", "negative-value-added"}
    assert told["negative-cells"].place.line == 2
    assert "got 1 such cells in row CAN_A, -10.000 together" in told["negative-cells"].message
    assert "CAN B: 200.000 against -60.000" in told["unbalanced"].message
    assert "CAN A: 80.000 against 100.000" in told["other-output"].message
    assert "got 1 sectors below zero (CAN B)" in told["negative-value-added"].message
    assert all(finding.severity == "warning" for finding in findings)


def test_stocks_that_outweigh_sales_are_told(tmp_path):
    accounts, findings = load(
        tmp_path, ICIO.replace("CN1_A,0,0,4,6,0,0,0,0", "CN1_A,0,0,4,6,0,0,0,-9")
    )
    assert accounts.customs_value[0, 1, 0] == -9.0
    assert "1 flows below zero after summing uses, -9.000 together (CAN from CHN A)" in " ".join(
        finding.message for finding in findings
    )


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("CN2_B,0,0", "CN2_A,0,0", "repeated-row", 7),
        ("CAN_B,30", "XXQ_B,30", "unknown-row", 3),
        ("CAN_B,30", "CAN_C,30", "unknown-row", 3),
        ("CAN_B,30,40", "CAN_B,30,x", "bad-value", 3),
        ("CAN_B,30,40", "CAN_B,30", "cells", 3),
        ("V1,CAN_A,CAN_B", "V1,CAN_A,CAN_A", "repeated-column", 1),
        ("V1,CAN_A,CAN_B", "V1,CAN_A,QQX_B", "unknown-column", 1),
        (
            "CN1_B,5,0,6,9,0,0,0,0,40,0,60\nCN2_A,0,0,0,0,1,2,0,0,7,0,10\nCN2_B,0,0,0,0,1,3,0,0,16,0,20\n",
            "",
            "missing-row",
            1,
        ),
    ],
)
def test_faults_of_an_input_output_table_have_their_line(tmp_path, old, new, rule, line):
    assert old in ICIO
    none, findings = load(tmp_path, ICIO.replace(old, new, 1))
    assert none is None
    errors = [finding for finding in findings if finding.severity == "error"]
    assert (rule, line) in [(finding.rule, finding.place.line) for finding in errors]


def test_wiod_faults_have_their_line(tmp_path):
    none, findings = load(tmp_path, WIOD.replace("VA,Value added,TOT", "XX,Value added,TOT"))
    assert [(f.rule, f.place.line) for f in findings] == [("unknown-row", 8)]
    none, findings = load(tmp_path, WIOD, layout="icio")
    assert none is None


@pytest.mark.parametrize("text", ["a,b,c\n1,2,3\n", "", "x"])
def test_a_file_of_no_layout_is_refused_with_the_layouts_there_are(tmp_path, text):
    with pytest.raises(InputError, match="known layout"):
        load(tmp_path, text)


def test_a_table_without_rows_and_bytes_that_are_no_text_are_refused(tmp_path):
    none, findings = load(tmp_path, "importer,exporter,product,value\n")
    assert none is None
    assert rules(findings) == ["no-rows"]
    _, findings = load(tmp_path, ICIO.splitlines()[0] + "\n")
    assert rules(findings) == ["no-rows"]
    path = tmp_path / "latin.csv"
    path.write_bytes("importer,exporter,product,value,n\nUSA,USA,85,1,é\n".encode("latin-1"))
    with pytest.raises(InputError, match="text must be UTF-8"):
        load_accounts(path)


def test_memory_does_not_grow_with_rows_of_text(tmp_path):
    """Twelve bytes a row, the sums, and a hundred thousand rows at a time."""
    import tracemalloc  # noqa: PLC0415 - slow to import for one test

    path = tmp_path / "large.csv"
    codes = [f"{number:06d}" for number in range(10000, 15000) if number // 10000 != 77]
    with path.open("w") as stream:
        stream.write("t,i,j,k,v,q\n")
        for seller in ("842", "156", "276", "392"):
            for buyer in ("842", "156", "276", "392", "410"):
                stream.writelines(f"2023,{seller},{buyer},{code},1,NA\n" for code in codes)
    tracemalloc.start()
    accounts, _ = load_accounts(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert accounts.customs_value.sum() == pytest.approx(0.001 * 20 * len(codes))
    assert peak < 40e6


def test_the_command_says_what_it_read_and_what_is_wrong(tmp_path):
    path = tmp_path / "icio.csv"
    path.write_text(ICIO)
    code, out, err = tariffsim("table", "check", str(path))
    assert code == 0, err
    assert "layout icio, 2 economies (CAN, CHN), 2 sectors (A, B)" in out
    assert "value added 279.000" in out
    code, out, _ = tariffsim("table", "check", str(path), "--json")
    data = json.loads(out)
    assert data["table"]["economies"] == ["CAN", "CHN"]
    assert data["findings"] == []
    path.write_text("importer,exporter,product,value\nUSA,XXX,85,1\n")
    code, out, err = tariffsim("table", "check", str(path))
    assert code == 2
    assert ":2:1: error: exporter must be an ISO 3166" in err
    assert "1 error; nothing was read" in err
    code, _, err = tariffsim("table", "check", str(path), "--layout", "bacii")
    assert code == 2
    assert "did you mean 'baci'" in err


def test_findings_are_rendered_with_file_and_line(tmp_path):
    _, findings = load(tmp_path, "importer,exporter,product,value\nUSA,XXX,85,1\n")
    assert "table.csv:2:1: error: exporter must be" in render(findings[0])
