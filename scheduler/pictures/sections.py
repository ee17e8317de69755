"""The parts of the page that are plain HTML: figures in words, late orders, load, findings.

They are readable without a script, by a screen reader and on paper. Everything that comes from data
goes through :func:`scheduler.pictures.words.text`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from scheduler.findings import Severity
from scheduler.pictures import words
from scheduler.pictures.words import count, duration, text
from scheduler.schedule import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from scheduler.pictures.lines import LoadLine, PromiseLine, Sheet

MOST_ROWS = 300
MOST_MACHINES = 120
MOST_PERIODS = 62
STEPS_OF_SHADE = 10

_STATUS = {
    Status.OPTIMAL: "Proved: no better plan exists.",
    Status.FEASIBLE: "A better plan may exist.",
    Status.CANCELLED: "Stopped early: the best plan found until then.",
    Status.INFEASIBLE: "No plan can be made of this data.",
    Status.UNKNOWN: "No plan was found in the time given.",
}


def header(sheet: Sheet, title: str) -> str:
    """Title and the figures as sentences."""
    zone = words.home_zone(sheet.snapshot)
    made = f"Plan of {words.moment(sheet.snapshot.now, zone)}, {zone}"
    return (
        f'<header><p class="made">{text(made)}</p>'
        f"<h1>{text(title)}</h1>"
        f'<p class="lead">{_dates_sentence(sheet)}</p>'
        f'<p class="more">{_work_sentence(sheet)} '
        f"{text(_STATUS[sheet.schedule.status])}</p></header>"
    )


def _dates_sentence(sheet: Sheet) -> str:
    dated = [row for row in sheet.promises if row.planned]
    late = [row for row in dated if row.lateness_hours > 0]
    undated = len(sheet.promises) - len(dated)
    if not sheet.promises:
        return "There are no open orders."
    on_time = len(dated) - len(late)
    said = [
        f'<b class="good">{on_time:,}</b> of '
        f"{count(len(sheet.promises), 'delivery', 'deliveries')} on time"
    ]
    if late:
        total = words.hours(sum(row.lateness_hours for row in late))
        said.append(f'<b class="bad">{len(late):,} late</b> by {total} together')
    if undated:
        said.append(f'<b class="bad">{undated:,} without a date</b>')
    sentence = ", ".join(said) + "."
    if late:
        worst = max(late, key=lambda row: row.lateness_hours)
        sentence += f" The latest is {text(worst.demand)}, by {duration(worst.lateness_hours)}."
    return sentence


def _work_sentence(sheet: Sheet) -> str:
    figures = sheet.figures
    said = [
        f"{count(figures.get('orders', 0), 'order')} in "
        f"{count(figures.get('operations', sheet.schedule.size), 'operation')}"
    ]
    if figures.get("ends"):
        ends = datetime.fromisoformat(figures["ends"])
        said.append(f"the last ends {words.moment(ends, words.home_zone(sheet.snapshot))}")
    if figures.get("changeover_hours"):
        said.append(f"{words.hours(figures['changeover_hours'])} of changeovers")
    if figures.get("load"):
        machine, ratio = max(figures["load"].items(), key=lambda pair: pair[1])
        said.append(f"busiest is {text(machine)} with {ratio:.0%} of its open hours")
    return "; ".join(said) + "."


def late_orders(sheet: Sheet) -> str:
    """Orders that are late or have no date, the worst first, with the reason."""
    undated = [row for row in sheet.promises if row.planned is None]
    late = sorted(
        (row for row in sheet.promises if row.lateness_hours > 0),
        key=lambda row: -row.lateness_hours,
    )
    heading = '<h2 id="late">Late orders</h2>'
    if not undated and not late:
        kept = "None: every date that was asked for is kept."
        return f'<section>{heading}<p class="empty">{kept}</p></section>'
    zones = words.zones(sheet.snapshot)
    chosen = [*undated, *late]
    body = "".join(_late_row(row, zones) for row in chosen[:MOST_ROWS])
    return (
        f"<section>{heading}"
        '<table class="late"><thead><tr><th>Order</th><th>Customer</th><th>Item</th>'
        "<th>Requested</th><th>Promised</th><th>Planned</th><th>Late by</th><th>Why</th>"
        "</tr></thead>"
        f"<tbody>{body}</tbody></table>{_rest(len(chosen), 'promises.csv')}</section>"
    )


def _late_row(row: PromiseLine, zones: Mapping[str, tzinfo]) -> str:
    zone = zones.get(row.plant, UTC)
    late = f"▲ {duration(row.lateness_hours)}" if row.planned else "no date"
    dates = "".join(
        f"<td>{text(words.moment(moment, zone))}</td>"
        for moment in (row.requested, row.promised, row.planned)
    )
    return (
        f'<tr><th scope="row" data-demand="{text(row.demand)}">{text(row.demand)}</th>'
        f"<td>{text(row.customer)}</td><td>{text(row.item)}</td>{dates}"
        f'<td class="bad">{late}</td><td class="why">{text(row.reason)}</td></tr>'
    )


def _rest(total: int, file: str) -> str:
    if total <= MOST_ROWS:
        return ""
    return f'<p class="rest">and {total - MOST_ROWS:,} more in {file}.</p>'


def load_table(sheet: Sheet) -> str:
    """Used part of each machine's open hours by day or week, busiest machines first."""
    by_machine: dict[str, dict[date, LoadLine]] = defaultdict(dict)
    for line in sheet.load:
        by_machine[line.machine][line.starts] = line
    if not by_machine:
        return ""
    periods = sorted({line.starts for line in sheet.load})
    weekly = any(line.days > 1 for line in sheet.load)
    shown = periods[:MOST_PERIODS]
    machines = sorted(by_machine, key=lambda name: -_used(by_machine[name].values()))
    head = "".join(_period_head(period, weekly=weekly) for period in shown)
    body = "".join(_load_row(name, by_machine[name], shown) for name in machines[:MOST_MACHINES])
    left = []
    if len(machines) > MOST_MACHINES:
        left.append(count(len(machines) - MOST_MACHINES, "quieter machine"))
    if len(periods) > len(shown):
        left.append(count(len(periods) - len(shown), "week" if weekly else "day"))
    period = "week" if weekly else "day"
    rest = f'<p class="rest">Not shown: {" and ".join(left)}.</p>' if left else ""
    return (
        '<section><h2 id="load">Load by machine</h2><p class="note">Percent of the open hours that '
        f"are worked, setups included, by {period} at the plant. A dot is a closed {period}.</p>"
        '<div class="wide"><table class="load"><thead><tr><th>Machine</th>'
        f"<th>All</th>{head}</tr></thead><tbody>{body}</tbody></table></div>{rest}</section>"
    )


