"""Solve: the one entry. A snapshot in; a plan with its dates, reasons and figures out.

``plan`` nets and builds, takes the dispatched plan, lets the engines improve it for as long as it
is given, and tells the result in rows. Pure: what is read and written is the caller's business.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from scheduler.build import Built, build, horizon_of
from scheduler.engines.coarse import coarser, common_tick, scaled
from scheduler.engines.cp_sat import solve_cp_sat
from scheduler.engines.dispatch import GRID, dispatch, dispatch_once, ranks_of
from scheduler.engines.search import search
from scheduler.explain import reasons
from scheduler.factory.check import check as check_data
from scheduler.factory.zones import zone_of
from scheduler.findings import Finding, Findings
from scheduler.frames import PromiseRow, kpis, load, promises, rows
from scheduler.horizon import NEVER
from scheduler.measures import undated
from scheduler.network import build_network
from scheduler.outdated import Closed, name_outdated, outdated, to_close
from scheduler.policy import Alternatives, Policy
from scheduler.problem import DemandCol, Mode, Op, Problem, Ticks
from scheduler.schedule import PlanRow, Schedule, Status
from scheduler.spoilage import spoilt, without
from scheduler.timing import decode

if TYPE_CHECKING:
    import numpy as np

    from scheduler.factory import Snapshot
    from scheduler.network.model import Network

SEARCH_SHARE = 0.2
"""Part of the time that small plans are searched before the whole CP-SAT model takes over."""
LONGEST = timedelta(days=365 * 20)
MARGIN = timedelta(days=400)
GROWTH = 4
VERSION_ROUNDS = 6
"""Times that orders are netted again because they came to start after the end of a routing."""
MANY = 30_000
"""Operations from which the first plan tries few rules, so that it is there in seconds."""
Progress = Callable[[Schedule], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A feasible plan and what it says to whom.

    Parameters
    ----------
    rows
        One per operation that people see.
    promises
        One per demand: three dates, never mixed, and the reason of lateness.
    findings
        Everything wrong or assumed, of data, network and building.
    kpis
        Figures as plain numbers.
    """

    snapshot: Snapshot
    policy: Policy
    network: Network
    built: Built
    schedule: Schedule
    rows: list[PlanRow] = field(default_factory=list)
    promises: list[PromiseRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    kpis: dict[str, object] = field(default_factory=dict)


def check(snapshot: Snapshot, policy: Policy | None = None) -> list[Finding]:
    """Everything that is wrong with the data, without planning it: references, structure, what fits
    nowhere.
    """
    policy = policy or Policy()
    findings = Findings()
    findings.extend(check_data(snapshot))
    network = build_network(snapshot, policy)
    findings.extend(network.findings)
    findings.extend(
        build(
            snapshot, network, horizon_of(snapshot, _first_length(snapshot, policy), policy), policy
        ).findings
    )
    return list(findings)


def plan(
    snapshot: Snapshot,
    policy: Policy | None = None,
    *,
    seconds: float = 20.0,
    seed: int = 0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Plan:
    """A plan and a date for every demand that can have one.

    Parameters
    ----------
    seconds
        Wall-clock time for improving; the first plan is there in a fraction of it. 0: the first
        plan.
    seed
        Of the random choices; plans of one seed differ only by how far the clock let them come.
    progress
        Told every better schedule.
    cancelled
        Asked now and then; True ends the work with the best so far.
    """
    policy = policy or Policy()
    findings = Findings()
    findings.extend(check_data(snapshot))
    network, built, first = first_plan(snapshot, policy, findings)
    schedule = improve(
        built.problem,
        first,
        seconds=seconds,
        seed=seed,
        policy=policy,
        progress=progress,
        cancelled=cancelled,
    )
    if _overdue(snapshot, network, built, first, schedule):
        schedule = first
    return finished(snapshot, policy, network, built, schedule, findings)


def _overdue(
    snapshot: Snapshot, network: Network, built: Built, first: Schedule, better: Schedule
) -> bool:
    """Whether a schedule uses goods past their date, or starts more orders past the end of their
    routing than the first: no gain elsewhere is worth that.
    """
    ended, now = (len(outdated(snapshot, network, built, s)) for s in (first, better))
    return now > ended or bool(spoilt(network, built, better))


def first_plan(
    snapshot: Snapshot, policy: Policy, findings: Findings
) -> tuple[Network, Built, Schedule]:
    """Network, problem and dispatched schedule in which no lot is used past its date, and (as far
    as a few rounds bring it) no order starts after the end of its routing.
    """
    stocked = snapshot
    closed: Closed = frozenset()
    rounds = VERSION_ROUNDS
    while True:
        with collector_paused():
            network = build_network(stocked, policy, closed)
        built, first = build_to_fit(stocked, network, policy)
        lots = spoilt(network, built, first)
        late = to_close(stocked, network, built, first) if rounds and not lots else frozenset()
        if not lots and late <= closed:
            return network, built, first
        if lots:
            stocked = without(stocked, lots, findings)
        else:
            closed, rounds = closed | late, rounds - 1


@contextmanager
def collector_paused() -> Iterator[None]:
    """No search for cyclic garbage in between.

    A network and a problem are millions of small objects that all stay. The collector walks all of
    them again each time they have grown by a quarter, finds nothing, and takes as long as the work
    itself. Whatever is dropped on the way is freed by its count of references as always.
    """
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def finished(
    snapshot: Snapshot,
    policy: Policy,
    network: Network,
    built: Built,
    schedule: Schedule,
    findings: Findings,
) -> Plan:
    """A schedule told in rows, promises, reasons and figures."""
    findings.extend(network.findings)
    findings.extend(built.findings)
    without = _without_date(snapshot, built, schedule, findings)
    built = replace(
        built,
        undated=built.undated | without,
        unplanned=built.unplanned | without.keys() | _without_place(built, schedule),
    )
    name_outdated(snapshot, network, built, schedule, findings)
    with collector_paused():
        why = reasons(snapshot, network, built, schedule)
        lines = promises(snapshot, network, built, schedule, why)
        shown = rows(built, schedule)
    _name_unacceptable(snapshot, lines, findings)
    figures: dict[str, object] = dict(kpis(built, schedule, lines, load(built, schedule, snapshot)))
    return Plan(snapshot, policy, network, built, schedule, shown, lines, list(findings), figures)


def _name_unacceptable(snapshot: Snapshot, lines: list[PromiseRow], findings: Findings) -> None:
    """Demands that are planned after the latest date their customer accepts."""
    zones = {plant.id: zone_of(plant.time_zone) for plant in snapshot.plants}
    for line in lines:
        if line.past_latest and line.planned is not None:
            planned = line.planned.astimezone(zones.get(line.plant))
            findings.warn(
                "demand.after_latest",
                f"demands/{line.demand}/latest",
                f"{line.demand} ({line.item}) is planned for {planned:%a %d %b %Y %H:%M},"
                f" {line.reason}.",
                "Ask the customer for a later date, or gain time where it waits"
                f" (truedate explain {line.demand}).",
                "It stays in the plan and takes its capacity.",
            )


def build_to_fit(snapshot: Snapshot, network: Network, policy: Policy) -> tuple[Built, Schedule]:
    """The problem on a horizon long enough for all of its work (up to 20 years), and its dispatched
    schedule.
    """
    length = _first_length(snapshot, policy)
    prefer = policy.alternatives is Alternatives.PRIORITY
    while True:
        with collector_paused():
            built = build(snapshot, network, horizon_of(snapshot, length, policy), policy)
        # One rule tells whether the horizon is long enough; the others are tried once it is.
        first = dispatch_once(built.problem, GRID[2])
        if (
            policy.horizon is not None
            or length >= LONGEST
            or not undated(built.problem, first).any()
        ):
            best = dispatch(built.problem, grid=_grid(built.problem), prefer=prefer)
            return built, best if prefer or best.objective < first.objective else first
        length = min(LONGEST, length * GROWTH)


def _grid(problem: Problem) -> tuple[float, ...]:
    """Rules to try: all of them, or two where each costs a second."""
    return GRID if problem.size <= MANY else (GRID[0], GRID[5])


def _first_length(snapshot: Snapshot, policy: Policy) -> timedelta:
    """From now to a good year after the last date anybody named: longer calendars cost little."""
    if policy.horizon is not None:
        return policy.horizon
    latest = snapshot.now
    moments: list[date | datetime | None] = [d.requested for d in snapshot.demands]
    moments += [d.promised for d in snapshot.demands] + [d.earliest for d in snapshot.demands]
    moments += [r.due for r in snapshot.receipts]
    for moment in moments:
        if isinstance(moment, datetime):
            latest = max(latest, moment)
        elif moment is not None:
            latest = max(
                latest, datetime(moment.year, moment.month, moment.day, tzinfo=snapshot.now.tzinfo)
            )
    return latest - snapshot.now + MARGIN


def improve(
    problem: Problem,
    first: Schedule,
    *,
    seconds: float,
    seed: int = 0,
    policy: Policy | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Schedule:
    """The best schedule found in the time, from ``first`` on: search, and for small plans the whole
    CP-SAT model.
    """
    policy = policy or Policy()
    if progress is not None:
        progress(first)
    best, begun = first, perf_counter()
    prefer = policy.alternatives is Alternatives.PRIORITY
    small = 0 < problem.size <= policy.whole_model_operations and not prefer
    if seconds > 0 and policy.improve_locally and problem.size:
        share = SEARCH_SHARE if small else 1.0
        best = search(
            problem,
            best,
            seconds=seconds * share,
            seed=seed,
            prefer=prefer,
            progress=progress,
            cancelled=cancelled,
        )
    left = seconds - (perf_counter() - begun)
    if (
        small
        and left > 0
        and not (cancelled is not None and cancelled())
        and not undated(problem, best).any()
    ):
        best = proved(
            problem, best, seconds=left, seed=seed, progress=progress, cancelled=cancelled
        )
        left = seconds - (perf_counter() - begun)
        if best.status is Status.FEASIBLE and left > 0:
            # The model is done but has not proved its answer for the exact rules: the rest of the
            # time is for those.
            best = keep_bound(
                best,
                search(
                    problem,
                    best,
                    seconds=left,
                    seed=seed + 1,
                    progress=progress,
                    cancelled=cancelled,
                ),
            )
    best = replace(
        best, provenance=replace(best.provenance, seed=seed, seconds=perf_counter() - begun)
    )
    if cancelled is not None and cancelled() and best.status is not Status.OPTIMAL:
        return best.with_status(Status.CANCELLED)
    return best


def keep_bound(before: Schedule, after: Schedule) -> Schedule:
    """``after`` with what was proved before it was found (a bound of the first level holds for
    every schedule).
    """
    same = after.objective == before.objective
    return replace(after, bound=before.bound if same else before.bound[:1])


def proved(
    problem: Problem,
    start: Schedule,
    *,
    seconds: float,
    seed: int,
    progress: Progress | None,
    cancelled: Cancelled | None,
) -> Schedule:
    """The whole CP-SAT model from ``start`` on, in the coarsest ticks that change nothing."""
    factor = common_tick(problem)

    def tell(schedule: Schedule) -> None:
        if progress is not None:
            progress(scaled(schedule, factor, finer=True))

    found = solve_cp_sat(
        coarser(problem, factor) if factor > 1 else problem,
        scaled(start, factor, finer=False),
        seconds=seconds,
        seed=seed,
        retime=retimed,
        progress=tell,
        cancelled=cancelled,
    )
    return scaled(found, factor, finer=True)


def retimed(problem: Problem, order: Ticks, mode: Ticks, slot: Ticks) -> Schedule | None:
    """The exact kernel as CP-SAT asks for it; None when something found no place before the end."""
    # Fixed operations are placed before all others, so what runs before them runs in a gap.
    gaps = bool((problem.operations[:, Op.FIXED_START] >= 0).any())
    found = decode(problem, ranks_of(order), mode, slot, gaps=gaps, engine="cp_sat")
    return None if undated(problem, found).any() else found


def solve(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 0,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Schedule:
    """A schedule of bare tables: what the benchmarks call, by the same engines."""
    return improve(
        problem,
        dispatch(problem),
        seconds=seconds,
        seed=seed,
        progress=progress,
        cancelled=cancelled,
    )


def _without_place(built: Built, schedule: Schedule) -> frozenset[str]:
    """Orders, transfers and demands with an operation that found no place before the calendars
    end.
    """
    late = undated(built.problem, schedule).tolist()
    return frozenset(name.order for name, no in zip(built.operations, late, strict=True) if no)


def _without_date(
    snapshot: Snapshot, built: Built, schedule: Schedule, findings: Findings
) -> dict[str, str]:
    """Demands whose work found no place before the end of the calendars, with the reason."""
    problem = built.problem
    late = undated(problem, schedule)
    if not late.any():
        return {}
    found: dict[str, str] = {}
    for index, demand in enumerate(built.demands):
        row = problem.demands[index]
        last = problem.demand_operations[row[DemandCol.OP_FROM] : row[DemandCol.OP_TO]]
        if late[last].any() or row[DemandCol.FLOOR] >= NEVER:
            found[demand] = _why_no_date(
                snapshot, built, late, [int(o) for o in last if late[o]], findings
            )
    return found


def _why_no_date(
    snapshot: Snapshot,
    built: Built,
    late: np.ndarray[tuple[int], np.dtype[np.bool_]],
    front: list[int],
    findings: Findings,
) -> str:
    """The first operation, going back from the delivery, that found no place of its own."""
    problem = built.problem
    operation = front[0]
    while True:
        before = [int(problem.arcs[a, 0]) for a in problem.arcs_into(operation)]
        blocked = [b for b in before if late[b]]
        if not blocked:
            break
        operation = blocked[0]
    ended = _calendar_that_ends(snapshot, built, operation)
    name = built.operations[operation]
    what = f"step {name.step} of {name.order}" if name.step else name.order
    if ended is None:
        reason = f"{what} finds no capacity before {built.horizon.end:%d %b %Y}"
        findings.add(
            "plan.beyond_horizon",
            f"orders/{name.order}",
            f"{reason[0].upper()}{reason[1:]}.",
            "Plan a longer horizon, or add capacity.",
            effect="What needs it gets no date.",
        )
        return reason
    return f"calendar {ended[0]} of {what} is only known until {ended[1]}"


def _calendar_that_ends(snapshot: Snapshot, built: Built, operation: int) -> tuple[str, str] | None:
    """A calendar given day by day that ends before the horizon, among those of the operation's
    machines and plant.
    """
    name = built.operations[operation]
    problem = built.problem
    plant = next((p for p in snapshot.plants if p.id == name.plant), None)
    wanted: set[str | None] = (
        set()
        if plant is None
        else {
            plant.calendar,
            plant.site_calendar,
            plant.shipping_calendar,
            plant.receiving_calendar,
        }
    )
    if built.context is not None:
        hours, choices = built.context
        for mode in problem.modes_of(operation):
            machine = int(problem.modes[mode, Mode.MACHINE])
            if machine >= 0:
                wanted.add(hours.calendar_of(choices.machines[machine]))
    for calendar in snapshot.calendars:
        until = calendar.last_day
        if calendar.id in wanted and until is not None:
            zone = zone_of(plant.time_zone) if plant is not None else None
            day = until.astimezone(zone).date() if isinstance(until, datetime) else until
            return calendar.id, day.isoformat()
    return None


__all__ = ["Op", "Plan", "check", "improve", "plan", "solve"]
