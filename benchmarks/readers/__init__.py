"""Readers: from the text of a public file to an :class:`~benchmarks.instances.Instance`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.formats import Format, InstanceError, format_of, text_of
from benchmarks.readers.flexible import (
    read_flexible,
    read_flexible_with_setups,
    read_graph,
    read_workers,
)
from benchmarks.readers.jobshops import read_jobshop, read_tardiness
from benchmarks.readers.printing import read_printing
from benchmarks.readers.projects import read_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.instances import Instance

READERS: dict[Format, Callable[[str, str], Instance]] = {
    Format.JSP: read_jobshop,
    Format.FJSP: read_flexible,
    Format.FJSP_SDST: read_flexible_with_setups,
    Format.FJSP_WORKER: read_workers,
    Format.FAJSP: read_graph,
    Format.RCPSP: read_project,
    Format.MMRCPSP: read_project,
    Format.TARDINESS: read_tardiness,
    Format.PRINTING: read_printing,
}


def read(path: Path, kind: Format | None = None) -> Instance:
    """Read one file; without ``kind`` its format is detected.

    Raises
    ------
    InstanceError
        When the file is not what its format says.
    """
    text = text_of(path)
    told = kind or format_of(path, text)
    try:
        return READERS[told](path.stem, text)
    except (ValueError, KeyError, IndexError, StopIteration, RuntimeError, TypeError) as error:
        if isinstance(error, InstanceError):
            raise
        raise InstanceError(f"{path.name} does not read as {told.value}: {error}") from error
