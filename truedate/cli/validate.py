"""``truedate validate FILE SCHEDULE``: does this schedule hold every rule of this plant?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scheduler.findings import Severity
from truedate.cli.answers import Answers, findings_text
from truedate.cli.exits import Code, answered
from truedate.cli.reading import AsJson, PlantFile, read_plant, read_schedule

ScheduleFile = Annotated[
    Path, typer.Argument(metavar="SCHEDULE", help="A schedule.csv, ours or anybody's.")
]


@answered
def validate(file: PlantFile, schedule: ScheduleFile, as_json: AsJson = False) -> Code:
    """Check a schedule against every rule of the plant, with arithmetic of its own.

    Ends with 1 when a rule is broken.
    """
    from scheduler.solve import plan
    from scheduler.validate import validate as breaches_of

    answers = Answers(as_json=as_json)
    snapshot = read_plant(file).snapshot
    rows = read_schedule(schedule)
    # What is netted again in view of the first plan (lots that spoil, routings that end) has to be
    # netted the same way here.
    first = plan(snapshot, seconds=0)
    found = breaches_of(snapshot, first.network, rows, unplanned=first.built.unplanned)
    breaches = sum(finding.severity is Severity.ERROR for finding in found)
    answers.result(
        status="breaches" if breaches else "ok",
        operations=len(rows),
        breaches=breaches,
        findings=[finding.as_dict() for finding in found],
    )
    if found:
        answers.say(findings_text(found))
    if not breaches:
        answers.say(f"All rules hold: {len(rows):,} operations were checked.")
    return Code.NO if breaches else Code.FINE
