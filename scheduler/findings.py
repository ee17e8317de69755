"""Findings: everything that is wrong with a plant's data, told all at once in the planner's words.

Fed by readers, ``factory``, ``network``, ``build`` and ``validate``; read by whoever shows them. A
finding never stops at the first problem: collect, then raise one :class:`PlanningError` that
carries them all.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Severity(StrEnum):
    """What a finding does to the plan."""

    ERROR = "error"
    """What it names cannot be planned; everything else still is."""
    WARNING = "warning"
    """Planned, with the assumption the message states."""
    NOTE = "note"
    """Worth knowing; nothing was assumed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of the data.

    Parameters
    ----------
    code
        Stable, ``area.what_is_wrong``; listed in ``docs/reference/errors.md``.
    path
        Where it stands, as a path into the snapshot (``items/BIKE-26/routings``), or sheet and
        cell.
    message, remedy
        The planner's words: what is wrong with which values, and what to do.
    effect
        What it does to the plan, where that can be said; empty otherwise.
    """

    code: str
    path: str
    message: str
    remedy: str = ""
    severity: Severity = Severity.ERROR
    effect: str = ""

    def as_dict(self) -> dict[str, str]:
        """Plain strings, ready for JSON."""
        return {key: str(value) for key, value in asdict(self).items()}


class PlanningError(Exception):
    """The data cannot be planned; carries every finding."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        errors = sum(f.severity is Severity.ERROR for f in self.findings)
        super().__init__(
            f"{errors} problem{'s' if errors != 1 else ''} in the data: "
            + "; ".join(f.message for f in self.findings[:3])
        )


class BeyondHorizonError(Exception):
    """A date lies after the last tick that calendars were compiled for."""


@dataclass(slots=True)
class Findings:
    """Collects findings; the same problem of the same place is kept once."""

    items: list[Finding] = field(default_factory=list)
    _seen: set[tuple[str, str, str]] = field(default_factory=set, repr=False)

    def add(
        self,
        code: str,
        path: str,
        message: str,
        remedy: str = "",
        severity: Severity = Severity.ERROR,
        effect: str = "",
    ) -> None:
        """Note one problem."""
        self.extend([Finding(code, path, message, remedy, severity, effect)])

    def warn(self, code: str, path: str, message: str, remedy: str = "", effect: str = "") -> None:
        """Note an assumption that planning goes on with."""
        self.add(code, path, message, remedy, Severity.WARNING, effect)

    def note(self, code: str, path: str, message: str, remedy: str = "", effect: str = "") -> None:
        """Note something worth knowing."""
        self.add(code, path, message, remedy, Severity.NOTE, effect)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take over findings from another collection."""
        for finding in findings:
            key = (finding.code, finding.path, finding.message)
            if key not in self._seen:
                self._seen.add(key)
                self.items.append(finding)

    @property
    def errors(self) -> list[Finding]:
        """The findings of severity *error*."""
        return [f for f in self.items if f.severity is Severity.ERROR]

    def raise_if_any(self) -> None:
        """Raise :class:`PlanningError` when an error was found."""
        if self.errors:
            raise PlanningError(self.items)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)
