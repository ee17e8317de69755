"""A still picture of a plan: machines down, time across; on time and late in two colours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from scheduler.hours import Ticks, open_windows
from scheduler.measures import undated
from scheduler.pictures import words
from scheduler.pictures.words import text
from scheduler.problem import Mode, Op

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.build.model import Built
    from scheduler.factory import Snapshot
    from scheduler.pictures.lines import PromiseLine
    from scheduler.schedule import Schedule

LABEL, ROW, BAR, HEAD, FOOT = 120, 26, 16, 30, 30
COLOURS = {"ontime": "#0072B2", "late": "#D55E00", "setup": "#22272b", "closed": "#eceae4"}


def plan_svg(
    snapshot: Snapshot,
    built: Built,
    schedule: Schedule,
    promises: Sequence[PromiseLine],
    *,
    machines: int = 12,
    days: float = 7,
    width: int = 960,
) -> str:
    """The first ``days`` of up to ``machines`` machines, as an SVG of ``width`` pixels."""
    ticks = built.horizon.length(timedelta(days=days))
    busy = schedule.end[~undated(built.problem, schedule)]
    ticks = max(1, min(ticks, int(busy.max(initial=1))))
    scale = (width - LABEL - 10) / ticks
    used = _rows(built, schedule, machines)
    late = {row.demand for row in promises if row.lateness_hours > 0}
    parts = [_days(built, snapshot, ticks, scale, len(used))]
    for number, machine in enumerate(used):
        top = HEAD + number * ROW
        parts.append(
            f'<text x="{LABEL - 10}" y="{top + 17}" text-anchor="end">'
            f"{text(built.machines[machine])}</text>"
        )
        parts.extend(_closed(open_windows(built.problem, machine), ticks, scale, top))
        parts.extend(_bars(built, schedule, machine, late, ticks, scale, top))
    height = HEAD + len(used) * ROW + FOOT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" font-family="system-ui, sans-serif" '
        f'font-size="12" fill="#3a3f44">'
        f"<title>{text(snapshot.name or 'Production plan')}</title>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
        f"{''.join(parts)}{_legend(height)}</svg>\n"
    )


def _rows(built: Built, schedule: Schedule, most: int) -> list[int]:
    machine = built.problem.modes[schedule.mode, Mode.MACHINE]
    counts = np.bincount(machine[machine >= 0], minlength=len(built.machines))
    chosen = sorted(np.argsort(-counts, kind="stable")[:most].tolist())
    return [row for row in chosen if counts[row]]


def _closed(windows: Ticks, ticks: int, scale: float, top: int) -> list[str]:
    """Grey where the machine is closed."""
    shown = windows[windows[:, 0] < ticks, :2]
    edges = [0, *shown.ravel().tolist(), ticks]
    return [
        _box(start, min(end, ticks), scale, top + 1, ROW - 2, "closed")
        for start, end in zip(edges[::2], edges[1::2], strict=False)
        if end > start
    ]


def _bars(
    built: Built,
    schedule: Schedule,
    machine: int,
    late: set[str],
    ticks: int,
    scale: float,
    top: int,
) -> list[str]:
    mine = built.problem.modes[schedule.mode, Mode.MACHINE] == machine
    bars = []
    for row in np.flatnonzero(mine & (schedule.setup < ticks)).tolist():
        demand = int(built.problem.operations[row, Op.DEMAND])
        state = "late" if demand >= 0 and built.demands[demand] in late else "ontime"
        setup, start, end = (int(c[row]) for c in (schedule.setup, schedule.start, schedule.end))
        if start > setup:
            bars.append(_box(setup, min(start, ticks), scale, top + 9, BAR - 8, "setup"))
        if start < ticks:
            bars.append(_box(start, min(end, ticks), scale, top + 5, BAR, state))
    return bars


def _box(start: int, end: int, scale: float, top: int, height: int, colour: str) -> str:
    # A thin gap keeps neighbours apart.
    gap = 0 if colour == "closed" else 0.6
    width = max(0.7, (end - start) * scale - gap)
    return (
        f'<rect x="{LABEL + start * scale:.1f}" y="{top}" width="{width:.1f}" height="{height}" '
        f'fill="{COLOURS[colour]}"/>'
    )


def _days(built: Built, snapshot: Snapshot, ticks: int, scale: float, rows: int) -> str:
    zone = words.home_zone(snapshot)
    local = built.horizon.origin.astimezone(zone).date()
    marks: list[str] = []
    while True:
        start = datetime(local.year, local.month, local.day, tzinfo=zone).astimezone(UTC)
        tick = built.horizon.at_or_after(start)
        if tick >= ticks:
            return "".join(marks)
        x = LABEL + max(0, tick) * scale
        name = " ".join(words.day(local).split()[:3])
        marks.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD - 8}" y2="{HEAD + rows * ROW}" '
            'stroke="#cfcbc2"/>'
            f'<text x="{x + 4:.1f}" y="{HEAD - 10}">{name}</text>'
        )
        local += timedelta(days=1)


def _legend(height: int) -> str:
    parts = [("ontime", "on time"), ("late", "late"), ("setup", "setup"), ("closed", "closed")]
    return "".join(
        f'<rect x="{LABEL + 90 * number}" y="{height - 19}" width="11" height="11" '
        f'fill="{COLOURS[key]}"/>'
        f'<text x="{LABEL + 16 + 90 * number}" y="{height - 9}">{word}</text>'
        for number, (key, word) in enumerate(parts)
    )
