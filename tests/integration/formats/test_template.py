"""The template plans as it is, and says of every column what it means."""

import io

import openpyxl
import pytest

from integration.formats import Format, detect, layout, read, template, write_native
from integration.formats.example import bicycle_plant


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(template()))


def test_the_template_is_read_as_the_example_without_findings() -> None:
    result = read("template.xlsx", template())
    assert result.snapshot == bicycle_plant()
    assert len(result.findings) == 0


def test_every_list_of_the_model_has_a_sheet_and_every_column_a_note(book) -> None:
    assert book.sheetnames == ["read me", "plan", *layout.all_sheets()]
    for name, sheet in layout.all_sheets().items():
        headers = [cell.value for cell in book[name][1]]
        assert headers == list(sheet.headers)
        assert all(cell.comment and cell.comment.text.strip() for cell in book[name][1])


def test_notes_carry_the_unit_and_the_meaning_of_a_blank(book) -> None:
    headers = {cell.value: cell.comment.text for cell in book["machines"][1]}
    assert "Absent: the work centre's, else the plant's." in headers["calendar"]
    assert "Minutes" in headers["work_ahead_minutes"]
    assert "single, multiple, batch, unlimited" in headers["kind"]


def test_enumerations_are_offered_as_lists(book) -> None:
    rules = {
        str(rule.sqref): rule.formula1 for rule in book["machines"].data_validations.dataValidation
    }
    assert rules["E2:E10000"] == '"single,multiple,batch,unlimited"'
    assert rules["B2:B10000"] == "'plants'!$A$2:$A$10000"


@pytest.mark.parametrize(
    ("name", "data", "form"),
    [
        ("x", template(), Format.WORKBOOK),
        ("x", write_native(bicycle_plant()), Format.JSON),
        ("x", write_native(bicycle_plant(), Format.YAML), Format.YAML),
        ("x.csv", b"id,item\n", Format.CSV),
        ("x", b"[]", Format.FREPPLE_JSON),
        ("x", b'{"machine_centers": [], "routing_lines": []}', Format.CONTOSO),
        ("x", b"", Format.UNKNOWN),
    ],
)
def test_the_format_is_found_by_what_is_in_a_file(name: str, data: bytes, form: Format) -> None:
    assert detect(name, data) is form


def test_yaml_is_read_by_the_rules_of_json() -> None:
    data = b"""
truedate: "1"
now: 2027-03-01T08:00+01:00
items:
- {id: A, name: no, cost: 0.07}
calendars:
- id: DAY
  rules: [{starts: 13:00, ends: 17:00}]
"""
    snapshot = read("a.yaml", data).snapshot
    assert snapshot is not None
    assert snapshot.items[0].name == "no"
    assert str(snapshot.items[0].cost) == "0.07"
    assert snapshot.calendars[0].rules[0].starts == "13:00"
