"""The printing shop exactly, in CP-SAT: the second answer for small instances.

For operation i in mode m (machine k): ``begins[m, w]`` says that it starts in window w of k and
``ends[m, w, v]`` that it ends in window v, which fixes the closed time between; a circuit per
machine carries the setups.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from benchmarks.plain import Baseline, Variables, run
from benchmarks.ways import horizon_of

if TYPE_CHECKING:
    from benchmarks.instances import Column, Instance


@dataclass(frozen=True, slots=True)
class _Shop:
    """The model in the making."""

    instance: Instance
    model: cp_model.CpModel
    x: Variables
    hours: list[list[tuple[int, int]]]
    begins: dict[tuple[int, int], cp_model.IntVar] = field(default_factory=dict)
    """(mode, window) → starts there."""


def solve_printing(instance: Instance, *, seconds: float, seed: int, workers: int = 2) -> Baseline:
    """Solve the exact model for so many seconds of wall clock."""
    horizon = horizon_of(instance)
    model = cp_model.CpModel()
    x = Variables([], [], [], [])
    hours = [_until(windows, horizon) for windows in instance.open]
    shop = _Shop(instance, model, x, hours)
    for operation in range(instance.size):
        _operation(shop, operation, horizon)
    _overlaps(shop)
    for machine in range(instance.machines):
        _sequence(shop, machine)
    makespan = model.new_int_var(0, horizon, "")
    model.add_max_equality(makespan, x.end)
    model.minimize(makespan)
    return run(model, seconds=seconds, seed=seed, workers=workers)


def _until(windows: Column, horizon: int) -> list[tuple[int, int]]:
    pairs = [(int(a), int(b)) for a, b in windows]
    return [*pairs[:-1], (pairs[-1][0], horizon)]


def _operation(shop: _Shop, operation: int, horizon: int) -> None:
    """Start, end, and one present interval among the modes; a fixed start has one value."""
    instance, model, x = shop.instance, shop.model, shop.x
    fixed = int(instance.fixed[operation])
    low, high = (fixed, fixed) if fixed >= 0 else (int(instance.release[operation]), horizon)
    x.start.append(model.new_int_var(low, high, ""))
    x.end.append(model.new_int_var(0, horizon, ""))
    own = instance.modes_of(operation)
    for mode in own:
        runs = model.new_bool_var("")
        x.runs.append(runs)
        length = model.new_int_var(0, horizon, "")
        x.spans.append(model.new_optional_interval_var(x.start[-1], length, x.end[-1], runs, ""))
        windows = shop.hours[int(instance.machine[mode])]
        for number, (opens, closes) in enumerate(windows):
            begins = shop.begins[mode, number] = model.new_bool_var("")
            model.add(x.start[-1] >= opens).only_enforce_if(begins)
            model.add(x.start[-1] < closes).only_enforce_if(begins)
        model.add(sum(shop.begins[mode, number] for number in range(len(windows))) == runs)
        _worked(shop, mode, x.start[-1], x.end[-1], int(instance.time[mode]))
    model.add_exactly_one(x.runs[own.start :])


def _worked(
    shop: _Shop, mode: int, start: cp_model.IntVar, end: cp_model.IntVar, work: int
) -> None:
    """``end`` is where ``work`` open ticks have passed since ``start``, when ``mode`` is run.

    begins[w] ∧ end in window v ⇒ end = start + work + closed time between w and v
    """
    model = shop.model
    windows = shop.hours[int(shop.instance.machine[mode])]
    for first in range(len(windows)):
        choices, closed = [], 0
        for last in range(first, len(windows)):
            if last > first:
                closed += windows[last][0] - windows[last - 1][1]
            ends = model.new_bool_var("")
            choices.append(ends)
            model.add(end == start + work + closed).only_enforce_if(ends)
            model.add(end > windows[last][0]).only_enforce_if(ends)
            model.add(end <= windows[last][1]).only_enforce_if(ends)
        model.add(sum(choices) == shop.begins[mode, first])


def _overlaps(shop: _Shop) -> None:
    """start[j] ≥ when the part of i is done, and end[j] ≥ end[i]."""
    instance, model, x = shop.instance, shop.model, shop.x
    points: dict[int, cp_model.IntVar] = {}
    for before, after, part, whole in instance.arcs.tolist():
        model.add(x.end[after] >= x.end[before])
        if not whole:
            model.add(x.start[after] >= x.end[before])
            continue
        if before not in points:
            points[before] = model.new_int_var(0, horizon_of(instance), "")
            for mode in instance.modes_of(before):
                work = -(-int(instance.time[mode]) * part // whole)
                _worked(shop, mode, x.start[before], points[before], work)
        model.add(x.start[after] >= points[before])


def _sequence(shop: _Shop, machine: int) -> None:
    """One operation at a time on a machine, each with its whole setup directly before it.

    i → j in the circuit ⇒ start[j] ≥ end[i] + setup[i, j], and the setup lies in the window j
    starts in
    """
    instance, model, x = shop.instance, shop.model, shop.x
    owner = np.repeat(np.arange(instance.size), np.diff(instance.mode_rows))
    modes = np.flatnonzero(instance.machine == machine).tolist()
    model.add_no_overlap(x.spans[mode] for mode in modes)
    arcs: list[tuple[int, int, cp_model.LiteralT]] = [(0, 0, model.new_bool_var(""))]
    entries: dict[int, list[tuple[cp_model.IntVar, int]]] = defaultdict(list)
    for i, before in enumerate([-1, *modes]):
        from_family = -1 if before < 0 else int(instance.family[owner[before]])
        for j, after in enumerate([-1, *modes]):
            if i == j and i:
                arcs.append((i, i, x.runs[after].negated()))
            if i == j:
                continue
            literal = model.new_bool_var("")
            arcs.append((i, j, literal))
            if after >= 0:
                setup = int(instance.setups[machine, from_family, instance.family[owner[after]]])
                entries[after].append((literal, setup))
                if before >= 0:
                    gap = x.start[owner[after]] >= x.end[owner[before]] + setup
                    model.add(gap).only_enforce_if(literal)
    model.add_circuit(arcs)
    for mode, ways in entries.items():
        setup_time = sum(literal * setup for literal, setup in ways)
        for number, (opens, _) in enumerate(shop.hours[machine]):
            starts = shop.begins[mode, number]
            model.add(x.start[owner[mode]] - setup_time >= opens).only_enforce_if(starts)
