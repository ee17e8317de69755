"""Non-renewable resources without a table: a choice of modes that always holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from benchmarks.formats import InstanceError

if TYPE_CHECKING:
    from benchmarks.instances import Column, Instance

WORK = 2.0
"""Deterministic time of the solver: the same modes on every machine."""


def modes_that_fit(instance: Instance) -> tuple[Column, list[str]]:
    """Modes of which every choice holds the stocks, and a note when modes were left out.

    One mode per operation of the smallest Σ time · scarcity is kept, then others while the stocks
    hold, shortest first.

    Raises
    ------
    InstanceError
        When no choice of modes that holds the stocks was found.
    """
    spends = instance.spends
    if spends is None:
        raise InstanceError(f"{instance.name}: stocks without anything that spends them")
    everything = np.arange(len(instance.machine))
    most = np.maximum.reduceat(spends, instance.mode_rows[:-1], axis=0)
    if np.all(most.sum(axis=0) <= instance.stock):
        return everything, []
    kept = _widen(instance, spends, _one_each(instance, spends))
    left = len(everything) - len(kept)
    return kept, [f"{left} modes are left out so that the non-renewable resources hold in any case"]


def _one_each(instance: Instance, spends: Column) -> list[int]:
    """One mode per operation that together hold the stocks.

    min Σ cost[m] · x[m],  Σ_{m ∈ M(o)} x[m] = 1,  Σ spends[m, r] · x[m] ≤ stock[r]
    """
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in instance.machine]
    for operation in range(instance.size):
        model.add_exactly_one(chosen[m] for m in instance.modes_of(operation))
    for resource, stock in enumerate(instance.stock.tolist()):
        model.add(cp_model.LinearExpr.weighted_sum(chosen, spends[:, resource].tolist()) <= stock)
    model.minimize(cp_model.LinearExpr.weighted_sum(chosen, _cost(instance)))
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = WORK
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise InstanceError(
            f"{instance.name}: no choice of modes was found that holds the non-renewable resources"
        )
    return [mode for mode, x in enumerate(chosen) if solver.boolean_value(x)]


def _cost(instance: Instance) -> list[int]:
    """What a mode costs the plan.

    Its time, weighted by the part of the scarcest resource it takes, in percent.
    """
    if instance.needs is None:
        return [int(time) for time in instance.time]
    part = (100 * instance.needs // np.maximum(1, instance.capacity)).max(axis=1, initial=0)
    return [int(cost) for cost in instance.time * (20 + part)]


def _widen(instance: Instance, spends: Column, chosen: list[int]) -> Column:
    """Further modes while Σ over operations of the largest amount kept holds the stocks."""
    owner = np.repeat(np.arange(instance.size), np.diff(instance.mode_rows))
    most = spends[chosen].copy()
    left = instance.stock - most.sum(axis=0)
    kept = set(chosen)
    for mode in np.argsort(instance.time, kind="stable").tolist():
        more = np.maximum(0, spends[mode] - most[owner[mode]])
        if np.all(more <= left):
            kept.add(mode)
            left -= more
            most[owner[mode]] += more
    return np.array(sorted(kept), dtype=np.int64)
