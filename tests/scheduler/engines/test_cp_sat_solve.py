"""What the engine promises its caller: never worse, exactly dated, no more claimed than proved."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from scheduler.engines.cp_sat import improve_window, solve_cp_sat
from scheduler.engines.cp_sat.reading import Retime
from scheduler.engines.dispatch import ranks_of
from scheduler.measures import objective
from scheduler.problem import Op, Problem, Ticks
from scheduler.schedule import Schedule, Status
from scheduler.timing import decode
from tests.problems import Bench, Way
from tests.scheduler.engines.brute_force import best_of_all, retime
from tests.scheduler.engines.instances import Job, machine_by_machine, problem_of

ORDERS = np.random.default_rng(7)


def small_shop(jobs: int = 8, machines: int = 4, seed: int = 3) -> list[Job]:
    """A job shop that takes a moment to prove."""
    random = np.random.default_rng(seed)
    shop: list[Job] = []
    for _ in range(jobs):
        route = random.permutation(machines)
        shop.append([[(int(m), int(random.integers(3, 30)))] for m in route])
    return shop


def in_order(problem: Problem) -> Schedule:
    """One job after the other."""
    every = np.arange(problem.size, dtype=np.int64)
    found = machine_by_machine(problem, every, every, np.full_like(every, -1))
    assert found is not None
    return replace(found, objective=objective(problem, found))


def test_the_result_is_never_worse_than_the_start() -> None:
    problem = problem_of(small_shop(), "makespan")
    start = in_order(problem)
    found = solve_cp_sat(problem, start, seconds=0.0, retime=machine_by_machine)
    assert found.objective == start.objective
    assert found.status is Status.FEASIBLE
    better = solve_cp_sat(problem, start, seconds=5, retime=machine_by_machine)
    assert better.objective < start.objective


def test_a_small_shop_is_solved_to_proof() -> None:
    problem = problem_of(small_shop(4, 3), "makespan")
    found = solve_cp_sat(problem, None, seconds=20, retime=machine_by_machine)
    assert found.status is Status.OPTIMAL
    assert found.bound == found.objective
    assert found.gap == 0.0


def test_levels_are_strict() -> None:
    bench = Bench(end=200)
    machine = bench.machine()
    long = bench.operation(Way(50, machine))
    short = bench.operation(Way(5, machine))
    bench.demand(long, promised=50)
    bench.demand(short, requested=5, weight=1000)
    problem = bench.problem("promised", "requested", "makespan")
    found = solve_cp_sat(problem, None, seconds=10, retime=retime)
    assert (found.status, found.objective) == (Status.OPTIMAL, (0, 50_000, 55))


def test_progress_tells_only_better_schedules_in_the_callers_thread() -> None:
    problem = problem_of(small_shop(), "makespan")
    seen: list[tuple[int, ...]] = []
    found = solve_cp_sat(
        problem,
        in_order(problem),
        seconds=5,
        retime=machine_by_machine,
        progress=lambda s: seen.append(s.objective),
    )
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] == found.objective


def test_what_progress_raises_reaches_the_caller() -> None:
    problem = problem_of(small_shop(), "makespan")

    def fail(_: Schedule) -> None:
        raise KeyError("told")

    with pytest.raises(KeyError):
        solve_cp_sat(
            problem, in_order(problem), seconds=5, retime=machine_by_machine, progress=fail
        )


def cancel_after(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def hard_problem() -> tuple[Problem, Schedule]:
    """Too large to be proved soon."""
    problem = problem_of(small_shop(20, 10), "makespan")
    return problem, in_order(problem)


def test_cancelling_ends_it_soon_with_the_best_so_far() -> None:
    problem, start = hard_problem()
    begun = time.monotonic()
    found = solve_cp_sat(
        problem, start, seconds=60, retime=machine_by_machine, cancelled=cancel_after(1.0)
    )
    assert time.monotonic() - begun < 3.0
    assert found.status is Status.CANCELLED
    assert found.objective <= start.objective


def test_the_time_limit_holds() -> None:
    problem, start = hard_problem()
    begun = time.monotonic()
    found = solve_cp_sat(problem, start, seconds=1.5, retime=machine_by_machine)
    assert time.monotonic() - begun < 2.5
    assert found.status is Status.FEASIBLE


@pytest.mark.slow
def test_with_a_deterministic_limit_results_repeat() -> None:
    problem = problem_of(small_shop(12, 6), "makespan")
    runs = [
        solve_cp_sat(
            problem,
            None,
            seconds=120,
            retime=machine_by_machine,
            seed=5,
            deterministic=0.4,
        )
        for _ in range(2)
    ]
    assert np.array_equal(runs[0].start, runs[1].start)
    assert runs[0].bound == runs[1].bound


def test_a_relaxed_problem_is_never_called_optimal() -> None:
    bench = Bench(end=100)
    bench.demand(bench.operation(Way(10, bench.machine())), requested=5)
    problem = bench.problem("requested", relaxations=("a tool was left out",))
    found = solve_cp_sat(problem, None, seconds=5, retime=retime)
    assert found.objective == (5,)
    assert found.status is Status.FEASIBLE


def contradiction() -> Bench:
    """A paint that must be on within 5 ticks, and a machine that is not free for 20."""
    bench = Bench(end=1000)
    mix = bench.operation(Way(3, bench.machine(free=[0])), fixed=(0, 0, 3))
    paint = bench.operation(Way(4, bench.machine(free=[20])))
    bench.arc(mix, paint, max_lag=5)
    bench.demand(paint, requested=10)
    return bench


def test_what_cannot_be_is_infeasible() -> None:
    found = solve_cp_sat(contradiction().problem("requested"), None, seconds=5, retime=retime)
    assert found.status is Status.INFEASIBLE
    assert (found.start == -1).all()


def test_what_the_horizon_cuts_off_is_unknown_not_infeasible() -> None:
    bench = Bench(end=15)
    machine = bench.machine()
    for _ in range(2):
        bench.demand(bench.operation(Way(10, machine)))
    found = solve_cp_sat(bench.problem("makespan"), None, seconds=5, retime=retime)
    assert found.status is Status.UNKNOWN
    assert "later" in found.provenance.steps[-1]


def test_a_start_without_all_dates_is_replaced() -> None:
    bench = Bench(end=100)
    bench.demand(bench.operation(Way(10, bench.machine())), requested=5)
    problem = bench.problem("requested")
    nowhere = np.array([100], dtype=np.int64)
    undated = Schedule(np.array([0]), np.array([-1]), nowhere, nowhere, nowhere, (95,))
    found = solve_cp_sat(problem, undated, seconds=5, retime=retime)
    assert found.objective == (5,)


def test_a_longer_plan_is_reached_beyond_the_models_end_only_without_proof() -> None:
    bench = Bench(end=400_000)
    weekly = bench.repeating(0, 480, 1440)
    machine = bench.machine()
    for number in range(70):
        bench.operation(Way(30, machine, weekly), resumable=True, previous=number * 40)
    problem = bench.problem("stability")
    order = np.arange(problem.size, dtype=np.int64)
    start = machine_by_machine(problem, order, order, np.full_like(order, -1))
    assert start is not None
    assert not solve_cp_sat(problem, start, seconds=1, retime=nothing_found).bound


def nothing_found(*_: object) -> None:
    """A kernel that finds no date."""


def test_a_kernel_without_dates_leaves_the_start() -> None:
    problem = problem_of(small_shop(4, 3), "makespan")
    start = in_order(problem)
    kernel: Retime = nothing_found
    found = solve_cp_sat(problem, start, seconds=3, retime=kernel)
    assert np.array_equal(found.start, start.start)


def test_fixed_operations_stay_where_they_are() -> None:
    bench = Bench(end=200)
    machine = bench.machine()
    running = bench.operation(Way(30, machine), fixed=(0, 10, 40))
    short, long = bench.operation(Way(10, machine)), bench.operation(Way(20, machine))
    for operation in (running, short, long):
        bench.demand(operation)
    problem = bench.problem("makespan")
    found = solve_cp_sat(problem, None, seconds=10, retime=retime)
    assert (found.start[running], found.end[running]) == (10, 40)
    assert (found.status, found.objective) == (Status.OPTIMAL, (60,))


def decode_again(problem: Problem, order: Ticks, mode: Ticks, slot: Ticks) -> Schedule:
    """The kernel's dates of a solver's sequence."""
    return decode(problem, ranks_of(order), mode, slot)


@pytest.mark.parametrize(("teardown", "begins"), [(0, 60), (5, 105)])
def test_what_is_fixed_is_cleared_away_in_open_time(teardown: int, begins: int) -> None:
    """It ends at 60, where the machine is closed until 100; the next may run at any time."""
    bench = Bench(end=400)
    hours, machine = bench.calendar((0, 50), (100, 400)), bench.machine()
    running = bench.operation(Way(40, machine, hours, teardown=teardown), fixed=(0, 10, 60))
    after = bench.operation(Way(20, machine))
    for operation in (running, after):
        bench.demand(operation)
    problem = bench.problem("makespan")
    dated = decode(problem, np.arange(problem.size))
    found = solve_cp_sat(problem, None, seconds=10, retime=decode_again)
    assert dated.start[after] == found.start[after] == begins
    assert (found.status, found.objective) == (Status.OPTIMAL, (begins + 20,))


def test_a_batch_waits_for_its_members_when_that_is_better() -> None:
    bench = Bench(end=200)
    oven = bench.machine(batch=4)
    early = bench.operation(Way(50, oven), family=0, load=2)
    late = bench.operation(Way(50, oven), family=0, load=2, release=10)
    bench.demand(early, requested=60)
    bench.demand(late, requested=60)
    found = solve_cp_sat(bench.problem("requested"), None, seconds=10, retime=retime)
    assert found.start.tolist() == [10, 10]
    assert found.status is Status.OPTIMAL


def test_people_of_a_paused_operation_help_elsewhere() -> None:
    bench = Bench(end=100)
    day = bench.repeating(0, 10, 20)
    people = bench.resource(1)
    needs = ((people, 1, 2),)
    paused = bench.operation(Way(15, bench.machine(), day, needs=needs), resumable=True)
    night = bench.operation(Way(8, bench.machine(), needs=needs), release=10)
    bench.demand(paused, requested=25)
    bench.demand(night, requested=18)
    found = solve_cp_sat(bench.problem("requested"), None, seconds=10, retime=retime)
    assert (found.status, found.objective) == (Status.OPTIMAL, (0,))


def test_a_changeover_sequence_is_proved() -> None:
    bench = Bench(end=300)
    colours = [[0, 9, 2, 0], [1, 0, 9, 0], [9, 1, 0, 0], [5, 5, 5, 0]]
    machine = bench.machine(matrix=bench.matrix(colours))
    for family in (0, 1, 2, 0):
        bench.demand(bench.operation(Way(5, machine), family=family))
    problem = bench.problem("changeover", "makespan")
    truth = best_of_all(problem)
    found = solve_cp_sat(problem, None, seconds=10, retime=retime)
    assert truth is not None
    assert (found.status, found.objective) == (Status.OPTIMAL, truth.objective)


def test_a_window_improves_the_plan_around_what_stands() -> None:
    problem = problem_of(small_shop(8, 4), "makespan")
    start = in_order(problem)
    first = problem.operations[:, Op.ORDER] < 5
    found = improve_window(
        problem, start, np.flatnonzero(first).tolist(), seconds=3, retime=machine_by_machine
    )
    assert found.objective <= start.objective
    assert found.status is Status.FEASIBLE
    assert found.bound == ()


def test_a_window_of_everything_is_as_good_as_the_whole() -> None:
    problem = problem_of(small_shop(4, 3), "makespan")
    whole = solve_cp_sat(problem, None, seconds=20, retime=machine_by_machine)
    found = improve_window(
        problem,
        in_order(problem),
        list(range(problem.size)),
        seconds=20,
        retime=machine_by_machine,
    )
    assert found.objective == whole.objective
