"""Writing a snapshot and reading it back loses nothing, in every format that is written."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings

from integration.formats import (
    Format,
    Read,
    read,
    read_path,
    write_csv,
    write_native,
    write_workbook,
)
from integration.formats.example import bicycle_plant
from scheduler import factory as f
from tests import factories
from tests.integration.formats.snapshots import SNAPSHOTS


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def same(result: Read, snapshot: f.Snapshot) -> None:
    assert not result.findings.errors, [finding.as_dict() for finding in result.findings][:5]
    assert result.snapshot == snapshot


WRITERS = {
    "json": lambda s: ("plant.json", write_native(s)),
    "yaml": lambda s: ("plant.yaml", write_native(s, Format.YAML)),
    "workbook": lambda s: ("plant.xlsx", write_workbook(s)),
    "csv": lambda s: ("plant.zip", zipped(write_csv(s))),
}
slow_workbook = pytest.param("workbook", marks=pytest.mark.slow)
quiet = settings(suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("form", ["json", "yaml", "csv", slow_workbook])
@quiet
@given(snapshot=SNAPSHOTS)
def test_any_snapshot_comes_back_equal(form: str, snapshot: f.Snapshot) -> None:
    name, data = WRITERS[form](snapshot)
    same(read(name, data), snapshot)


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize(
    "snapshot",
    [bicycle_plant(), factories.two_level_plant(factories.demand()), factories.two_plants()],
    ids=["bicycles", "two levels", "two plants"],
)
def test_plants_of_tests_come_back_equal(form: str, snapshot: f.Snapshot) -> None:
    name, data = WRITERS[form](snapshot)
    same(read(name, data), snapshot)


def test_a_folder_of_csv_files_is_read_as_one_plant(tmp_path) -> None:
    for name, data in write_csv(bicycle_plant()).items():
        (tmp_path / name).write_bytes(data)
    same(read_path(tmp_path), bicycle_plant())


def test_a_midnight_stays_a_moment_and_does_not_become_a_whole_day() -> None:
    due = factories.at("2027-03-08 00:00")
    snapshot = factories.one_machine_plant(factories.demand(requested=due))
    back = read("a.xlsx", write_workbook(snapshot)).snapshot
    assert back is not None
    assert back.demands[0].requested == due
    assert type(back.demands[0].requested) is not date
