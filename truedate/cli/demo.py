"""``truedate demo``: a small bicycle plant, planned, asked for a date, and hit by a breakdown."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scheduler.findings import PlanningError
from truedate.cli.answers import Answers
from truedate.cli.exits import Code, answered
from truedate.cli.reading import AsJson, Seed

if TYPE_CHECKING:
    from scheduler.factory import Snapshot
    from scheduler.solve import Plan

EXAMPLE = "bicycles"
QUOTE: dict[str, Any] = {"item": "BIKE-RED", "quantity": 12, "by": date(2027, 4, 2), "plant": None}
DOWN_FOR = timedelta(days=2)
SECONDS_OF_A_PLAN = 6.0

Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="Folder the pictures are written to.")
]


@answered
def demo(out: Out = Path("truedate-demo"), seed: Seed = 0, as_json: AsJson = False) -> Code:
    """Plan the example plant, quote an order, take a machine down and show which dates move."""
    from truedate.cli.planned import document, promise, say_plan, summary
    from truedate.cli.running import run_plan

    answers = Answers(as_json=as_json)
    snapshot = example()
    answers.say(f"{snapshot.name}: planning {len(snapshot.demands)} order lines …")
    before, stopped = run_plan(snapshot, seconds=SECONDS_OF_A_PLAN, seed=seed, quiet=as_json)
    if stopped:
        return Code.CANCELLED
    say_plan(answers, before)
    say_promises(answers, before)
    told = say_quote(answers, before)

    machine, without = broken(before)
    answers.say()
    answers.say(f"{machine} breaks down for {DOWN_FOR.days} days. Planning again …")
    after, stopped = run_plan(without, seconds=SECONDS_OF_A_PLAN, seed=seed, quiet=as_json)
    if stopped:
        return Code.CANCELLED
    moved = say_moved(answers, before, after)

    files = document(before, before.findings, out)
    files += document(after, after.findings, out / f"{machine}-down")
    answers.result(
        **summary(before),
        quote=told,
        down=machine,
        after=[promise(row) for row in after.promises],
        moved=moved,
        files=[str(path) for path in files],
    )
    answers.say()
    pages = [str(path.resolve()) for path in files if path.suffix == ".html"]
    answers.say(f"The pictures: {pages[0]}")
    answers.say(f"          and: {pages[1]}")
    return Code.FINE


def example() -> Snapshot:
    """The plant that comes with the package."""
    from integration.formats import read
    from scenarios.library import load

    file = load(EXAMPLE)
    found = read(file.name, file.content)
    if found.snapshot is None:
        raise PlanningError(found.findings)
    return found.snapshot


def say_promises(answers: Answers, plan: Plan) -> None:
    """When each order ships."""
    from scheduler.frames import quantity_text
    from scheduler.pictures.words import duration, moment, zones

    local = zones(plan.snapshot)
    answers.say()
    answers.table(
        ("order", "customer", "item", "pieces", "asked for", "ships", ""),
        [
            (
                row.demand,
                row.customer,
                row.item,
                quantity_text(row.quantity),
                moment(row.requested or row.promised, local.get(row.plant, UTC)),
                moment(row.planned, local.get(row.plant, UTC)),
                f"▲ {duration(row.lateness_hours)} late" if row.late else "",
            )
            for row in plan.promises
        ],
    )


def say_quote(answers: Answers, plan: Plan) -> dict[str, Any]:
    """A date for a new order, with its reason; for JSON too."""
    from scheduler.quoting import quote
    from truedate.cli.quote import as_fields, lines

    answer = quote(plan, **QUOTE)
    answers.say()
    answers.say(f"A customer asks for {QUOTE['quantity']} × {QUOTE['item']} by {QUOTE['by']}:")
    for line in lines(plan, answer):
        answers.say(f"  {line}")
    return as_fields(answer)


def broken(plan: Plan) -> tuple[str, Snapshot]:
    """The busiest machine, and the plant without it for two days from now."""
    from scheduler.factory import Downtime

    load: dict[str, float] = dict(plan.kpis["load"])  # type: ignore[call-overload]
    name = max(load, key=lambda machine: (load[machine], machine))
    now = plan.snapshot.now
    down = Downtime(starts=now, ends=now + DOWN_FOR, reason="broken down")
    machines = tuple(
        machine.model_copy(update={"downtimes": (*machine.downtimes, down)})
        if machine.id == name
        else machine
        for machine in plan.snapshot.machines
    )
    return name, plan.snapshot.model_copy(update={"machines": machines})


def say_moved(answers: Answers, before: Plan, after: Plan) -> list[dict[str, Any]]:
    """The dates that moved, old and new, by name; for JSON too."""
    from scheduler.pictures.words import duration, moment, zones

    local = zones(before.snapshot)
    old = {row.demand: row.planned for row in before.promises}
    moved, table = [], []
    for row in after.promises:
        was = old.get(row.demand)
        if was == row.planned:
            continue
        zone = local.get(row.plant, UTC)
        by = (row.planned - was) / timedelta(hours=1) if was and row.planned else None
        words = "" if by is None else f"{duration(abs(by))} {'later' if by > 0 else 'sooner'}"
        table.append(
            (row.demand, row.customer, moment(was, zone), moment(row.planned, zone), words)
        )
        moved.append(
            {
                "demand": row.demand,
                "was": was.isoformat() if was else None,
                "now": row.planned.isoformat() if row.planned else None,
            }
        )
    if not moved:
        answers.say("No date moves.")
        return moved
    stays = len(after.promises) - len(moved)
    answers.say(f"{len(moved)} dates move, {stays} stay as they are:")
    answers.table(("order", "customer", "was", "now", ""), table)
    return moved
