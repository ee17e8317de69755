"""``truedate plan FILE``: a plan and a date for every order, written as files people can open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.findings import Findings, Severity
from truedate.cli.answers import Answers, findings_text
from truedate.cli.exits import Code, answered
from truedate.cli.reading import AsJson, PlantFile, Seconds, Seed, read_plant

if TYPE_CHECKING:
    from scheduler.solve import Plan

Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Folder to write to. Absent: <name of FILE>-plan."),
]


@answered
def plan(
    file: PlantFile,
    seconds: Seconds = 20.0,
    seed: Seed = 0,
    out: Out = None,
    as_json: AsJson = False,
) -> Code:
    """Plan a plant and say when each order can ship.

    Writes schedule.csv, promises.csv, findings.json and plan.html (a page that works offline), and
    prints figures and the late orders with their reasons. Ctrl-C ends the search and keeps the best
    plan so far; a second Ctrl-C gives it up and writes nothing.
    """
    from truedate.cli.planned import document, say_plan, summary
    from truedate.cli.running import run_plan

    answers = Answers(as_json=as_json)
    plant = read_plant(file)
    made, cancelled = run_plan(plant.snapshot, seconds=seconds, seed=seed, quiet=as_json)
    found = Findings()
    found.extend([*plant.findings, *made.findings])
    folder = out or Path(f"{file.resolve().stem}-plan")
    files = document(made, found.items, folder)
    answers.result(
        **summary(made),
        files={path.name: str(path) for path in files},
        findings=[finding.as_dict() for finding in found],
    )
    say_plan(answers, made)
    if len(found):
        answers.say()
        answers.say(findings_text(found.items))
    answers.say()
    answers.say(f"Written: {', '.join(str(path) for path in files)}")
    return outcome(made, found, cancelled=cancelled)


def outcome(made: Plan, found: Findings, *, cancelled: bool) -> Code:
    """The exit code of a plan.

    Errors of the data take only what they name out of the plan, so they make the input bad when
    nothing is left of it.
    """
    from scheduler.schedule import Status

    if cancelled:
        return Code.CANCELLED
    if made.schedule.status is Status.UNKNOWN:
        return Code.NO_PLAN
    dated = sum(row.planned is not None for row in made.promises)
    bad = any(finding.severity is Severity.ERROR for finding in found)
    if bad and not dated:
        return Code.BAD_INPUT
    if made.schedule.status is Status.INFEASIBLE or (made.promises and not dated):
        return Code.NO
    return Code.FINE
