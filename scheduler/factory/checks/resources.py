"""Resources: plants, calendars, people, tools and setup matrices."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scheduler.factory.checks.index import Index, amount, listed
from scheduler.factory.zones import known_zone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.factory.calendars import Calendar
    from scheduler.factory.resources import LabourPool, SetupMatrix
    from scheduler.factory.routings import LabourNeed, Step
    from scheduler.findings import Findings

MOST_FAMILIES = 400
"""A matrix of more families is not searched for shorter ways round: it would take minutes."""


def time_zones(index: Index, findings: Findings) -> None:
    """Zones that do not exist."""
    named = [(f"plants/{p.id}/time_zone", p.id, p.time_zone) for p in index.snapshot.plants]
    named += [
        (f"calendars/{c.id}/time_zone", c.id, c.time_zone)
        for c in index.snapshot.calendars
        if c.time_zone is not None
    ]
    known: dict[str, bool] = {}
    for path, owner, name in named:
        if name not in known:
            known[name] = known_zone(name) is not None
        if not known[name]:
            findings.add(
                "calendar.unknown_zone",
                path,
                f"{owner} is in the time zone {name}, which does not exist.",
                "Write a zone such as Europe/Vienna.",
                effect="Planned in UTC: its shifts lie at the wrong hours.",
            )


def calendars(index: Index, findings: Findings) -> None:
    """Calendars that never open, have impossible rules, or end before they are needed."""
    last = _last_date(index)
    for calendar in index.snapshot.calendars:
        opens = calendar.open_by_default or any(rule.opens for rule in calendar.rules)
        if not opens:
            findings.warn(
                "calendar.never_open",
                f"calendars/{calendar.id}",
                f"Calendar {calendar.id} never opens.",
                "Add a shift, or let it be open where no rule speaks.",
                "Nothing is done by whoever uses it.",
            )
        _rules(findings, calendar)
        _ends(index, findings, calendar, last)


def _rules(findings: Findings, calendar: Calendar) -> None:
    for number, rule in enumerate(calendar.rules, start=1):
        path = f"calendars/{calendar.id}/rules/{number}"
        wrong = [day for day in rule.days if not 0 <= day <= 6]
        if wrong:
            findings.add(
                "calendar.bad_day",
                path,
                f"Rule {number} of calendar {calendar.id} names the day {wrong[0]}.",
                "Days are 0 (Monday) to 6 (Sunday).",
                effect="The rule is not read for that day.",
            )
        if rule.valid_from is not None and rule.valid_to is not None:
            first, last = _day(rule.valid_from), _day(rule.valid_to)
            if last < first:
                findings.add(
                    "validity.reversed",
                    path,
                    f"Rule {number} of calendar {calendar.id} is valid from {first} to {last},"
                    " which is never.",
                    "Exchange or correct the two dates.",
                )


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


class _Last(NamedTuple):
    day: date
    demand: str


def _last_date(index: Index) -> _Last | None:
    """The latest date a demand asks for."""
    dates = [
        _Last(_day(moment), demand.id)
        for demand in index.snapshot.demands
        for moment in (demand.promised, demand.requested, demand.earliest)
        if moment is not None
    ]
    return max(dates, default=None)


def _ends(index: Index, findings: Findings, calendar: Calendar, last: _Last | None) -> None:
    if calendar.last_day is None:
        return
    end = _day(calendar.last_day)
    needed = max(index.now.date(), last.day if last is not None else date.min)
    if end >= needed:
        return
    what = "it is already over" if last is None else f"demand {last.demand} asks for {last.day}"
    findings.warn(
        "calendar.ends",
        f"calendars/{calendar.id}/known_until",
        f"Calendar {calendar.id} ends on {end}, but {what}.",
        "Extend the calendar, or give it as a weekly pattern.",
        "What needs it after that day gets no date.",
    )


def setup_matrices(index: Index, findings: Findings) -> None:
    """Changeovers that are longer than the way over a third family."""
    for matrix in index.snapshot.setup_matrices:
        seen = set()
        for change in matrix.changeovers:
            pair = (change.from_family, change.to_family)
            if pair in seen:
                findings.warn(
                    "setup.twice",
                    f"setup_matrices/{matrix.id}",
                    f"Setup matrix {matrix.id} gives the change from {pair[0] or 'any family'} to"
                    f" {pair[1] or 'any family'} twice.",
                    "Remove one of the lines.",
                    "The first one counts.",
                )
            seen.add(pair)
        _triangle(findings, matrix)


def _triangle(findings: Findings, matrix: SetupMatrix) -> None:
    """time(a, c) ≤ time(a, b) + time(b, c) for all families a, b, c."""
    families = sorted(
        {f for c in matrix.changeovers for f in (c.from_family, c.to_family) if f is not None}
    )
    if not 3 <= len(families) <= MOST_FAMILIES:
        return
    times = _times(matrix, families)
    worst, shown, count = 0.0, (0, 0, 0), 0
    for b in range(len(families)):
        over = times - (times[:, b : b + 1] + times[b : b + 1, :])
        np.fill_diagonal(over, 0)
        count += int((over > 0).sum())
        at = np.unravel_index(int(over.argmax()), over.shape)
        if over[at] > worst:
            worst, shown = float(over[at]), (int(at[0]), b, int(at[1]))
    if worst <= 0:
        return
    a, b, c = shown
    findings.warn(
        "setup.triangle",
        f"setup_matrices/{matrix.id}",
        f"In setup matrix {matrix.id} the change from {families[a]} to {families[c]} takes"
        f" {times[a, c]:g} min, but by way of {families[b]} only"
        f" {times[a, b] + times[b, c]:g} min"
        + (f"; so do {count - 1} other changes." if count > 1 else "."),
        "Shorten the direct change, or check the three times.",
        "Planned with the times as they are.",
    )


def _times(
    matrix: SetupMatrix, families: list[str]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Minutes of every change, wildcards filled in: the most exact line decides."""
    lines: dict[tuple[str | None, str | None], timedelta] = {}
    for change in matrix.changeovers:
        lines.setdefault((change.from_family, change.to_family), change.time)
    table = np.zeros((len(families), len(families)))
    for i, a in enumerate(families):
        for j, b in enumerate(families):
            if i != j:
                keys = ((a, b), (a, None), (None, b), (None, None))
                found = next((lines[key] for key in keys if key in lines), timedelta(0))
                table[i, j] = found.total_seconds() / 60
    return table


