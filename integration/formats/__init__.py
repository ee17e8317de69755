"""Formats: bytes to a snapshot and back. Files are opened by callers, or by :func:`read_path`.

Whatever is wrong with a file comes back as findings, all at once; nothing here raises for bad
input.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from integration.formats.contoso import read_contoso
from integration.formats.csv_files import read_files, write_files
from integration.formats.detect import detect
from integration.formats.frepple.reader import read_json as read_frepple_json
from integration.formats.frepple.reader import read_workbook as read_frepple_workbook
from integration.formats.limits import LIMITS, RefusedError, check_size, unpack
from integration.formats.native import load_json, load_yaml, read_native, write_native
from integration.formats.reading import Format, Read, refused
from integration.formats.sheets import read_tables
from integration.formats.tables import tables_of
from integration.formats.template import template
from integration.formats.workbook import read_workbook, write_tables
from scheduler.findings import Findings

if TYPE_CHECKING:
    from scheduler.factory import Snapshot

__all__ = [
    "Format",
    "Read",
    "detect",
    "read",
    "read_path",
    "template",
    "write_csv",
    "write_native",
    "write_workbook",
]


def read(name: str, data: bytes, form: Format | None = None) -> Read:
    """The snapshot of a file, with everything there is to say about it.

    Parameters
    ----------
    name
        Name of the file, for findings and where the content does not tell the format.
    form
        Absent: found by :func:`detect`.
    """
    try:
        check_size(data)
        return _read(name, data, form or detect(name, data))
    except RefusedError as error:
        return refused(name, error)


def _read(name: str, data: bytes, form: Format) -> Read:
    match form:
        case Format.JSON:
            return read_native(load_json(data))
        case Format.YAML:
            return read_native(load_yaml(data))
        case Format.WORKBOOK:
            return _workbook(data)
        case Format.CSV:
            return _csv(name, data)
        case Format.FREPPLE_JSON:
            return read_frepple_json(load_json(data))
        case Format.FREPPLE_WORKBOOK:
            return read_frepple_workbook(data)
        case Format.CONTOSO:
            return read_contoso(load_json(data))
        case _:
            raise RefusedError(
                "format.unknown",
                f"{name} is of no format that is read (or an old or protected workbook).",
                "Give JSON, YAML, XLSX, a folder or ZIP of CSV files, or a frePPLe fixture.",
            )


def _workbook(data: bytes) -> Read:
    findings = Findings()
    return read_tables(read_workbook(data, findings), findings)


def _csv(name: str, data: bytes) -> Read:
    if data[:2] == b"PK":
        return _csv_folder(unpack(data, lambda member: member.lower().endswith(".csv")))
    return _csv_folder({Path(name).name: data})


def _csv_folder(files: dict[str, bytes]) -> Read:
    findings = Findings()
    return read_tables(read_files(files, findings), findings)


def read_path(path: Path) -> Read:
    """The snapshot of a file, or of a folder of CSV files.

    Raises
    ------
    OSError
        When the path cannot be opened.
    """
    if not path.is_dir():
        if path.stat().st_size > LIMITS.file:
            return refused(path.name, _too_large())
        return read(path.name, path.read_bytes())
    files = sorted(path.glob("*.csv"))
    if len(files) > LIMITS.members or sum(file.stat().st_size for file in files) > LIMITS.file:
        return refused(path.name, _too_large())
    return _csv_folder({file.name: file.read_bytes() for file in files})


def _too_large() -> RefusedError:
    return RefusedError(
        "format.too_large", "The data is larger than what is read.", "Leave out old history."
    )


def write_workbook(snapshot: Snapshot) -> bytes:
    """The snapshot as an XLSX workbook; reading it back gives an equal one."""
    return write_tables(list(tables_of(snapshot).values()))


def write_csv(snapshot: Snapshot) -> dict[str, bytes]:
    """The snapshot as CSV files, by file name; reading them back gives an equal one."""
    return write_files(tables_of(snapshot))
