"""``truedate quote FILE``: when could a new order ship? Nothing is reserved."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

import typer

from truedate.cli.answers import Answers
from truedate.cli.exits import Code, answered
from truedate.cli.reading import (
    AsJson,
    PlantFile,
    Seconds,
    Seed,
    bad_input,
    read_moment,
    read_plant,
)

if TYPE_CHECKING:
    from scheduler.quoting import Quote
    from scheduler.solve import Plan

Item = Annotated[str, typer.Option("--item", help="What is asked for.")]
Quantity = Annotated[str, typer.Option("--quantity", help="How much, in the item's unit.")]
By = Annotated[
    str, typer.Option("--by", help="When it is wanted: 2027-03-01 or 2027-03-01T08:00+01:00.")
]
Where = Annotated[
    str | None, typer.Option("--plant", help="Plant it ships from. Absent: where it is made.")
]


@answered
def quote(
    file: PlantFile,
    item: Item,
    quantity: Quantity,
    by: By,
    plant: Where = None,
    seconds: Seconds = 5.0,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> Code:
    """Say when a new order could ship, and why not sooner. Nothing is reserved or moved.

    Ends with 1 when there is no date.
    """
    from truedate.cli.running import run_plan

    answers = Answers(as_json=as_json)
    amount, wanted = _amount(quantity), read_moment(by)
    read = read_plant(file)
    if item not in {known.id for known in read.snapshot.items}:
        raise bad_input("command.item", "--item", f"{item} is not an item of this plant.")
    if plant is not None and plant not in {known.id for known in read.snapshot.plants}:
        raise bad_input("command.plant", "--plant", f"{plant} is not a plant of this file.")
    made, _ = run_plan(read.snapshot, seconds=seconds, seed=seed, quiet=as_json)
    from scheduler.quoting import quote as quoted

    answer = quoted(made, item=item, quantity=amount, by=wanted, plant=plant)
    tell(answers, made, answer)
    return Code.FINE if answer.date is not None else Code.NO


def tell(answers: Answers, plan: Plan, answer: Quote) -> None:
    """Say a quote to people or programs."""
    answers.result(**as_fields(answer))
    for line in lines(plan, answer):
        answers.say(line)


def lines(plan: Plan, answer: Quote) -> list[str]:
    """The date first, then where it comes from, then why not sooner."""
    from scheduler.frames import quantity_text
    from scheduler.pictures.words import duration, home_zone, moment

    zone = home_zone(plan.snapshot)
    what = f"{quantity_text(Fraction(answer.quantity))} × {answer.item}"
    if answer.date is None:
        return [f"No date for {what}: {answer.reason}"]
    late = f", {duration(answer.late_hours)} late" if answer.late_hours else ", on time"
    said = [f"{moment(answer.date, zone)}: {what}{late}."]
    said += [
        f"  {quantity_text(part.quantity)} {part.words}: {moment(part.date, zone)}"
        for part in answer.breakdown
    ]
    return [*said, f"  {answer.reason}"] if answer.reason else said


def as_fields(answer: Quote) -> dict[str, Any]:
    """The quote for JSON."""
    from scheduler.frames import quantity_text

    return {
        "status": "ok" if answer.date else "no_date",
        "item": answer.item,
        "plant": answer.plant,
        "quantity": str(answer.quantity),
        "requested": answer.requested.isoformat() if answer.requested else None,
        "date": answer.date.isoformat() if answer.date else None,
        "late_hours": answer.late_hours,
        "reason": answer.reason,
        "breakdown": [
            {
                "kind": part.kind.value,
                "quantity": quantity_text(part.quantity),
                "date": part.date.isoformat() if part.date else None,
                "words": part.words,
            }
            for part in answer.breakdown
        ],
    }


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        amount = Decimal(0)
    # The exponent is looked at first: 1E999999 would take for ever as a fraction.
    if not amount.is_finite() or abs(amount.adjusted()) > 15 or amount <= 0:
        raise bad_input("command.quantity", "--quantity", f"{text!r} is not a quantity above zero.")
    return amount
