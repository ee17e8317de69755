"""The compiled kernel against the rules said tick by tick, on small random problems with every
feature.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.engines.dispatch import dispatch, dispatch_once
from scheduler.problem import Mode, Op, Problem, Slot
from scheduler.schedule import Schedule
from scheduler.timing import decode
from tests.problems import Bench, Way
from tests.scheduler.timing.oracle import Oracle, Placed

FEATURES = (
    "calendars",
    "setups",
    "labour",
    "tools",
    "overlap",
    "batch",
    "slots",
    "teardown",
    "lags",
    "blocks",
    "fixed",
)


def random_problem(seed: int, features: set[str], operations: int = 7) -> Problem:
    """A small problem on about 400 ticks."""
    r = np.random.default_rng(seed)
    bench = Bench(end=2000)
    calendars = [0]
    if "calendars" in features:
        for _ in range(3):
            opens = int(r.integers(0, 5))
            calendars.append(bench.repeating(opens, opens + int(r.integers(9, 20)), 30))
        calendars.append(bench.repeating(12, 25, 30))
    matrix = -1
    if "setups" in features:
        matrix = bench.matrix(r.integers(0, 7, (3, 3)).tolist())
    machines = [
        bench.machine(
            2 if "slots" in features and r.random() < 0.5 else 1,
            matrix=matrix,
            batch=3 if "batch" in features and r.random() < 0.5 else 0,
            free=None,
        )
        for _ in range(2)
    ]
    people = bench.resource((0, 2), (60, 1), (90, 2)) if "labour" in features else -1
    tool = bench.resource(1, held=True) if "tools" in features else -1
    made: list[int] = []
    for number in range(operations):
        ways = []
        for machine in r.permutation(machines)[: int(r.integers(1, 3))]:
            needs = []
            if people >= 0 and r.random() < 0.6:
                needs.append((people, int(r.integers(1, 2)), int(r.integers(1, 4))))
            if tool >= 0 and r.random() < 0.4:
                needs.append((tool, 1, 3))
            ways.append(
                Way(
                    int(r.integers(1, 9)),
                    int(machine),
                    int(r.choice(calendars)),
                    setup=int(r.integers(0, 3)) if "setups" in features else 0,
                    teardown=int(r.integers(0, 3)) if "teardown" in features else 0,
                    needs=tuple(needs),
                )
            )
        fixed = None
        if "fixed" in features and number == 0:
            cleared = int(r.integers(0, 4)) if "teardown" in features else 0
            ways = [Way(5, machines[0], teardown=cleared)]
            fixed = (0, 7, int(r.integers(10, 18)))
        before = made[-1] if made and r.random() < 0.6 and number != 1 else None
        new = bench.operation(
            *ways,
            release=0 if fixed else int(r.integers(0, 30)),
            family=-1
            if fixed
            else int(r.integers(-1, 2))
            if "setups" in features or "batch" in features
            else -1,
            resumable=bool(r.random() < 0.5),
            load=int(r.integers(1, 3)),
            fixed=fixed,
        )
        if before is not None:
            total = int(r.integers(2, 7))
            overlap = "overlap" in features and r.random() < 0.6
            most = int(r.integers(0, 12)) if "blocks" in features and r.random() < 0.6 else 2**62
            lag = int(r.integers(0, 4)) if "lags" in features else 0
            bench.arc(
                before,
                new,
                lag,
                2**62 if overlap else max(lag, most),
                int(r.integers(1, 3)) if overlap else 0,
                total,
            )
        made.append(new)
    bench.demand(*made, requested=40)
    return bench.problem("requested", "makespan")


def plan_of(schedule: Schedule) -> dict[int, Placed]:
    columns = (schedule.mode, schedule.slot, schedule.setup, schedule.start, schedule.end)
    return {o: Placed(*map(int, row)) for o, row in enumerate(zip(*columns, strict=True))}


def ranks(problem: Problem, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(problem.size).astype(np.int64)


features = st.sets(st.sampled_from(FEATURES))


@given(st.integers(0, 10**6), features, st.booleans())
def test_every_decoded_schedule_holds_every_rule(seed: int, used: set[str], gaps: bool) -> None:
    problem = random_problem(seed, used)
    schedule = decode(problem, ranks(problem, seed), gaps=gaps)
    plan = plan_of(schedule)
    dated = {o: x for o, x in plan.items() if x.start < problem.end}
    assert Oracle(problem).breaches(dated) == []


@given(st.integers(0, 10**6), features)
def test_every_dispatched_schedule_holds_every_rule(seed: int, used: set[str]) -> None:
    problem = random_problem(seed, used)
    plan = plan_of(dispatch_once(problem, 3.0))
    dated = {o: x for o, x in plan.items() if x.start < problem.end}
    assert Oracle(problem).breaches(dated) == []


@given(
    st.integers(0, 10**6),
    st.sets(st.sampled_from([f for f in FEATURES if f not in ("blocks", "batch")])),
)
def test_nothing_could_have_started_sooner_behind_what_was_placed_before(
    seed: int, used: set[str]
) -> None:
    problem = random_problem(seed, used, operations=6)
    schedule = decode(problem, ranks(problem, seed))
    plan, oracle = plan_of(schedule), Oracle(problem)
    placed: dict[int, Placed] = {
        o: x for o, x in plan.items() if problem.operations[o, Op.FIXED_START] >= 0
    }
    for operation in _order(problem, seed):
        found = plan[operation]
        if operation in placed or found.start >= problem.end:
            continue
        sooner = _sooner(problem, oracle, placed, operation, found)
        assert sooner is None, (operation, sooner, found)
        placed[operation] = found


def _order(problem: Problem, seed: int) -> list[int]:
    """The order in which decoding places: lowest rank first among those whose predecessors are
    placed.
    """
    rank, done = ranks(problem, seed), set[int]()
    order: list[int] = []
    while len(order) < problem.size:
        ready = [
            o
            for o in range(problem.size)
            if o not in done and all(int(problem.arcs[a, 0]) in done for a in problem.arcs_into(o))
        ]
        order.append(min(ready, key=lambda o: rank[o]))
        done.add(order[-1])
    return order


def _sooner(
    problem: Problem, oracle: Oracle, placed: dict[int, Placed], operation: int, found: Placed
) -> Placed | None:
    """An end of its machine before the one found, behind everything on the slot, in any mode and
    slot.
    """
    limit = oracle.until(found)
    for mode in problem.modes_of(operation):
        for slot in problem.slots_of(int(problem.modes[mode, Mode.MACHINE])):
            last = max(
                (x for x in placed.values() if x.slot == slot), key=lambda x: x.start, default=None
            )
            state = _state(problem, placed, slot)
            low = 0 if last is None else last.start
            for start in range(low, found.start + 40):
                x = oracle.place(operation, mode, slot, start, state)
                if x is None or oracle.until(x) >= limit:
                    continue
                if not oracle.breaches({**placed, operation: x}):
                    return x
    return None


def _state(problem: Problem, placed: dict[int, Placed], slot: int) -> int:
    state = int(problem.slots[slot, Slot.STATE])
    for o, x in sorted(placed.items(), key=lambda pair: pair[1].start):
        if x.slot == slot and problem.operations[o, Op.FAMILY] >= 0:
            state = int(problem.operations[o, Op.FAMILY])
    return state


def test_retiming_a_schedule_never_makes_it_later() -> None:
    from scheduler.timing import retime

    for seed in range(40):
        problem = random_problem(seed, {"calendars", "setups", "teardown", "lags"})
        schedule = decode(problem, ranks(problem, seed), gaps=True)
        again = retime(problem, schedule)
        assert (again.end <= schedule.end).all()


@pytest.mark.parametrize("feature", FEATURES)
def test_each_feature_alone_decodes(feature: str) -> None:
    for seed in range(20):
        problem = random_problem(seed, {feature})
        plan = plan_of(decode(problem, ranks(problem, seed), gaps=True))
        assert (
            Oracle(problem).breaches({o: x for o, x in plan.items() if x.start < problem.end}) == []
        )


def test_a_maximum_lag_holds_between_operations_that_follow_started_work() -> None:
    """The last step's machine opens at 200: the step before it waits, the started one cannot."""
    bench = Bench(end=1000)
    late = bench.calendar((200, 1000))
    first, second, third = (bench.machine() for _ in range(3))
    running = bench.operation(Way(10, first), fixed=(0, 0, 10))
    middle = bench.operation(Way(10, second))
    last = bench.operation(Way(10, third, late))
    bench.arc(running, middle, 0, 50, 0, 0)
    bench.arc(middle, last, 0, 5, 0, 0)
    bench.demand(last, requested=40)
    problem = bench.problem("requested", "makespan")
    for schedule in (decode(problem, np.arange(3)), dispatch_once(problem, 3.0)):
        assert (schedule.start[running], schedule.end[running]) == (0, 10)
        assert (schedule.start[last], schedule.end[middle]) == (200, 195)


def test_what_must_follow_started_work_goes_before_all_else() -> None:
    bench = Bench(end=1000)
    machine = bench.machine()
    others = [bench.operation(Way(30, machine)) for _ in range(5)]
    running = bench.operation(Way(10, bench.machine()), fixed=(0, 0, 10))
    after = bench.operation(Way(10, machine))
    bench.arc(running, after, 0, 5, 0, 0)
    for operation in (*others, after):
        bench.demand(operation, requested=10)
    problem = bench.problem("requested", "makespan")
    for schedule in (dispatch_once(problem, 3.0), dispatch(problem, prefer=True)):
        assert schedule.start[after] == 10
