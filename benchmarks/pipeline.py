"""From a snapshot's bytes to a dispatched plan, stage by stage.

The calls that ``speed`` times, in one place.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from truedate.kernel_cache import use_kernel_cache

# Before any module with kernels is imported.
use_kernel_cache()

from scheduler.engines.dispatch import base_weights, dispatch, dispatch_once  # noqa: E402 - see above
from scheduler.engines.dispatching import Waiting, dispatch_events  # noqa: E402 - see above
from scheduler.factory import Snapshot  # noqa: E402 - see above
from scheduler.network import build_network  # noqa: E402 - see above
from scheduler.policy import Policy  # noqa: E402 - see above
from scheduler.problem import Arc, Mode, Op, Problem  # noqa: E402 - see above
from scheduler.solve import build_to_fit, collector_paused  # noqa: E402 - see above
from scheduler.timing import decode  # noqa: E402 - see above
from scheduler.timing.compiled import link  # noqa: E402 - see above
from scheduler.timing.state import OK, empty_state, tables_of  # noqa: E402 - see above

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.schedule import Schedule

T = TypeVar("T")


@dataclass(slots=True)
class Clock:
    """CPU seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, stage: str, work: Callable[[], T]) -> T:
        """Do ``work`` and note its CPU seconds."""
        began = time.process_time()
        result = work()
        self.seconds[stage] = time.process_time() - began
        return result


def plan_from_bytes(data: bytes, clock: Clock) -> tuple[Problem, Schedule]:
    """Load, net and peg, build and dispatch a snapshot."""
    policy = Policy()
    snapshot = clock.time("load", lambda: Snapshot.model_validate_json(data))
    with collector_paused():  # as a plan does
        network = clock.time("network", lambda: build_network(snapshot, policy))
    built, first = clock.time("build and dispatch", lambda: build_to_fit(snapshot, network, policy))
    return built.problem, first


def kernel_seconds(problem: Problem, repeats: int) -> float:
    """Smallest CPU seconds of the dispatch kernel by itself, without what Python does around it."""
    link()
    weights, best = base_weights(problem), float("inf")
    scale = 2.0 * float(problem.modes[:, Mode.RUN].mean())
    for _ in range(repeats):
        state, waiting = empty_state(problem), Waiting.of(problem, weights, scale)
        words = (tables_of(problem), state.packed, waiting.packed)
        began = time.process_time()
        code = dispatch_events(*words)
        best = min(best, time.process_time() - began)
        if code != OK:
            raise AssertionError(f"the kernel stopped with {code}")
    return best


def redecode(problem: Problem, schedule: Schedule) -> Schedule:
    """The same machines in the same order, dated again."""
    order = np.lexsort((np.arange(problem.size), schedule.end, schedule.start))
    rank = np.empty(problem.size, dtype=np.int64)
    rank[order] = np.arange(problem.size)
    return decode(problem, rank, schedule.mode, schedule.slot)


def order_of(problem: Problem, operations: list[int]) -> Problem:
    """Tables of a new order: copies of ``operations``, one after the other, in the same plant."""
    rows = problem.operations[operations].copy()
    counts = rows[:, Op.MODE_TO] - rows[:, Op.MODE_FROM]
    modes = np.concatenate([problem.modes[row[Op.MODE_FROM] : row[Op.MODE_TO]] for row in rows])
    number = np.arange(len(rows))
    modes[:, Mode.OPERATION] = np.repeat(number, counts)
    rows[:, Op.MODE_TO] = np.cumsum(counts)
    rows[:, Op.MODE_FROM] = rows[:, Op.MODE_TO] - counts
    rows[:, Op.PRED_FROM] = np.maximum(0, number - 1)
    rows[:, Op.PRED_TO] = number
    rows[:, Op.SUCC_FROM] = number
    rows[:, Op.SUCC_TO] = np.minimum(number + 1, len(rows) - 1)
    rows[:, Op.ORDER], rows[:, Op.BLOCK], rows[:, Op.DEMAND] = 0, number, 0
    arcs = np.repeat(problem.arcs[:1], len(rows) - 1, axis=0)
    arcs[:, Arc.PRED], arcs[:, Arc.SUCC] = number[:-1], number[1:]
    arcs[:, Arc.LAG], arcs[:, Arc.TRANSFER], arcs[:, Arc.TOTAL] = 0, 0, 0
    demand = problem.demands[:1].copy()
    demand[0, 4:6] = 0, 1
    values = {name: getattr(problem, name) for name in problem.__dataclass_fields__}
    changed = {
        "operations": rows,
        "modes": np.ascontiguousarray(modes),
        "arcs": np.ascontiguousarray(arcs),
        "successor_arcs": np.arange(len(arcs)),
        "demands": demand,
        "demand_operations": np.array([len(rows) - 1]),
        "blocks": number,
        "block_rows": np.arange(len(rows) + 1),
        "spans": np.zeros((0, 3), dtype=np.int64),
        "span_operations": np.zeros(0, dtype=np.int64),
        "span_rows": np.zeros(1, dtype=np.int64),
    }
    return Problem(**{**values, **changed})


__all__ = [
    "Clock",
    "dispatch",
    "dispatch_once",
    "kernel_seconds",
    "order_of",
    "plan_from_bytes",
    "redecode",
]
