"""The command line on real files: answers, exit codes, and nothing half-written."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from integration.formats import write_native
from scheduler import solve
from scheduler.factory import Routing
from scheduler.findings import Finding, Findings, PlanningError, Severity
from scheduler.schedule import Status
from tests import factories
from truedate.cli import app
from truedate.cli.answers import findings_text
from truedate.cli.exits import Code
from truedate.cli.plan import outcome
from truedate.cli.running import in_thread

COMMANDS = ("demo", "template", "warm", "check", "plan", "validate", "quote", "explain", "import")
FILES = ["findings.json", "plan.html", "promises.csv", "schedule.csv"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(
        app, [str(argument) for argument in arguments], env={"COLUMNS": "100"}
    )


def answer(result: Result) -> Any:
    """The one JSON object a command with ``--json`` writes."""
    return json.loads(result.stdout)


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A plant with one machine: an hour a bike; SO-2 asks for more than a day can give."""
    file = tmp_path / "plant.json"
    snapshot = factories.one_machine_plant(
        factories.demand("SO-1", quantity=2, requested=factories.day("2027-03-01")),
        factories.demand("SO-2", quantity=9, requested=factories.day("2027-03-01")),
    )
    file.write_bytes(write_native(snapshot))
    return file


@pytest.fixture
def cyclic(tmp_path: Path) -> Path:
    """BIKE is made of FRAME, and FRAME of BIKE."""
    file = tmp_path / "cyclic.json"
    snapshot = factories.two_level_plant(factories.demand("SO-1"))
    loop = factories.bom("FRAME", factories.line("BIKE"))
    boms = [loop if bom.item == "FRAME" else bom for bom in snapshot.boms]
    file.write_bytes(write_native(snapshot.model_copy(update={"boms": tuple(boms)})))
    return file


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_as_reviewed(command: str, golden: Callable[[str, str], None]) -> None:
    arguments = ("import", "frepple") if command == "import" else (command,)
    result = run(*arguments, "--help")
    assert result.exit_code == 0
    golden(f"cli/help-{command}.txt", result.stdout)


def test_help_of_the_program_is_as_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("cli/help.txt", run("--help").stdout)


def test_a_plan_with_a_routing_that_ends_is_validated_by_the_network_it_was_made_from(
    tmp_path: Path,
) -> None:
    def routing(item: str, step: str, minutes: int, **validity: Any) -> Routing:
        made = factories.step(step, "M1", fixed=minutes)
        return factories.routing(item, made, id=step, **validity)

    snapshot = factories.snapshot(
        machines=[factories.machine("M1")],
        routings=[
            routing("RUSH", "HURRY", 16 * 60),
            routing("BIKE", "OLD", 60, effective_to=factories.day("2027-03-02")),
            routing("BIKE", "NEW", 60, effective_from=factories.day("2027-03-03")),
        ],
        demands=[
            factories.demand("SO-1", "RUSH", priority=1),
            factories.demand("SO-2", latest=factories.day("2027-03-02")),
        ],
    )
    file = tmp_path / "plant.json"
    file.write_bytes(write_native(snapshot))
    run("plan", file, "--seconds", 0, "--out", tmp_path)
    result = run("validate", file, tmp_path / "schedule.csv")
    assert result.exit_code == Code.FINE
    assert "All rules hold" in result.stdout
    assert "after 2027-03-02, the latest date" in result.stdout


def test_version_is_told() -> None:
    assert re.fullmatch(r"truedate \d+\.\d+\.\d+\n", run("--version").stdout)


def test_findings_are_one_list_by_severity_with_the_rest_counted(
    golden: Callable[[str, str], None],
) -> None:
    found = [
        Finding(
            "calendar.ends", "calendars/DAY", "DAY ends on 30 Apr.", "Extend it.", Severity.NOTE
        ),
        Finding(
            "unit.unknown",
            "items/BIKE",
            "Unit box of \x1b[31mBIKE is not known.",
            "Add it.",
            effect="BIKE is not planned.",
        ),
        *(
            Finding("lot.rounded", f"items/{n}", f"Lot of {n}\nis rounded.", "", Severity.WARNING)
            for n in range(60)
        ),
    ]
    golden("cli/findings.txt", findings_text(found) + "\n")


