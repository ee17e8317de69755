"""Bad input gives one clear list of findings, in bounded time and memory, and never a traceback."""

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from integration.formats import Read, read, write_workbook
from integration.formats.example import bicycle_plant
from integration.formats.limits import Limits, RefusedError, unpack

BOOK = write_workbook(bicycle_plant())
START = b'{"now":"2027-03-01T08:00Z",'


def codes(result: Read) -> set[str]:
    assert result.snapshot is None
    assert all(finding.remedy for finding in result.findings.errors)
    return {finding.code for finding in result.findings.errors}


def found(result: Read) -> dict[str, str]:
    """Path → code of the errors."""
    return {finding.path: finding.code for finding in result.findings.errors}


def edited(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(BOOK))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rewritten(member: str, old: bytes, new: bytes) -> bytes:
    """The workbook with the XML of one member changed."""
    source = zipfile.ZipFile(io.BytesIO(BOOK))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == member:
                assert old in data
                data = data.replace(old, new, 1)
            archive.writestr(name, data)
    return buffer.getvalue()


def bomb(megabytes: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (megabytes * 1024 * 1024))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.json", b"", "format.not_json"),
        ("a.json", b"hello", "format.not_json"),
        ("a.json", b'{"now": ', "format.not_json"),
        ("a.json", b'"text"', "data.wrong_type"),
        ("a.json", b'{"now":NaN}', "format.not_finite"),
        ("a.json", b'{"now":-Infinity}', "format.not_finite"),
        ("a.json", b'{"a":' * 100_000, "format.too_deep"),
        ("a.json", b'{"a":' + b"9" * 5_000 + b"}", "format.bad_number"),
        ("a.json", b'{"now":"2027-03-01T08:00Z","now":"x"}', "format.name_twice"),
        ("a.json", b"{\xff\xfe\xff}", "format.not_text"),
        ("a.json", b'{"truedate":"2","now":"2027-03-01T08:00Z"}', "data.version"),
        ("a.json", START + b'"items":[{}]}', "data.missing"),
        ("a.json", START + b'"itemz":[]}', "data.unknown_field"),
        ("a.json", START + b'"items":[{"id":5}]}', "data.wrong_type"),
        ("a.json", START + b'"items":[{"id":""}]}', "data.empty"),
        ("a.yaml", b"a: [1", "format.not_yaml"),
        ("a.yaml", b"a: &x [1]\nb: [*x, *x]\n", "format.yaml_anchor"),
        ("a.yaml", b"[" * 900, "format.too_deep"),
        ("a.yaml", b'!!python/object/apply:os.system ["ls"]', "format.not_yaml"),
        ("a.xlsx", BOOK[: len(BOOK) // 2], "format.damaged"),
        ("a.xlsx", b"PK\x03\x04", "format.damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"0" * 512, "format.unknown"),
        ("a.bin", b"\x00\x01\x02", "format.unknown"),
        ("demands.csv", b'id,item\n"SO-1,X\n', "format.damaged"),
        ("a.json", b'[5, {"model": 3}]', "frepple.not_a_record"),
        ("a.json", b'{"machine_centers":[],"routing_lines":[]}', "contoso.incomplete"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(
    name: str, data: bytes, code: str
) -> None:
    assert code in codes(read(name, data))


def test_every_fault_of_a_json_file_is_told_at_once_with_ids_in_its_path() -> None:
    data = START + (
        b'"plants":[{"id":"A"}],"demands":['
        b'{"id":"SO-1","item":"X","plant":"A","quantity":-4},'
        b'{"id":"SO-2","item":"X","plant":"A","quantity":"NaN","status":"maybe"},'
        b'{"id":"SO-3","item":"X","plant":"A","quantity":1,"requested":"2027-03-01T08:00"}]}'
    )
    assert set(found(read("a.json", data))) == {
        "demands/SO-1/quantity",
        "demands/SO-2/quantity",
        "demands/SO-2/status",
        "demands/SO-3/requested",
    }


def test_every_fault_of_a_workbook_is_told_at_once_with_sheet_and_cell() -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        demands = book["demands"]
        demands["D2"], demands["D3"], demands["I3"] = -3, "1,5", "31/12/2027"
        demands["A3"], demands["P3"] = demands["A2"].value, "perhaps"
        book["stock"]["C2"] = "=1+1"
        book["routing_steps"]["A3"] = "R-NONE"
        book["calendar_rules"]["C2"] = "Mon; Someday"

    result = read("a.xlsx", edited(spoil))
    assert found(result).items() >= {
        ("demands!D2", "data.negative"),
        ("demands!D3", "format.bad_cell"),
        ("demands!I3", "format.bad_cell"),
        ("demands!P3", "format.bad_cell"),
        ("demands!A3", "format.twice"),
        ("stock!C2", "format.formula_without_value"),
        ("routing_steps!A3", "format.unknown_parent"),
        ("calendar_rules!C2", "format.bad_cell"),
    }
    assert "data.missing" not in codes(result)


def test_a_column_or_sheet_of_ones_own_is_told_and_does_not_stop_the_plan() -> None:
    def extend(book: openpyxl.Workbook) -> None:
        book["demands"]["Z1"] = "quantty"
        book.create_sheet("my notes")["A1"] = "call them"

    result = read("a.xlsx", edited(extend))
    assert result.snapshot == bicycle_plant()
    told = {finding.path: finding for finding in result.findings}
    assert told["demands!Z1"].remedy == "Is it quantity?"
    assert told["my notes"].code == "format.unknown_sheet"


def test_headers_are_read_in_any_spelling() -> None:
    def rename(book: openpyxl.Workbook) -> None:
        book["demands"]["D1"] = "Quantity"
        book["routing_steps"]["G1"] = "Fixed (minutes)"
        book["demands"].title = "temporary"
        book["temporary"].title = "Demands"

    assert read("a.xlsx", edited(rename)).snapshot == bicycle_plant()


def test_a_formula_is_read_by_the_value_it_was_calculated_to() -> None:
    book = openpyxl.load_workbook(io.BytesIO(BOOK))
    member = f"xl/worksheets/sheet{book.sheetnames.index('stock') + 1}.xml"
    data = rewritten(member, b"<v>120</v>", b"<f>100+20</f><v>120</v>")
    assert read("a.xlsx", data).snapshot == bicycle_plant()


def test_a_cell_that_shows_an_error_is_not_read_as_blank() -> None:
    book = openpyxl.load_workbook(io.BytesIO(BOOK))
    member = f"xl/worksheets/sheet{book.sheetnames.index('stock') + 1}.xml"
    data = rewritten(member, b'<c r="C2" t="n"><v>120</v></c>', b'<c r="C2" t="e"><v>#REF!</v></c>')
    assert found(read("a.xlsx", data)) == {"stock!C2": "format.error_value"}


def test_text_that_looks_like_a_formula_is_written_as_text() -> None:
    snapshot = bicycle_plant().model_copy(update={"name": '=HYPERLINK("x")'})
    data = write_workbook(snapshot)
    assert openpyxl.load_workbook(io.BytesIO(data))["plan"]["B2"].value == '\'=HYPERLINK("x")'
    assert read("a.xlsx", data).snapshot == snapshot


def test_a_time_that_happens_twice_asks_for_its_offset() -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        book["demands"]["I2"] = "2027-10-31 02:30"

    assert found(read("a.xlsx", edited(spoil))) == {"demands!I2": "format.bad_cell"}


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    data = bomb(40)
    tracemalloc.start()
    assert codes(read("a.xlsx", data)) == {"format.archive_too_large"}
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_a_zip_bomb_that_lies_about_its_size_is_not_believed() -> None:
    data = bomb(50).replace(struct.pack("<I", 50 * 1024 * 1024), struct.pack("<I", 1000))
    assert codes(read("a.xlsx", data)) == {"format.damaged"}


def test_many_small_members_are_counted_while_they_are_unpacked() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(30):
            archive.writestr(f"{number}.csv", b"x" * 100)
    with pytest.raises(RefusedError, match="30 files"):
        unpack(buffer.getvalue(), lambda _: True, Limits(members=20))
    with pytest.raises(RefusedError, match="unpacks to more"):
        unpack(buffer.getvalue(), lambda _: True, Limits(expanded=2_000))


def test_a_sheet_that_spans_the_whole_grid_is_refused_before_it_is_laid_out() -> None:
    def stray(book: openpyxl.Workbook) -> None:
        book["demands"]["XFD1048576"] = 1

    assert codes(read("a.xlsx", edited(stray))) == {"format.too_large"}


def test_an_entity_in_a_sheet_is_not_expanded() -> None:
    data = rewritten(
        "xl/workbook.xml",
        b"<workbook",
        b'<!DOCTYPE w [<!ENTITY a "aaaa">]><workbook',
    )
    assert codes(read("a.xlsx", data)) == {"format.damaged"}


@pytest.mark.slow
def test_ten_thousand_findings_are_listed_up_to_a_point_and_counted_after_it() -> None:
    def spoil(book: openpyxl.Workbook) -> None:
        for number in range(10_000):
            book["demands"].append([f"D{number}", "BIKE-26", "GRAZ", -1])

    result = read("a.xlsx", edited(spoil))
    assert len(result.findings) == 1_001
    assert list(result.findings)[-1].message == "9,000 more findings of this kind are not listed."


def test_csv_of_another_encoding_and_mark_is_read_with_a_warning() -> None:
    data = "id;item;plant;quantity\nKäse;X;A;1.5\n".encode("cp1252")
    result = read("demands.csv", data)
    assert "format.not_utf8" in {finding.code for finding in result.findings}
    assert codes(result) == {"format.no_plan_sheet"}
