"""Reader of the online printing shop (Lunardi, Birgin, Laborie, Ronconi, Voos 2020).

What the file leaves open is read as in the published models:

* *Setup* before an operation on a machine: ``setup_size[0]`` when the size gets smaller,
  ``setup_size[1]`` when it gets bigger, plus ``setup_color`` and ``setup_varnish`` where these
  change; the machine's first operation costs the larger size setup and both others. A family is a
  distinct (size, color, varnish).
* Setup is done in one piece, in one availability window, and ends where the run starts.
* ``overlap`` of an operation is the part of *it* that must be done before its successors may
  start, rounded up to whole units; besides, no successor ends before it.
* ``starting`` fixes the start of the run; the setup lies before it.
* Machines are closed between the listed windows and stay open after the last one (some large
  files list less time than their work takes).
"""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from typing import Any

import numpy as np

from benchmarks.formats import Format, InstanceError
from benchmarks.instances import Collector, Column, Instance, column, table

Kind = tuple[int, int, int]
"""Size, colour, varnish."""


def read_printing(name: str, text: str) -> Instance:
    """A JSON document of ``resources`` and ``jobs``."""
    data = json.loads(text, parse_float=Fraction)
    resources, jobs = data["resources"], data["jobs"]
    if [r["id"] for r in resources] != list(range(1, len(resources) + 1)):
        raise InstanceError(f"{name}: resources are not numbered 1, 2, …")
    found, operations = Collector(), []
    for job, work in enumerate(jobs):
        for step, operation in enumerate(work["topology"]):
            pairs = zip(operation["resources"], operation["time"], strict=True)
            found.add(job, step, [(machine - 1, time, -1) for machine, time in pairs])
            operations.append(operation)
    kinds = [(o["size"], o["color"], o["varnish"]) for o in operations]
    families = sorted(set(kinds))
    setups = np.stack([setup_times(resource, families) for resource in resources])
    columns = found.columns()
    columns["release"] = column(o["release"] for o in operations)
    columns["fixed"] = column(o["starting"] for o in operations)
    columns["family"] = column(families.index(kind) for kind in kinds)
    windows = tuple(table(_windows(name, r["availability"]), 2) for r in resources)
    return Instance(
        name, Format.PRINTING, len(resources), 1,
        arcs=_arcs(name, operations), setups=setups, open=windows, **columns,
    )  # fmt: skip


def setup_times(resource: dict[str, Any], families: list[Kind]) -> Column:
    """Setup of one machine from family to family; the last row is a machine not yet set up."""
    smaller, bigger = resource["setup_size"]
    colour, varnish = resource["setup_color"], resource["setup_varnish"]
    setups = np.zeros((len(families) + 1, len(families) + 1), dtype=np.int64)
    for i, before in enumerate(families):
        for j, after in enumerate(families):
            size = smaller if before[0] > after[0] else bigger if before[0] < after[0] else 0
            setups[i, j] = (
                size + colour * (before[1] != after[1]) + varnish * (before[2] != after[2])
            )
    setups[-1, :-1] = max(smaller, bigger) + colour + varnish
    return setups


def _arcs(name: str, operations: list[dict[str, Any]]) -> Column:
    index = {operation["id"]: i for i, operation in enumerate(operations)}
    if len(index) != len(operations):
        raise InstanceError(f"{name}: two operations have the same id")
    rows: list[list[int]] = []
    for i, operation in enumerate(operations):
        part = Fraction(operation["overlap"])
        share = (0, 0) if part >= 1 else (part.numerator, part.denominator)
        rows.extend([i, index[after], *share] for after in operation["sucessors"])
    return table(rows, 4)


def _windows(name: str, flat: list[int]) -> list[list[int]]:
    if len(flat) % 2 or any(a >= b for a, b in itertools.pairwise(flat)):
        raise InstanceError(f"{name}: availability is a rising list of start, end")
    return [[a, b] for a, b in zip(flat[::2], flat[1::2], strict=True)]