def work_centres(index: Index, findings: Findings) -> None:
    """Work centres that steps use and that have no machine."""
    staffed = {m.work_centre for m in index.snapshot.machines}
    users: dict[str, str] = {}
    known = index.names("work_centres")
    for routing in index.snapshot.routings:
        for step in routing.steps:
            if step.work_centre is not None and not step.alternatives:
                users.setdefault(step.work_centre, f"step {step.id} of routing {routing.id}")
    for centre, user in users.items():
        if centre in known and centre not in staffed:
            findings.add(
                "work_centre.empty",
                f"work_centres/{centre}",
                f"Work centre {centre} has no machine, but {user} is done there.",
                "Add its machines, or name a machine in the step.",
                effect="What is made by this routing gets no date.",
            )


def people(index: Index, findings: Findings) -> None:
    """Steps that need more people, skills or tools than there are."""
    pools = {p.id: p for p in reversed(index.snapshot.labour_pools)}
    tools = {t.id: t for t in reversed(index.snapshot.tools)}
    for routing in index.snapshot.routings:
        for step in routing.steps:
            path = f"routings/{routing.id}/steps/{step.id}"
            for need in step.labour:
                if need.pool in pools:
                    _crew(findings, path, step, need, pools[need.pool])
            for tool in step.tools:
                found = tools.get(tool.tool)
                if found is not None and tool.count > found.count:
                    findings.add(
                        "tool.too_few",
                        f"{path}/tools/{tool.tool}",
                        f"Step {step.id} needs {amount(tool.count)} of tool {tool.tool}, of which"
                        f" there are {amount(found.count)}.",
                        "Correct one of the numbers.",
                        effect="What needs this step gets no date.",
                    )


def _crew(findings: Findings, path: str, step: Step, need: LabourNeed, pool: LabourPool) -> None:
    if pool.members:
        able = [m.id for m in pool.members if need.skill is None or _has(m.skills, need.skill)]
        there, who = len(able), f"members with the skill {need.skill}" if need.skill else "members"
    elif need.skill is not None and pool.skills:
        there, who = pool.skills.get(need.skill, 0), f"people with the skill {need.skill}"
    else:
        # What a calendar's level may raise is not known to be too few.
        raised = pool.calendar is not None
        there, who = (10**9 if raised else int(pool.people)), "people"
    if need.people > there:
        findings.add(
            "labour.too_few",
            f"{path}/labour/{need.pool}",
            f"Step {step.id} needs {amount(need.people)} {who} of {pool.id}, of which there are"
            f" {there}.",
            "Add people or the skill to the pool, or need fewer.",
            effect="What needs this step gets no date.",
        )


def _has(skills: Iterable[object], skill: str) -> bool:
    return any(getattr(s, "skill", None) == skill for s in skills)


def customers(index: Index, findings: Findings) -> None:
    """Customers that belong to themselves."""
    parents = {c.id: c.parent for c in reversed(index.snapshot.customers)}
    done: set[str] = set()
    for start in parents:
        path: list[str] = []
        at: str | None = start
        while at is not None and at in parents and at not in done and at not in path:
            path.append(at)
            at = parents[at]
        if at is not None and at in path:
            ring = [*path[path.index(at) :], at]
            findings.warn(
                "customer.cycle",
                f"customers/{at}/parent",
                f"The customer {at} belongs to itself: {listed(ring, 8)}.",
                "Let one of them stand alone.",
                "Planned as if none of them had a parent.",
            )
        done.update(path)
