"""The front door's own functions: a file in, a snapshot or a plan out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.factory import Snapshot


def read(path: str | Path) -> Snapshot:
    """The snapshot of a file: JSON, YAML, workbook, folder of CSV files, frePPLe.

    Raises
    ------
    PlanningError
        When it holds no plant that can be read; carries every finding.
    OSError
        When it cannot be opened.
    """
    from integration.formats import read_path
    from scheduler.findings import PlanningError

    found = read_path(Path(path))
    if found.snapshot is None:
        raise PlanningError(found.findings)
    return found.snapshot
