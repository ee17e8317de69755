"""The plain CP-SAT model of a public instance, as a good modeller writes it: a baseline.

Formats without calendars and fixed starts; the printing shop is in ``plain_printing``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from benchmarks.ways import horizon_of

if TYPE_CHECKING:
    from benchmarks.instances import Instance

STATUS = {
    cp_model.OPTIMAL: "optimal",
    cp_model.FEASIBLE: "feasible",
    cp_model.INFEASIBLE: "infeasible",
}


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the plain model found."""

    status: str
    objective: int | None
    bound: int | None


@dataclass(frozen=True, slots=True)
class Variables:
    """Per operation its start, end and interval; per mode whether it is run, and its interval."""

    start: list[cp_model.IntVar]
    end: list[cp_model.IntVar]
    runs: list[cp_model.IntVar]
    spans: list[cp_model.IntervalVar]


def solve_plain(instance: Instance, *, seconds: float, seed: int, workers: int = 2) -> Baseline:
    """Solve the plain model for so many seconds of wall clock."""
    model = cp_model.CpModel()
    variables = _variables(model, instance, horizon_of(instance))
    _precedences(model, instance, variables)
    _capacities(model, instance, variables)
    _objective(model, instance, variables)
    return run(model, seconds=seconds, seed=seed, workers=workers)


def run(model: cp_model.CpModel, *, seconds: float, seed: int, workers: int) -> Baseline:
    """Solve a model and say what came out."""
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Baseline(STATUS.get(status, "unknown"), None, None)
    bound = int(np.ceil(solver.best_objective_bound - 1e-6))
    return Baseline(STATUS[status], round(solver.objective_value), bound)


def _variables(model: cp_model.CpModel, instance: Instance, horizon: int) -> Variables:
    """Exactly one optional interval per operation is present.

    runs[m] ⇒ end[o] − start[o] = time[m],  Σ_{m ∈ M(o)} runs[m] = 1
    """
    x = Variables([], [], [], [])
    for operation in range(instance.size):
        start = model.new_int_var(int(instance.release[operation]), horizon, "")
        end = model.new_int_var(0, horizon, "")
        x.start.append(start)
        x.end.append(end)
        own = instance.modes_of(operation)
        for mode in own:
            literal = model.new_bool_var("")
            x.runs.append(literal)
            time = int(instance.time[mode])
            x.spans.append(model.new_optional_interval_var(start, time, end, literal, ""))
        model.add_exactly_one(x.runs[own.start :])
    return x


def _precedences(model: cp_model.CpModel, instance: Instance, x: Variables) -> None:
    for before, after in instance.arcs[:, :2].tolist():
        model.add(x.start[after] >= x.end[before])


def _capacities(model: cp_model.CpModel, instance: Instance, x: Variables) -> None:
    """Machines and workers take one operation at a time, resources and stocks what they have."""
    for machine in range(instance.machines):
        here = np.flatnonzero(instance.machine == machine)
        model.add_no_overlap(x.spans[m] for m in here)
    for worker in range(instance.workers):
        model.add_no_overlap(x.spans[m] for m in np.flatnonzero(instance.worker == worker))
    if instance.needs is not None:
        for resource, level in enumerate(instance.capacity.tolist()):
            users = np.flatnonzero(instance.needs[:, resource])
            amounts = instance.needs[users, resource].tolist()
            model.add_cumulative([x.spans[m] for m in users], amounts, level)
    if instance.spends is not None:
        for resource, level in enumerate(instance.stock.tolist()):
            spent = cp_model.LinearExpr.weighted_sum(x.runs, instance.spends[:, resource].tolist())
            model.add(spent <= level)


def _objective(model: cp_model.CpModel, instance: Instance, x: Variables) -> None:
    """min max end, or min Σ weight · max(0, end of the job − due)."""
    horizon = horizon_of(instance)
    if not len(instance.due):
        makespan = model.new_int_var(0, horizon, "")
        model.add_max_equality(makespan, x.end)
        model.minimize(makespan)
        return
    late = [model.new_int_var(0, horizon, "") for _ in instance.due]
    for operation, job in enumerate(instance.job.tolist()):
        model.add(late[job] >= x.end[operation] - int(instance.due[job]))
    model.minimize(cp_model.LinearExpr.weighted_sum(late, instance.weight.tolist()))
