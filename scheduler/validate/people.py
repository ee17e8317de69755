"""People and tools: never more in use than are there, and only people who can do it."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory import Phase
from scheduler.validate.codes import Code
from scheduler.validate.loads import LONG_AGO, Use, first_per_task, levels_of, overloads
from scheduler.validate.openings import is_within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.factory import LabourNeed, LabourPool, Tool, ToolNeed, Worker
    from scheduler.findings import Finding
    from scheduler.validate.loads import Overload, Steps
    from scheduler.validate.plan import Plan
    from scheduler.validate.tasks import Task


def phase_of(task: Task, phase: Phase) -> tuple[int, int]:
    """From when to when something is needed."""
    start = task.start if phase is Phase.RUN else task.setup
    return start, task.start if phase is Phase.SETUP else task.end


def crews_are_whole(plan: Plan) -> Iterator[Finding]:
    """As many people are named as the step needs from pools planned by name, each once.

    |workers| = Σ_{needs of named pools} people
    """
    for task in plan.tasks:
        wanted = sum(int(need.people) for need, _ in named_needs(plan, task))
        named = task.row.workers
        if len(named) != wanted or len(set(named)) != len(named):
            yield plan.about(
                Code.CREW,
                task,
                f"{task.name} needs {wanted} people by name, but"
                f" {', '.join(named) or 'nobody'} is planned.",
            )


def named_needs(plan: Plan, task: Task) -> list[tuple[LabourNeed, LabourPool]]:
    """Needs of a task that are met by people named in the plan."""
    pools = ((need, plan.pools.get(need.pool)) for need in task.step.labour)
    return [(need, pool) for need, pool in pools if pool is not None and pool.members]


def people_are_qualified(plan: Plan) -> Iterator[Finding]:
    """Everybody named is of the pool and has the skill on the day: a matching of people to needs
    exists.
    """
    for task in plan.tasks:
        needs = named_needs(plan, task)
        places = [place for need, pool in needs for place in [(need, pool)] * int(need.people)]
        if len(places) != len(task.row.workers) or task.started:
            continue
        able = [
            [n for n, (need, pool) in enumerate(places) if can_do(plan, task, name, need, pool)]
            for name in task.row.workers
        ]
        if not matching(able):
            skills = ", ".join(need.skill or need.pool for need, _ in needs)
            yield plan.about(
                Code.NOT_QUALIFIED,
                task,
                f"{task.name} needs {skills} at {plan.at(task.start, task.order.plant)}, which"
                f" {', '.join(task.row.workers)} cannot do.",
            )


def can_do(plan: Plan, task: Task, name: str, need: LabourNeed, pool: LabourPool) -> bool:
    """Whether a person is of the pool and has the skill at the start of the task."""
    worker = next((worker for worker in pool.members if worker.id == name), None)
    return worker is not None and (
        need.skill is None or has_skill(plan, worker, need.skill, task.start, pool.plant)
    )


def has_skill(plan: Plan, worker: Worker, skill: str, tick: int, plant: str) -> bool:
    """Whether a person has a skill on a day."""
    moment, zone = plan.horizon.moment(tick), plan.zone(plant)
    return any(
        level.skill == skill and is_within(moment, level.effective_from, level.effective_to, zone)
        for level in worker.skills
    )


def matching(able: Sequence[Sequence[int]]) -> bool:
    """Whether everybody gets a place of those they can fill (augmenting paths; crews are small)."""
    holder: dict[int, int] = {}

    def seat(person: int, tried: set[int]) -> bool:
        for place in able[person]:
            if place not in tried:
                tried.add(place)
                if place not in holder or seat(holder[place], tried):
                    holder[place] = person
                    return True
        return False

    return all(seat(person, set()) for person in range(len(able)))


def people_do_one_thing_at_a_time(plan: Plan) -> Iterator[Finding]:
    """A named person works on one operation at a time; in its breaks they are free."""
    uses: dict[str, list[Use]] = defaultdict(list)
    for task in plan.tasks:
        for phase in {need.phase for need, _ in named_needs(plan, task)}:
            for start, end in task.pieces(*phase_of(task, phase)):
                for name in task.row.workers:
                    uses[name].append(Use(start, end, Fraction(1), task))
    for name, used in uses.items():
        for over in first_per_task(overloads(used, [(LONG_AGO, Fraction(1))])):
            if len({id(task) for task in over.users}) > 1:
                yield plan.about(
                    Code.WORKER_OVERLAP,
                    over.latest,
                    f"{name} works on {over.users[0].name} at"
                    f" {plan.at(over.start, over.latest.order.plant)} and cannot do"
                    f" {over.latest.name} as well.",
                    over.users,
                )


def pools_are_not_overdrawn(plan: Plan) -> Iterator[Finding]:
    """At every worked tick no more people of a pool are at work than are there; setters count as
    people.

    Σ_{tasks worked at t} people ≤ level(t)
    """
    for pool_id, used in people_uses(plan).items():
        pool = plan.pools[pool_id]
        for over in first_per_task(overloads(used, people_there(plan, pool, used))):
            yield short(plan, Code.PEOPLE_SHORT, over, f"of {pool.id}", pool.plant)


def people_uses(plan: Plan) -> dict[str, list[Use]]:
    """Who is at work when, by pool: needs of steps, named people, and setters of machines."""
    uses: dict[str, list[Use]] = defaultdict(list)
    for task in plan.tasks:
        for need in task.step.labour:
            if need.pool in plan.pools:
                uses[need.pool] += worked_uses(task, need.phase, Fraction(need.people))
        machine = task.machine
        if machine is not None and machine.setup_pool in plan.pools:
            people = Fraction(machine.setup_people)
            uses[machine.setup_pool or ""] += worked_uses(task, Phase.SETUP, people)
    return uses


def worked_uses(task: Task, phase: Phase, amount: Fraction) -> list[Use]:
    """People are in use while the operation is worked, and free in its breaks."""
    return [Use(a, b, amount, task) for a, b in task.pieces(*phase_of(task, phase))]


def people_there(plan: Plan, pool: LabourPool, used: Sequence[Use]) -> Steps:
    """How many people of a pool there are while it is used."""
    if not used:
        return []
    start, end = min(use.start for use in used), max(use.end for use in used)
    if pool.members:
        openings = [plan.worker_openings(worker, pool) for worker in pool.members]
    else:
        openings = [plan.pool_openings(pool)]
    return levels_of(openings, start, end)


def skills_are_not_overdrawn(plan: Plan) -> Iterator[Finding]:
    """Of a counted pool, no more people with a skill are at work than have it."""
    uses: dict[tuple[str, str], list[Use]] = defaultdict(list)
    for task in plan.tasks:
        for need in task.step.labour:
            pool = plan.pools.get(need.pool)
            if pool is not None and not pool.members and need.skill is not None:
                used = worked_uses(task, need.phase, Fraction(need.people))
                uses[need.pool, need.skill] += used
    for (pool_id, skill), used in uses.items():
        pool = plan.pools[pool_id]
        levels = [(LONG_AGO, Fraction(pool.skills.get(skill, 0)))]
        for over in first_per_task(overloads(used, levels)):
            yield short(plan, Code.SKILL_SHORT, over, f"of {pool.id} for {skill}", pool.plant)


def short(plan: Plan, code: Code, over: Overload, what: str, plant: str) -> Finding:
    """More is in use than there is."""
    return plan.about(
        code,
        over.latest,
        f"{float(over.used):g} {what} are needed at {plan.at(over.start, plant)} with"
        f" {over.latest.name}, but {float(over.level):g} are there.",
        over.users,
    )


def tools_are_not_overdrawn(plan: Plan) -> Iterator[Finding]:
    """A tool is held from the start of setup or run to the end, breaks included.

    One that stays with the order is held from the first such step's setup to the last one's end.

        Σ_{holders at t} count ≤ level(t)        at every t at which one of the holders works
    """
    for tool_id, used in tool_uses(plan).items():
        tool = plan.tools[tool_id]
        for over in first_per_task(overloads(used, tools_there(plan, tool, used))):
            if any(works(task, over) for task in of_the_holders(plan, over)):
                yield short(plan, Code.TOOL_SHORT, over, f"of tool {tool.id}", tool.plant)


def of_the_holders(plan: Plan, over: Overload) -> Iterator[Task]:
    """Operations of the orders that hold a tool."""
    for order in {task.order.id for task in over.users}:
        yield from plan.tasks_of_order[order]


def works(task: Task, over: Overload) -> bool:
    """Whether an operation is worked during an overload."""
    return bool(task.pieces(max(task.setup, over.start), min(task.end, over.end)))


def tools_there(plan: Plan, tool: Tool, used: Sequence[Use]) -> Steps:
    """How many of a tool there are while it is used."""
    if not used:
        return []
    start, end = min(use.start for use in used), max(use.end for use in used)
    return levels_of([plan.tool_openings(tool)], start, end)


def tool_uses(plan: Plan) -> dict[str, list[Use]]:
    """Who holds how many of each tool when."""
    uses: dict[str, list[Use]] = defaultdict(list)
    spans: dict[tuple[str, str], list[tuple[ToolNeed, Task]]] = defaultdict(list)
    for task in plan.tasks:
        for need in task.step.tools:
            if need.tool not in plan.tools:
                continue
            if need.whole_order:
                spans[task.order.id, need.tool].append((need, task))
            else:
                start, end = phase_of(task, need.phase)
                uses[need.tool].append(Use(start, end, Fraction(need.count), task))
    for (_, tool), held in spans.items():
        start, end = min(t.setup for _, t in held), max(t.end for _, t in held)
        most = max(Fraction(need.count) for need, _ in held)
        uses[tool].append(Use(start, end, most, min((t for _, t in held), key=lambda t: t.setup)))
    return uses


RULES = (
    crews_are_whole,
    people_are_qualified,
    people_do_one_thing_at_a_time,
    pools_are_not_overdrawn,
    skills_are_not_overdrawn,
    tools_are_not_overdrawn,
)
