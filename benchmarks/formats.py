"""The public file formats: which one a file is in, and its text. Shared by readers and checkers."""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Format(StrEnum):
    """A public format, by the name ``--format`` takes."""

    JSP = "jsp"
    """Job shop; standard, bel and reentrant dialects."""
    FJSP = "fjsp"
    """Flexible job shop."""
    FJSP_SDST = "fjsp-sdst"
    """With setup times between operations on each machine."""
    FJSP_WORKER = "fjsp-worker"
    """With one worker per operation; times depend on machine and worker."""
    FAJSP = "birgin-fajsp"
    """Flexible job shop whose precedences are any acyclic graph."""
    RCPSP = "rcpsp"
    MMRCPSP = "mmrcpsp"
    """With modes and non-renewable resources."""
    TARDINESS = "jsp-tardiness"
    """Job shop with due dates, total tardiness."""
    PRINTING = "ops"
    """Online printing shop."""


class InstanceError(ValueError):
    """A file is not what its format says, or says something that cannot be planned here."""


SUFFIXES = {
    ".fjsw": Format.FJSP_WORKER,
    ".sm": Format.RCPSP,
    ".mm": Format.MMRCPSP,
    ".json": Format.PRINTING,
}
FOLDERS = {
    "birgin-fajsp": Format.FAJSP,
    "fjsp-sdst": Format.FJSP_SDST,
    "fjsp-worker": Format.FJSP_WORKER,
    "jsp-tardiness": Format.TARDINESS,
    "fjsp": Format.FJSP,
    "jsp": Format.JSP,
}


def text_of(path: Path) -> str:
    """The text of a file, or of the one member of a zip file.

    Raises
    ------
    InstanceError
        When a zip file holds other than one member.
    """
    if path.suffix != ".zip":
        return path.read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.namelist() if not m.endswith("/")]
        if len(members) != 1:
            raise InstanceError(f"{path.name} holds {len(members)} files; one is expected")
        return archive.read(members[0]).decode("utf-8-sig")


def number_lines(text: str) -> list[list[str]]:
    """Lines that are neither empty nor comments, split at white space."""
    return [line.split() for line in text.splitlines() if line.strip() and line.lstrip()[0] != "#"]


def format_of(path: Path, text: str) -> Format:
    """The format of a file: by its suffix, else by what it holds, else by the folder it lies in.

    Raises
    ------
    InstanceError
        When it cannot be told.
    """
    told = SUFFIXES.get(path.suffix) or by_content(text)
    if told is None:
        told = next((FOLDERS[part] for part in reversed(path.parts) if part in FOLDERS), None)
    if told is None:
        raise InstanceError(f"{path.name}: the format cannot be told; give it with --format")
    return told


def by_content(text: str) -> Format | None:
    """The format by what stands in the text; None when nothing fits."""
    if text.lstrip()[:1] == "{":
        return Format.PRINTING
    if "PRECEDENCE RELATIONS" in text:
        spent = re.search(r"nonrenewable\s*:\s*(\d+)", text)
        return Format.MMRCPSP if spent and int(spent.group(1)) else Format.RCPSP
    if "Processing times" in text:
        return Format.TARDINESS
    return _by_numbers(number_lines(text))


def _by_numbers(lines: list[list[str]]) -> Format | None:
    """Tell the formats apart that hold nothing but numbers."""
    if len(lines) < 2 or not 2 <= len(lines[0]) <= 4 or not _are_numbers(lines[:2]):
        return None
    if len(lines[0]) == 3 and len(lines[1]) == 2:
        return Format.FAJSP
    jobs = int(lines[0][0])
    body = lines[1 : 1 + jobs]
    if all(_is_flexible(line) for line in body[:50]):
        return Format.FJSP_SDST if len(lines) > 1 + jobs else Format.FJSP
    if all(_is_worker(line) for line in body[:50]):
        return Format.FJSP_WORKER
    return Format.JSP if len(lines[0]) == 2 and all(len(line) % 2 == 0 for line in body) else None


def _are_numbers(lines: list[list[str]]) -> bool:
    return all(word.lstrip("-").replace(".", "", 1).isdigit() for line in lines for word in line)


def _is_flexible(line: list[str]) -> bool:
    """Whether a line reads as ``#operations (#options (machine time)*)*`` to its very end."""
    at = 1
    for _ in range(int(line[0])):
        if at >= len(line):
            return False
        at += 1 + 2 * int(line[at])
    return at == len(line)


def _is_worker(line: list[str]) -> bool:
    """Whether a line reads as ``#operations (#machines (machine #workers (worker time)*)*)*``."""
    at = 1
    for _ in range(int(line[0])):
        if at >= len(line):
            return False
        machines, at = int(line[at]), at + 1
        for _ in range(machines):
            if at + 1 >= len(line):
                return False
            at += 2 + 2 * int(line[at + 1])
    return at == len(line)
