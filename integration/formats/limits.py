"""Limits: how much a file may ask of us, checked before and while it is unpacked.

Declared sizes are checked first and then not trusted: every member is unpacked in pieces with a
running count. Fed by callers' bytes; read by every format.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MIB = 1024 * 1024
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read at most; sizes in bytes."""

    file: int = 128 * MIB
    members: int = 2_000
    expanded: int = 512 * MIB
    ratio: int = 400
    """Expanded by packed size of one member, for members above one MiB."""
    cells: int = 6_000_000
    """Cells of one sheet, counted as the rectangle it spans."""
    depth: int = 60
    """Levels of nesting in JSON and YAML."""
    nodes: int = 4_000_000
    """Values in one YAML document."""
    alike: int = 1_000
    """Findings of one code that are listed one by one."""


LIMITS = Limits()


class RefusedError(Exception):
    """A file is not read at all; says why, and what to do, in the planner's words."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        self.code, self.message, self.remedy = code, message, remedy
        super().__init__(message)


def check_size(data: bytes, limits: Limits = LIMITS) -> None:
    """Refuse what is larger than a plant's data can be."""
    if len(data) > limits.file:
        raise RefusedError(
            "format.too_large",
            f"The file has {len(data) // MIB} MB; up to {limits.file // MIB} MB are read.",
            "Leave out closed orders and old history, or split the file by plant.",
        )


def unpack(data: bytes, wanted: Callable[[str], bool], limits: Limits = LIMITS) -> dict[str, bytes]:
    """Members of a ZIP archive that are ``wanted``, all members being checked.

    Raises
    ------
    RefusedError
        When the archive is damaged, encrypted, or larger than the limits.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_declared(infos, limits)
            return _unpack_counted(archive, infos, wanted, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
        raise RefusedError(
            "format.damaged",
            "The file is damaged or cut off: it cannot be unpacked.",
            "Save it again in the spreadsheet program, or send it again.",
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise RefusedError(
            "format.protected",
            "The file is protected by a password, or packed in a way that is not read.",
            "Save it without a password.",
        ) from error


def _check_declared(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(infos) > limits.members:
        raise _bomb(f"it holds {len(infos):,} files")
    if sum(info.file_size for info in infos) > limits.expanded:
        raise _bomb(f"it unpacks to more than {limits.expanded // MIB} MB")
    for info in infos:
        if info.file_size > max(MIB, limits.ratio * info.compress_size):
            raise _bomb(f"{info.filename!r} unpacks to {info.file_size // MIB} MB")


def _unpack_counted(
    archive: zipfile.ZipFile,
    infos: list[zipfile.ZipInfo],
    wanted: Callable[[str], bool],
    limits: Limits,
) -> dict[str, bytes]:
    unpacked: dict[str, bytes] = {}
    total = 0
    for info in infos:
        pieces: list[bytes] = []
        keep = wanted(info.filename)
        with archive.open(info) as member:
            while piece := member.read(_PIECE):
                total += len(piece)
                if total > limits.expanded:
                    raise _bomb(f"it unpacks to more than {limits.expanded // MIB} MB")
                if keep:
                    pieces.append(piece)
        if keep:
            unpacked[info.filename] = b"".join(pieces)
    return unpacked


def _bomb(why: str) -> RefusedError:
    return RefusedError(
        "format.archive_too_large",
        f"The file is not unpacked: {why}.",
        "Send a file with the plant's data only.",
    )
