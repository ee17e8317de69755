"""``truedate explain FILE DEMAND``: why this order ships when it does."""

from __future__ import annotations

from typing import Annotated

import typer

from truedate.cli.answers import Answers
from truedate.cli.exits import Code, answered
from truedate.cli.reading import AsJson, PlantFile, Seconds, Seed, bad_input, read_plant

DemandId = Annotated[str, typer.Argument(metavar="DEMAND", help="The order line, such as SO-1/10.")]


@answered
def explain(
    file: PlantFile,
    demand: DemandId,
    seconds: Seconds = 5.0,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> Code:
    """Tell the chain of what waited for what, from the delivery back to today.

    Ends with 1 when the order has no date.
    """
    from truedate.cli.running import run_plan

    answers = Answers(as_json=as_json)
    plant = read_plant(file)
    made, _ = run_plan(plant.snapshot, seconds=seconds, seed=seed, quiet=as_json)
    row = next((row for row in made.promises if row.demand == demand), None)
    if row is None:
        raise bad_input(
            "command.demand",
            "DEMAND",
            f"{demand} is not an open order of this plant.",
            "promises.csv of a plan lists those there are.",
        )
    from scheduler.explain import explain_demand
    from truedate.cli.planned import promise

    told = explain_demand(made, demand)
    answers.result(status="ok" if row.planned else "no_date", **promise(row), text=told.text())
    for line in told.text().splitlines():
        answers.say(line)
    return Code.FINE if row.planned else Code.NO
