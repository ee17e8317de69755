"""Checker of the online printing shop: exact, by its own arithmetic on the machine's open time.

For operation i on machine k with setup s before it (from the operation directly before on k, or
the first one):

* [start − s, start) lies in one window of k and after the end of the operation before;
* start is open, end − start holds exactly the processing time of open time, and the last unit
  before end is open;
* start ≥ release, or start = the fixed start;
* each successor starts when ⌈θ·p⌉ open units of i are done, and ends no sooner than i.
"""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import ROUND_CEILING, Decimal
from typing import Any

from benchmarks.checkers.verdict import Placed, Verdict, one_each

Spec = dict[str, Any]
FOREVER = 10**12


def check_printing(text: str, placed: list[Placed]) -> Verdict:
    """Every rule of the shop, and the makespan."""
    data = json.loads(text, parse_float=Decimal)
    wanted: dict[tuple[int, int], Spec] = {
        (j, i): spec for j, job in enumerate(data["jobs"]) for i, spec in enumerate(job["topology"])
    }
    verdict = Verdict()
    if not one_each(verdict, placed, wanted):
        return verdict
    machines = {machine["id"]: machine for machine in data["resources"]}
    at = {wanted[line.job, line.operation]["id"]: line for line in placed}
    specs = {spec["id"]: spec for spec in wanted.values()}
    for ident, line in at.items():
        if line.where not in specs[ident]["resources"]:
            verdict.faults.append(f"operation {ident} cannot run on machine {line.where}")
    if not verdict.holds:
        return verdict
    for ident, line in at.items():
        _run(verdict, specs[ident], machines[line.where], line)
        _successors(verdict, specs[ident], machines[line.where], at)
    for machine in machines.values():
        here = [specs[ident] for ident, line in at.items() if line.where == machine["id"]]
        _sequence(
            verdict, machine, sorted(here, key=lambda s: (at[s["id"]].start, at[s["id"]].end)), at
        )
    verdict.objective = max((line.end for line in placed), default=0)
    return verdict


def windows(machine: Spec) -> list[tuple[int, int]]:
    """Open windows; the last one does not end."""
    flat = machine["availability"]
    pairs = [(flat[i], flat[i + 1]) for i in range(0, len(flat), 2)]
    return [*pairs[:-1], (pairs[-1][0], FOREVER)] if pairs else [(0, FOREVER)]


def open_units(machine: Spec, start: int, end: int) -> int:
    """Open time in [start, end)."""
    return sum(max(0, min(end, b) - max(start, a)) for a, b in windows(machine))


def in_one_window(machine: Spec, start: int, end: int) -> bool:
    """Whether [start, end) is open throughout, without a break."""
    return any(a <= start and end <= b for a, b in windows(machine))


def done_at(machine: Spec, start: int, work: int) -> int:
    """First instant at which ``work`` open units have passed since ``start``."""
    left = work
    for opens, closes in windows(machine):
        room = max(0, closes - max(start, opens))
        if left <= room:
            return max(start, opens) + left
        left -= room
    raise AssertionError("the last window does not end")


def time_of(spec: Spec, machine: int) -> int:
    """Processing time on a machine."""
    return int(spec["time"][spec["resources"].index(machine)])


def _run(verdict: Verdict, spec: Spec, machine: Spec, line: Placed) -> None:
    ident, time = spec["id"], time_of(spec, line.where)
    if spec["starting"] >= 0:
        verdict.want(
            line.start == spec["starting"], f"operation {ident} is fixed at {spec['starting']}"
        )
    else:
        verdict.want(line.start >= spec["release"], f"operation {ident} starts before its release")
    verdict.want(line.start >= 0, f"operation {ident} starts before 0")
    if time:
        verdict.want(
            in_one_window(machine, line.start, line.start + 1),
            f"operation {ident} starts in a closed time",
        )
        verdict.want(
            in_one_window(machine, line.end - 1, line.end),
            f"operation {ident} ends in a closed time",
        )
    worked = open_units(machine, line.start, line.end)
    verdict.want(worked == time, f"operation {ident} has {worked} open units, not {time}")


def _successors(verdict: Verdict, spec: Spec, machine: Spec, at: dict[int, Placed]) -> None:
    line = at[spec["id"]]
    part = Decimal(spec["overlap"]) * time_of(spec, line.where)
    ready = done_at(machine, line.start, int(part.to_integral_value(ROUND_CEILING)))
    for ident in spec["sucessors"]:
        after = at[ident]
        verdict.want(
            after.start >= ready,
            f"operation {ident} starts before {ready}, when enough of {spec['id']} is done",
        )
        verdict.want(
            after.end >= line.end, f"operation {ident} ends before its predecessor {spec['id']}"
        )


def setup_of(machine: Spec, before: Spec | None, after: Spec) -> int:
    """Setup of ``after`` on a machine; ``before`` None: its first operation."""
    smaller, bigger = machine["setup_size"]
    if before is None:
        return int(max(smaller, bigger) + machine["setup_color"] + machine["setup_varnish"])
    setup = 0
    if before["size"] != after["size"]:
        setup += smaller if before["size"] > after["size"] else bigger
    if before["color"] != after["color"]:
        setup += machine["setup_color"]
    if before["varnish"] != after["varnish"]:
        setup += machine["setup_varnish"]
    return int(setup)


def _sequence(verdict: Verdict, machine: Spec, here: list[Spec], at: dict[int, Placed]) -> None:
    before: Spec | None = None
    free: dict[int, int] = defaultdict(int)
    for spec in here:
        line, setup = at[spec["id"]], setup_of(machine, before, spec)
        begin = line.start - setup
        verdict.want(
            begin >= free[machine["id"]],
            f"machine {machine['id']} is not free for the setup of {spec['id']}",
        )
        verdict.want(
            setup == 0 or (begin >= 0 and in_one_window(machine, begin, line.start)),
            f"the setup of {spec['id']} on machine {machine['id']} is interrupted",
        )
        free[machine["id"]] = max(free[machine["id"]], line.end)
        before = spec
