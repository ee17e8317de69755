"""Tables of public instances: every derived column says what the instance says."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.checkers import Placed, check_rows
from benchmarks.formats import Format, InstanceError, text_of
from benchmarks.instances import Instance
from benchmarks.readers import READERS, read
from benchmarks.schedules import rows_of_schedule
from benchmarks.stocks import modes_that_fit
from benchmarks.to_problem import Translated, obeys_triangle, problem_of
from scheduler.problem import NEVER, Arc, DemandCol, Machine, Mode, Op, Slot
from scheduler.timing import decode
from tests.benchmarks.shops import PROJECT, TEXTS
from tests.conftest import SHARED

DATA = SHARED / "data" / "benchmarks"


def small(kind: Format) -> Instance:
    return READERS[kind]("small", TEXTS[kind])


def tables(kind: Format) -> Translated:
    return problem_of(small(kind))


def test_arcs_can_be_walked_from_both_ends() -> None:
    problem = tables(Format.FAJSP).problem
    into = [[int(problem.arcs[a, Arc.PRED]) for a in problem.arcs_into(o)] for o in range(4)]
    out = [[int(problem.arcs[a, Arc.SUCC]) for a in problem.arcs_out_of(o)] for o in range(4)]
    assert into == [[], [0], [0], [1, 2]]
    assert out == [[1, 2], [3], [3], []]


def test_tails_are_the_longest_way_to_the_end_in_shortest_modes() -> None:
    assert tables(Format.FAJSP).problem.operations[:, Op.TAIL].tolist() == [8, 4, 6, 1]


def test_due_dates_are_those_of_the_job_and_nothing_is_due_for_the_makespan() -> None:
    late = tables(Format.TARDINESS).problem
    assert late.operations[:, Op.DUE].tolist() == [4, 4, 5, 5]
    assert late.demands[:, DemandCol.REQUESTED].tolist() == [4, 5]
    assert late.demand_operations.tolist() == [1, 3]
    assert set(tables(Format.JSP).problem.operations[:, Op.DUE].tolist()) == {NEVER}


def test_every_operation_is_a_block_of_its_own() -> None:
    problem = tables(Format.FJSP).problem
    assert [problem.block(b).tolist() for b in range(4)] == [[0], [1], [2], [3]]


def test_a_project_is_one_demand_delivered_by_its_sink() -> None:
    problem = tables(Format.RCPSP).problem
    assert problem.demand_operations.tolist() == [3]
    assert [problem.needs[n].tolist() for n in problem.needs_of(1)] == [[0, 2, 2]]


def test_modes_that_could_overdraw_a_stock_are_left_out_and_said() -> None:
    translated = tables(Format.MMRCPSP)
    kept = translated.instance.number[translated.mode_of].tolist()
    assert kept == [1, 2, 1, 1]
    assert "1 modes are left out" in translated.problem.relaxations[0]


def test_a_project_whose_stock_never_suffices_is_refused() -> None:
    requests = "  1 1 0 0 0\n  2 1 3 2 9\n    2 6 1 8\n  3 1 4 2 2\n  4 1 0 0 0"
    text = PROJECT.format(stocks=1, modes=2, requests=requests, levels="  3  4")
    with pytest.raises(InstanceError, match="no choice of modes"):
        modes_that_fit(READERS[Format.MMRCPSP]("dry", text))


def test_a_cycle_is_refused() -> None:
    text = "2 2 1\n0 1\n1 0\n1 0 2\n1 0 3\n"
    with pytest.raises(InstanceError, match="cycle"):
        problem_of(READERS[Format.FAJSP]("ring", text))


def test_a_fixed_print_cuts_its_machine_in_two_and_leaves_room_for_its_setup() -> None:
    """Operation 2 on machine 2 needs 3 ticks less than the cut.

    Size 1 and colour 2 change after it.
    """
    problem = tables(Format.PRINTING).problem
    fixed = problem.operations[2]
    assert (fixed[Op.FIXED_START], fixed[Op.FIXED_END]) == (40, 46)
    assert problem.modes[fixed[Op.FIXED_MODE], Mode.MACHINE] == -1
    parts = [m for m in range(3) if problem.machines[m, Machine.MATRIX] == 1]
    assert [problem.slots[m, Slot.FREE] for m in parts] == [0, 46]
    ways = [m for m in problem.modes_of(1) if problem.modes[m, Mode.MACHINE] in parts]
    last = [problem.calendar(problem.modes[m, Mode.CALENDAR])[-1, 1] for m in ways]
    assert last == [40 - 1 - 2, problem.end]


def test_a_fixed_print_that_leaves_no_time_for_its_setup_is_refused() -> None:
    text = TEXTS[Format.PRINTING].replace('"starting": 40', '"starting": 4')
    with pytest.raises(InstanceError, match="fixed at 4, before its setup of 5"):
        problem_of(READERS[Format.PRINTING]("early", text))


def test_an_overlap_is_two_batches_and_the_plan_is_not_called_optimal() -> None:
    problem = tables(Format.PRINTING).problem
    assert problem.arcs[0, [Arc.TRANSFER, Arc.TOTAL]].tolist() == [1, 2]
    assert "overlap" in problem.relaxations[0]


def test_setups_of_a_print_depend_on_the_direction_of_the_size() -> None:
    """Families sorted by size, colour, varnish: (1,1,1), (1,2,1), (2,1,1)."""
    instance = small(Format.PRINTING)
    assert instance.setups[0].tolist() == [[0, 1, 3, 0], [1, 0, 4, 0], [2, 3, 0, 0], [5, 5, 5, 0]]


def test_the_triangle_of_setups_counts_the_run_between() -> None:
    assert obeys_triangle(small(Format.FJSP_SDST))
    far = TEXTS[Format.FJSP_SDST].replace("0 2 3 2", "0 2 3 99")
    assert not obeys_triangle(READERS[Format.FJSP_SDST]("far", far))


@pytest.mark.parametrize("kind", list(Format))
def test_what_the_kernel_dates_the_checker_accepts(kind: Format) -> None:
    translated = tables(kind)
    schedule = decode(translated.problem, np.arange(translated.problem.size))
    rows = rows_of_schedule(translated, schedule)
    assert rows is not None
    assert check_rows(TEXTS[kind], kind, [Placed(*row) for row in rows]).faults == []


PUBLIC = (
    "jsp/la/la16.txt",
    "fjsp/mk/mk08.fjs",
    "fjsp/birgin-fajsp/YFJS08.txt",
    "fjsp-sdst/fattahi/Fattahi_setup_15.fjs",
    "fjsp-worker/BrandimarteMk1.fjsw",
    "rcpsp/j60/j6013_1.sm",
    "mmrcpsp/mmlib50/J50100_1.mm",
    "jsp-tardiness/pfvt/P1.txt",
    "ops/small/sops25.json",
    "ops/medium/mops16.json",
)


@pytest.mark.shared
@pytest.mark.parametrize("name", PUBLIC)
def test_what_the_kernel_dates_of_a_public_instance_the_checker_accepts(name: str) -> None:
    file: Path = DATA / name
    instance = read(file)
    translated = problem_of(instance)
    for rank in (np.arange(instance.size), -translated.problem.operations[:, Op.TAIL]):
        schedule = decode(translated.problem, rank, gaps=True)
        rows = rows_of_schedule(translated, schedule)
        assert rows is not None
        verdict = check_rows(text_of(file), instance.format, [Placed(*row) for row in rows])
        assert verdict.faults == []
        assert verdict.objective == schedule.objective[0]
