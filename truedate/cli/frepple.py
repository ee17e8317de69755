"""``truedate import frepple FILE``: a frePPLe fixture or workbook as a file of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scheduler.findings import Severity
from truedate.cli.answers import Answers, findings_text
from truedate.cli.exits import Code, answered
from truedate.cli.files import write_one
from truedate.cli.reading import AsJson, bad_input, read_plant

Source = Annotated[
    Path, typer.Argument(metavar="FILE", help="A frePPLe fixture (JSON) or workbook.")
]
Target = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="File to write. Absent: <name of FILE>.truedate.json."
    ),
]
SHOWN = ("plants", "items", "boms", "routings", "machines", "demands", "work_orders", "receipts")


@answered
def frepple(file: Source, out: Target = None, as_json: AsJson = False) -> Code:
    """Convert a frePPLe fixture or workbook into a native file, and list what was assumed."""
    from integration.formats import Format, detect, write_native
    from scheduler.pictures.words import count

    answers = Answers(as_json=as_json)
    form = detect(file.name, file.read_bytes())
    if form not in (Format.FREPPLE_JSON, Format.FREPPLE_WORKBOOK):
        raise bad_input(
            "command.format", str(file), f"{file.name} is neither a frePPLe fixture nor workbook."
        )
    plant = read_plant(file)
    target = out or Path(f"{file.stem}.truedate.json")
    written = write_one(target, write_native(plant.snapshot))
    counts = {name: len(getattr(plant.snapshot, name)) for name in SHOWN}
    answers.result(
        status="ok",
        file=str(written),
        counts=counts,
        findings=[finding.as_dict() for finding in plant.findings],
    )
    rows = ", ".join(count(n, name[:-1].replace("_", " ")) for name, n in counts.items() if n)
    answers.say(f"Written: {written} ({rows}).")
    if plant.findings:
        answers.say(findings_text(plant.findings))
    bad = any(finding.severity is Severity.ERROR for finding in plant.findings)
    return Code.BAD_INPUT if bad else Code.FINE
