"""``truedate template``: a workbook to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from truedate.cli.answers import Answers
from truedate.cli.exits import Code, answered
from truedate.cli.files import write_one
from truedate.cli.reading import AsJson

Target = Annotated[Path, typer.Argument(metavar="[FILE]", help="Workbook to write.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the file when it is there.")]


@answered
def template(
    file: Target = Path("truedate-template.xlsx"),
    force: Force = False,
    as_json: AsJson = False,
) -> Code:
    """Write a workbook with every sheet and column explained, ready to be filled in."""
    from integration.formats import template as workbook

    answers = Answers(as_json=as_json)
    if file.exists() and not force:
        answers.refusal(f"{file} is there already; --force replaces it.")
        return Code.BAD_INPUT
    written = write_one(file, workbook())
    answers.result(status="ok", file=str(written))
    answers.say(f"Written: {written}. Fill it in, then: truedate plan {written}")
    return Code.FINE
