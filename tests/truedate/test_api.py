"""``truedate.api``: a file in, a snapshot out, or every finding at once."""

from pathlib import Path

import pytest

from integration.formats import write_native
from scheduler.findings import PlanningError
from tests import factories
from truedate.api import read


def test_a_file_becomes_the_snapshot_it_was_written_from(tmp_path: Path) -> None:
    snapshot = factories.one_machine_plant(factories.demand())
    file = tmp_path / "plant.json"
    file.write_bytes(write_native(snapshot))
    assert read(file) == read(str(file)) == snapshot


def test_a_file_that_is_no_plant_raises_with_its_findings(tmp_path: Path) -> None:
    file = tmp_path / "plant.json"
    file.write_text("{")
    with pytest.raises(PlanningError) as caught:
        read(file)
    assert caught.value.findings
