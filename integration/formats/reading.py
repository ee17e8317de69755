"""What reading a file gives, and how data that was read becomes a snapshot.

Fed by every format; read by callers. Nothing here knows a format.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from integration.formats.limits import LIMITS, RefusedError
from scheduler.factory.parse import Location, parse
from scheduler.findings import Finding, Findings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scheduler.factory import Snapshot


class Format(StrEnum):
    """Formats that are read."""

    JSON = "json"
    YAML = "yaml"
    WORKBOOK = "workbook"
    CSV = "csv"
    """A folder, or a ZIP archive, of CSV files."""
    FREPPLE_JSON = "frepple_json"
    FREPPLE_WORKBOOK = "frepple_workbook"
    CONTOSO = "contoso"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Read:
    """A snapshot (none when an error was found), and everything there is to say of the file."""

    snapshot: Snapshot | None
    findings: Findings = field(default_factory=Findings)


def refused(name: str, error: RefusedError) -> Read:
    """The answer for a file that was not read at all."""
    findings = Findings()
    findings.add(error.code, name, error.message, error.remedy)
    return Read(None, findings)


def snapshot_of(
    data: Any, findings: Findings, where: Callable[[Location], str] | None = None
) -> Read:
    """Parse ``data``; its faults follow the findings that are there already.

    Parameters
    ----------
    where
        Path of a location in the data. Absent: the path of ids.
    """
    snapshot, faults = parse(data, where)
    findings.extend(faults)
    if findings.errors:
        snapshot = None
    return Read(snapshot, Findings(summarised(findings)))


def summarised(findings: Iterable[Finding]) -> list[Finding]:
    """The first of each code one by one, the rest of it counted in one finding."""
    kept: list[Finding] = []
    count: Counter[str] = Counter()
    last: dict[str, Finding] = {}
    for finding in findings:
        count[finding.code] += 1
        last[finding.code] = finding
        if count[finding.code] <= LIMITS.alike:
            kept.append(finding)
    for code, number in count.items():
        if number > LIMITS.alike:
            more = number - LIMITS.alike
            kept.append(
                Finding(
                    code,
                    last[code].path.split("!")[0],
                    f"{more:,} more findings of this kind are not listed.",
                    "Correct those listed first; they often have one cause.",
                    last[code].severity,
                )
            )
    return kept
