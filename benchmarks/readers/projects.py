"""Reader of resource-constrained projects (PSPLIB and MMLIB texts), with one mode or several.

An activity is a job of one operation; the dummy source and sink are kept, so that numbers stay
those of the file.
"""

from __future__ import annotations

import re

from benchmarks.formats import Format, InstanceError
from benchmarks.instances import Collector, Instance, column, table


def _numbers(line: str) -> list[int]:
    return [int(word) for word in line.split()]


def _section(lines: list[str], title: str) -> list[list[int]]:
    """Number lines of one section; headings and rulers are passed over."""
    start = next((i for i, line in enumerate(lines) if title in line.replace(" ", "")), None)
    if start is None:
        raise InstanceError(f"the section {title} is missing")
    rows: list[list[int]] = []
    for line in lines[start + 1 :]:
        if line.startswith("*") and rows:
            break
        if re.fullmatch(r"[\d\s]+", line) and line.strip():
            rows.append(_numbers(line))
    return rows


def read_project(name: str, text: str) -> Instance:
    """Precedence relations, requests and durations, availabilities."""
    lines = text.splitlines()
    kinds = re.findall(r"(renewable|nonrenewable|doubly constrained)\s*:\s*(\d+)", text)
    renewable, spent = (int(dict(kinds)[kind]) for kind in ("renewable", "nonrenewable"))
    if int(dict(kinds).get("doubly constrained", "0")):
        raise InstanceError(f"{name}: doubly constrained resources are not read")
    relations = _section(lines, "PRECEDENCERELATIONS")
    requests = _section(lines, "REQUESTS/DURATIONS")
    levels = _section(lines, "RESOURCEAVAILABILITIES")[0]
    modes = _modes_by_activity(name, requests, len(relations))
    found = Collector()
    for activity, rows in enumerate(modes):
        found.add(activity, 0, [(-1, row[1], -1) for row in rows])
    flat = [row[2:] for rows in modes for row in rows]
    resources = renewable + spent
    if any(len(row) != resources for row in flat) or len(levels) != resources:
        raise InstanceError(f"{name}: every mode needs {resources} amounts")
    return Instance(
        name, Format.MMRCPSP if spent else Format.RCPSP, 0, 0,
        arcs=table([[r[0] - 1, after - 1, 0, 0] for r in relations for after in r[3:]], 4),
        capacity=column(levels[:renewable]), needs=table([r[:renewable] for r in flat], renewable),
        stock=column(levels[renewable:]), spends=table([r[renewable:] for r in flat], spent),
        **found.columns(),
    )  # fmt: skip


def _modes_by_activity(name: str, rows: list[list[int]], activities: int) -> list[list[list[int]]]:
    """Rows (mode, time, amounts…) of each activity.

    Only its first row carries the activity's number.
    """
    width = len(rows[0])
    modes: list[list[list[int]]] = []
    for row in rows:
        if len(row) == width:
            modes.append([row[1:]])
        elif modes and len(row) == width - 1:
            modes[-1].append(row)
        else:
            raise InstanceError(f"{name}: a mode has {len(row)} numbers")
    if len(modes) != activities:
        raise InstanceError(
            f"{name}: {activities} activities are announced, {len(modes)} have modes"
        )
    return modes
