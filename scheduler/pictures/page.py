"""The page: one self-contained HTML file that asks nobody for anything.

Its content policy allows the one script and the one style that stand in it, by hash, no more.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from scheduler.pictures import columns, sections
from scheduler.pictures.lines import LoadLine, PromiseLine, Sheet
from scheduler.pictures.words import count, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scheduler.build.model import Built
    from scheduler.factory import Snapshot
    from scheduler.findings import Finding
    from scheduler.schedule import Schedule

SCRIPTS = ("data.js", "clock.js", "rows.js", "draw.js", "input.js", "start.js")


def plan_page(
    snapshot: Snapshot,
    built: Built,
    schedule: Schedule,
    promises: Sequence[PromiseLine],
    *,
    load: Sequence[LoadLine] = (),
    figures: Mapping[str, Any] | None = None,
    findings: Sequence[Finding] = (),
    title: str = "",
) -> str:
    """The page as text, UTF-8 when written.

    Parameters
    ----------
    figures
        As ``frames.kpis`` gives them.
    title
        Absent: the snapshot's name.
    """
    sheet = Sheet(snapshot, built, schedule, promises, load, findings, dict(figures or {}))
    title = title or snapshot.name or "Production plan"
    script, style = _script(), _asset("page.css")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="referrer" content="no-referrer"><link rel="icon" href="data:,">'
        f"<title>{text(title)}</title><style>{style}</style></head><body>\n"
        f"<main>{sections.header(sheet, title)}\n{_links(sheet)}\n{_asset('board.html')}\n"
        f"{sections.late_orders(sheet)}\n{sections.load_table(sheet)}\n"
        f"{sections.findings_list(sheet)}</main>\n{_data(sheet)}\n<script>{script}</script></body></html>\n"
    )


def _links(sheet: Sheet) -> str:
    late = sum(row.planned is None or row.lateness_hours > 0 for row in sheet.promises)
    parts = [("board", "Board"), ("late", count(late, "late order") if late else "No late orders")]
    if sheet.load:
        parts.append(("load", "Load by machine"))
    if sheet.findings:
        parts.append(("findings", count(len(sheet.findings), "finding")))
    links = "".join(f'<a href="#{anchor}">{label}</a>' for anchor, label in parts)
    return f'<nav aria-label="Parts of this page">{links}</nav>'


def _data(sheet: Sheet) -> str:
    """JSON inside a script element; ``<`` is written so that no text can end the element."""
    written = json.dumps(columns.board(sheet), ensure_ascii=True, separators=(",", ":"))
    for mark, harmless in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        written = written.replace(mark, harmless)
    return f'<script type="application/json" id="plan">{written}</script>'


@cache
def _script() -> str:
    parts = "\n".join(_asset(name) for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();\n'


@cache
def _asset(name: str) -> str:
    return (files("scheduler.pictures") / "assets" / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