def test_a_plan_is_four_files_and_every_order_has_a_line(plant: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("plan", plant, "--seconds", 1, "--out", out)
    assert result.exit_code == Code.FINE, result.output
    assert sorted(os.listdir(out)) == FILES
    lines = list(csv.DictReader((out / "promises.csv").read_text().splitlines()))
    assert [line["demand"] for line in lines] == ["SO-1", "SO-2"]
    assert sum(float(line["lateness_hours"]) > 0 for line in lines) == 1
    assert "of 2 orders on time" in result.stdout
    assert "SO-2" in result.stdout


def test_a_plan_in_json_is_one_object_with_figures_promises_and_findings(
    plant: Path, tmp_path: Path
) -> None:
    told = answer(run("plan", plant, "--seconds", 1, "--out", tmp_path / "out", "--json"))
    assert told["kpis"]["demands"] == 2
    assert [row["demand"] for row in told["promises"]] == ["SO-1", "SO-2"]
    assert sorted(told["files"]) == FILES


def test_what_was_planned_is_valid(plant: Path, tmp_path: Path) -> None:
    run("plan", plant, "--seconds", 1, "--out", tmp_path)
    result = run("validate", plant, tmp_path / "schedule.csv")
    assert result.exit_code == Code.FINE, result.output
    assert "All rules hold" in result.stdout


def test_a_schedule_that_starts_before_now_is_a_breach(plant: Path, tmp_path: Path) -> None:
    run("plan", plant, "--seconds", 1, "--out", tmp_path)
    schedule = tmp_path / "schedule.csv"
    schedule.write_text(schedule.read_text().replace("2027-03-01T", "2027-02-01T"))
    assert run("validate", plant, schedule, "--json").exit_code == Code.NO


def test_a_schedule_that_is_none_is_bad_input(plant: Path, tmp_path: Path) -> None:
    file = tmp_path / "schedule.csv"
    file.write_bytes(b"\xff\xfe\x00")
    assert run("validate", plant, file).exit_code == Code.BAD_INPUT


def test_a_quote_says_a_date_and_a_quantity_of_nothing_is_refused(plant: Path) -> None:
    asked = ("quote", plant, "--item", "BIKE", "--by", "2027-03-12", "--seconds", 1, "--json")
    told = run(*asked, "--quantity", 1)
    assert told.exit_code == Code.FINE, told.output
    assert answer(told)["date"].startswith("2027-03-0")
    for quantity in ("0", "-1", "nan", "1E999999999", "many"):
        assert run(*asked, "--quantity", quantity).exit_code == Code.BAD_INPUT


@pytest.mark.parametrize("by", ["tomorrow", "2027-03-01T08:00", "2027-13-01"])
def test_a_date_that_is_none_is_refused(plant: Path, by: str) -> None:
    result = run("quote", plant, "--item", "BIKE", "--quantity", 1, "--by", by)
    assert result.exit_code == Code.BAD_INPUT
    assert by in result.output


def test_an_order_is_explained_and_an_unknown_one_is_not(plant: Path) -> None:
    result = run("explain", plant, "SO-2", "--seconds", 1)
    assert result.exit_code == Code.FINE, result.output
    assert "M1" in result.stdout
    assert run("explain", plant, "SO-77", "--seconds", 1).exit_code == Code.BAD_INPUT


def test_check_lists_every_problem(plant: Path, cyclic: Path) -> None:
    assert run("check", plant).exit_code == Code.FINE
    result = run("check", cyclic, "--json")
    assert result.exit_code == Code.BAD_INPUT
    assert any("cycle" in finding["code"] for finding in answer(result)["findings"])


def test_a_plant_of_which_nothing_can_be_planned_is_bad_input(cyclic: Path, tmp_path: Path) -> None:
    result = run("plan", cyclic, "--seconds", 1, "--out", tmp_path / "out")
    assert result.exit_code == Code.BAD_INPUT, result.output
    assert sorted(os.listdir(tmp_path / "out")) == FILES


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plant.json", b'{"truedate": "1", '),
        ("plant.json", b'{"truedate": "99", "now": "2027-03-01T08:00+01:00"}'),
        ("plant.json", b"\x00\x01\x02"),
        ("plant.xlsx", b"PK\x03\x04cut off"),
        ("plant.yaml", b"truedate: '1'\nnow: .nan\n"),
        ("plant.json", b""),
    ],
)
def test_a_file_that_is_no_plant_is_one_list_and_nothing_is_written(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    result = run("plan", tmp_path / name, "--out", tmp_path / "out")
    assert result.exit_code == Code.BAD_INPUT, result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    result = run("plan", tmp_path / "none.json")
    assert result.exit_code == Code.BAD_INPUT
    assert len(result.stderr.splitlines()) == 1


def test_the_template_is_written_once_and_replaced_only_when_asked(tmp_path: Path) -> None:
    file = tmp_path / "new.xlsx"
    assert run("template", file).exit_code == Code.FINE
    assert run("template", file).exit_code == Code.BAD_INPUT
    assert run("template", file, "--force").exit_code == Code.FINE
    assert os.listdir(tmp_path) == ["new.xlsx"]


@pytest.mark.shared
def test_a_frepple_file_becomes_one_of_ours(shared: Path, tmp_path: Path) -> None:
    target = tmp_path / "ours.json"
    source = shared / "data" / "frepple" / "jobshop.json"
    result = run("import", "frepple", source, "--out", target, "--json")
    assert result.exit_code == Code.FINE, result.output
    assert answer(result)["counts"]["demands"] == 10
    assert run("check", target).exit_code == Code.FINE
    assert run("import", "frepple", target).exit_code == Code.BAD_INPUT


@pytest.mark.slow
def test_the_demo_plans_quotes_breaks_a_machine_and_ends(tmp_path: Path) -> None:
    begun = time.monotonic()
    result = run("demo", "--out", tmp_path / "demo", "--json")
    assert result.exit_code == Code.FINE, result.output
    told = answer(result)
    assert told["quote"]["date"]
    assert told["moved"]
    assert sum(file.endswith("plan.html") for file in told["files"]) == 2
    assert time.monotonic() - begun < 45


def interrupted(times: int) -> Callable[..., solve.Plan]:
    """Planning during which Ctrl-C is pressed ``times`` times, once the first plan is there."""
    real = solve.plan

    def plan(snapshot, policy=None, *, progress, cancelled, **rest):
        def better(schedule) -> None:
            progress(schedule)
            for _ in range(times if not cancelled() else 0):
                os.kill(os.getpid(), signal.SIGINT)

        return real(snapshot, policy, progress=better, cancelled=cancelled, **rest)

    return plan


def test_ctrl_c_keeps_the_best_plan_so_far(
    plant: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solve, "plan", interrupted(1))
    before = signal.getsignal(signal.SIGINT)
    result = run("plan", plant, "--seconds", 600, "--out", tmp_path / "out", "--json")
    assert result.exit_code == Code.CANCELLED, result.output
    assert answer(result)["kpis"]["demands"] == 2
    assert sorted(os.listdir(tmp_path / "out")) == FILES
    assert signal.getsignal(signal.SIGINT) is before


def test_an_exception_of_the_work_comes_back_to_the_caller() -> None:
    def fail() -> None:
        raise PlanningError([])

    with pytest.raises(PlanningError):
        in_thread(fail, lambda: None)


def test_help_needs_no_solver() -> None:
    heavy = ("ortools", "numba", "numpy", "pandas", "pydantic", "networkx", "openpyxl")
    code = (
        f"import sys; from truedate.cli import app; print([m for m in {heavy} if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def made(status: Status, planned: str | None) -> Any:
    """What the exit code of a plan is read from."""
    return SimpleNamespace(
        schedule=SimpleNamespace(status=status), promises=[SimpleNamespace(planned=planned)]
    )


def test_errors_of_the_data_do_not_spoil_what_can_be_planned() -> None:
    found = Findings()
    found.add("unit.unknown", "items/OTHER", "Unit box is not known.")
    assert outcome(made(Status.FEASIBLE, "soon"), found, cancelled=False) is Code.FINE
    assert outcome(made(Status.FEASIBLE, None), found, cancelled=False) is Code.BAD_INPUT
    assert outcome(made(Status.FEASIBLE, None), Findings(), cancelled=False) is Code.NO
    assert outcome(made(Status.CANCELLED, "soon"), found, cancelled=True) is Code.CANCELLED
    assert outcome(made(Status.UNKNOWN, None), found, cancelled=False) is Code.NO_PLAN
