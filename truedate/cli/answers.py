"""Answers: what a command says, as text for people or as one JSON object for programs.

Text goes to the terminal with control characters taken out: an order number must not move the
cursor.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import typer

from scheduler.findings import Finding, Severity

MOST_LISTED = 50
WIDTH_OF_A_FILE = 160
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_HEADINGS = {
    Severity.ERROR: ("error", "errors", "cannot be planned as it is"),
    Severity.WARNING: ("warning", "warnings", "planned, with an assumption"),
    Severity.NOTE: ("note", "notes", "worth knowing"),
}


@dataclass(frozen=True, slots=True)
class Answers:
    """Says things in one of two ways.

    Parameters
    ----------
    as_json
        One JSON object on standard output and nothing else there.
    """

    as_json: bool

    def say(self, text: str = "") -> None:
        """A line for people; nothing in JSON."""
        if not self.as_json:
            typer.echo(plain(text))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table for people; the last column takes the room that is left."""
        if self.as_json:
            return
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for number, column in enumerate(columns):
            table.add_column(column, no_wrap=number < len(columns) - 1, overflow="fold")
        for row in rows:
            table.add_row(*(Text(plain(str(cell))) for cell in row))
        width = None if sys.stdout.isatty() else WIDTH_OF_A_FILE
        Console(width=width, highlight=False).print(table)

    def result(self, **fields: Any) -> None:
        """The JSON object; nothing for people."""
        if self.as_json:
            typer.echo(json.dumps(fields, ensure_ascii=False, indent=2, default=str))

    def refusal(self, message: str, status: str = "bad_input") -> None:
        """One sentence why not, on standard error."""
        self.result(status=status, message=message)
        if not self.as_json:
            typer.echo(plain(message), err=True)

    def findings(self, findings: Sequence[Finding], status: str, **fields: Any) -> None:
        """The list of findings."""
        self.result(status=status, **fields, findings=[finding.as_dict() for finding in findings])
        self.say(findings_text(findings))


def plain(text: str) -> str:
    """Without control characters and without marks that turn the reading direction."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def findings_text(findings: Sequence[Finding]) -> str:
    """One list, grouped by severity; at most :data:`MOST_LISTED` one by one, the rest counted."""
    if not findings:
        return "Nothing was found."
    lines: list[str] = []
    room = MOST_LISTED
    for severity, (one, many, meaning) in _HEADINGS.items():
        group = [finding for finding in findings if finding.severity is severity]
        if not group:
            continue
        lines.append(f"{len(group):,} {one if len(group) == 1 else many}: {meaning}")
        for finding in group[:room]:
            lines += _finding_lines(finding)
        if len(group) > room:
            lines.append(f"  … and {len(group) - room:,} more {many} (--json lists all)")
        room = max(0, room - len(group))
    return "\n".join(lines)


def _finding_lines(finding: Finding) -> list[str]:
    after = " ".join(filter(None, (finding.effect, finding.remedy)))
    lines = [f"  • {_one_line(finding.message)}"]
    if after:
        lines.append(f"    {_one_line(after)}")
    lines.append(f"    [{finding.code}] {_one_line(finding.path)}")
    return lines


def _one_line(text: str) -> str:
    short = text if len(text) <= 500 else f"{text[:500]}…"
    return plain(" ".join(short.split()))


def findings_json(findings: Iterable[Finding]) -> str:
    """``findings.json``: all of them."""
    return as_json_text([finding.as_dict() for finding in findings])


def as_json_text(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """JSON for a file, ending with a newline."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"
