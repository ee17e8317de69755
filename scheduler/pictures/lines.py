"""What the pictures want to know of a promise and of a machine's load; ``frames`` has both.

The two packages are strangers to each other, so what is read is said here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from scheduler.build.model import Built
    from scheduler.factory import Snapshot
    from scheduler.findings import Finding
    from scheduler.schedule import Schedule


class PromiseLine(Protocol):
    """One demand with its dates; see ``frames.PromiseRow``."""

    @property
    def demand(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def plant(self) -> str: ...
    @property
    def customer(self) -> str: ...
    @property
    def requested(self) -> datetime | date | None: ...
    @property
    def promised(self) -> datetime | date | None: ...
    @property
    def planned(self) -> datetime | None: ...
    @property
    def lateness_hours(self) -> float: ...
    @property
    def reason(self) -> str: ...


class LoadLine(Protocol):
    """One machine in one day or week; see ``frames.LoadRow``."""

    @property
    def machine(self) -> str: ...
    @property
    def starts(self) -> date: ...
    @property
    def days(self) -> int: ...
    @property
    def open_hours(self) -> float: ...
    @property
    def worked_hours(self) -> float: ...
    @property
    def setup_hours(self) -> float: ...
    @property
    def ratio(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything one page shows.

    Parameters
    ----------
    figures
        As ``frames.kpis`` gives them.
    """

    snapshot: Snapshot
    built: Built
    schedule: Schedule
    promises: Sequence[PromiseLine]
    load: Sequence[LoadLine] = ()
    findings: Sequence[Finding] = ()
    figures: dict[str, Any] = field(default_factory=dict)
