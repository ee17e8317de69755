"""A plan told and written: the same words and files for ``plan`` and ``demo``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truedate.cli.answers import Answers, findings_json
from truedate.cli.files import write_all

if TYPE_CHECKING:
    from scheduler.findings import Finding
    from scheduler.frames import PromiseRow
    from scheduler.solve import Plan

MOST_LATE = 20
WORTH_SAYING = 0.5
"""A gap above this says more about the bound than about the plan."""


def document(plan: Plan, findings: Sequence[Finding], folder: Path) -> list[Path]:
    """Write the four files of a plan into ``folder``; their paths."""
    from scheduler.frames import load, promises_csv, schedule_csv
    from scheduler.pictures import plan_page
    from scheduler.pictures.words import zones

    local = zones(plan.snapshot)
    page = plan_page(
        plan.snapshot,
        plan.built,
        plan.schedule,
        plan.promises,
        load=load(plan.built, plan.schedule, plan.snapshot),
        figures=plan.kpis,
        findings=findings,
    )
    return write_all(
        folder,
        {
            "schedule.csv": schedule_csv(plan.rows, local),
            "promises.csv": promises_csv(plan.promises, local),
            "findings.json": findings_json(findings),
            "plan.html": page,
        },
    )


def summary(plan: Plan) -> dict[str, Any]:
    """Status, figures and promises for JSON."""
    schedule = plan.schedule
    return {
        "status": schedule.status.value,
        "objective": list(schedule.objective),
        "bound": list(schedule.bound),
        "gap": schedule.gap,
        "seconds": round(schedule.provenance.seconds, 3),
        "seed": schedule.provenance.seed,
        "kpis": plan.kpis,
        "promises": [promise(row) for row in plan.promises],
    }


def promise(row: PromiseRow) -> dict[str, Any]:
    """One promise for JSON; dates as ISO texts."""
    names = ("requested", "promised", "finished", "planned")
    dates = {name: getattr(row, name) for name in names}
    return {
        "demand": row.demand,
        "item": row.item,
        "plant": row.plant,
        "customer": row.customer,
        "quantity": str(row.quantity),
        **{name: moment.isoformat() if moment else None for name, moment in dates.items()},
        "lateness_hours": row.lateness_hours,
        "reason": row.reason,
    }


def say_plan(answers: Answers, plan: Plan) -> None:
    """Figures in sentences, and the late orders with their reasons."""
    from scheduler.frames import late_rows

    for sentence in figures(plan):
        answers.say(sentence)
    undated = [row for row in plan.promises if row.planned is None]
    late = [*undated, *late_rows(plan.promises)]
    if not late:
        return
    answers.say()
    answers.table(
        ("order", "item", "asked for", "planned", "late by", "why"),
        [late_line(plan, row) for row in late[:MOST_LATE]],
    )
    if len(late) > MOST_LATE:
        answers.say(f"… and {len(late) - MOST_LATE:,} more in promises.csv.")


def figures(plan: Plan) -> list[str]:
    """The figures of a plan as sentences."""
    from datetime import datetime

    from scheduler.pictures.words import count, home_zone, hours, moment

    kpis: dict[str, Any] = plan.kpis
    if not kpis["demands"]:
        return ["There are no open orders to plan."]
    said = [f"{kpis['on_time']:,} of {count(kpis['demands'], 'order')} on time"]
    if kpis["late"]:
        said.append(f"{kpis['late']:,} late by {hours(kpis['lateness_hours'])} together")
    if kpis["undated"]:
        said.append(f"{kpis['undated']:,} without a date")
    work = [f"{count(kpis['operations'], 'operation')} in {count(kpis['orders'], 'work order')}"]
    if kpis["ends"]:
        ends = datetime.fromisoformat(kpis["ends"])
        work.append(f"the last ends {moment(ends, home_zone(plan.snapshot))}")
    if kpis["changeover_hours"]:
        work.append(f"{hours(kpis['changeover_hours'])} of changeovers")
    return [", ".join(said) + ".", "; ".join(work) + f". {standing(plan)}"]


def standing(plan: Plan) -> str:
    """What is known of how good the plan is."""
    from scheduler.schedule import Status

    gap = plan.schedule.gap
    if plan.schedule.status is Status.OPTIMAL:
        return "Proved: no better plan exists."
    if plan.schedule.status is Status.CANCELLED:
        return "Stopped early: the best plan until then."
    if gap and gap < WORTH_SAYING:
        return f"Within {gap:.0%} of the proved bound."
    return "A better plan may exist."


def late_line(plan: Plan, row: PromiseRow) -> tuple[str, ...]:
    """One line of the table of late orders."""
    from scheduler.pictures.words import duration, moment, zones

    zone = zones(plan.snapshot).get(row.plant, UTC)
    asked = row.requested if row.requested is not None else row.promised
    late = duration(row.lateness_hours) if row.planned else "no date"
    planned = moment(row.planned, zone)
    return (row.demand, row.item, moment(asked, zone), planned, late, row.reason)