def _period_head(period: date, *, weekly: bool) -> str:
    weekend = " we" if not weekly and period.weekday() >= 5 else ""
    first = period.day == 1 or (weekly and period.day <= 7)
    month = words.day(period).split()[2] if first else ""
    return f'<th class="day{weekend}" title="{words.day(period)}"><i>{month}</i>{period.day}</th>'


def _load_row(machine: str, lines: dict[date, LoadLine], periods: Sequence[date]) -> str:
    cells = "".join(_load_cell(lines.get(period)) for period in periods)
    used = _used(lines.values())
    return f'<tr><th scope="row">{text(machine)}</th><td class="all">{used:.0%}</td>{cells}</tr>'


def _load_cell(line: LoadLine | None) -> str:
    if line is None or line.ratio is None:
        return '<td class="off">·</td>'
    shade = min(STEPS_OF_SHADE, round(line.ratio * STEPS_OF_SHADE))
    full = " full" if line.ratio > 0.995 else ""
    return f'<td class="l{shade}{full}">{line.ratio * 100:.0f}</td>'


def _used(lines: Iterable[LoadLine]) -> float:
    free = used = 0.0
    for line in lines:
        free += line.open_hours
        used += line.worked_hours + line.setup_hours
    return used / free if free else 0.0


def findings_list(sheet: Sheet) -> str:
    """Problems of the data, errors first."""
    if not sheet.findings:
        return ""
    rank = list(Severity)
    chosen = sorted(sheet.findings, key=lambda finding: rank.index(finding.severity))
    body = "".join(
        f'<li class="{finding.severity.value}"><b>{finding.severity.value}</b> '
        f"{text(finding.message)} "
        f"<em>{text(finding.remedy)}</em> {text(finding.effect)} "
        f"<small>{text(finding.path)} · {text(finding.code)}</small></li>"
        for finding in chosen[:MOST_ROWS]
    )
    return (
        '<section><h2 id="findings">What the data check found</h2>'
        f'<ul class="findings">{body}</ul>{_rest(len(chosen), "findings.json")}</section>'
    )
