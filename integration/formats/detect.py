"""Which format a file is, by what is in it; its name only decides where the content does not."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

from integration.formats.frepple.records import ENTITIES, entity_of
from integration.formats.layout import all_sheets
from integration.formats.limits import RefusedError, unpack
from integration.formats.reading import Format
from integration.formats.tables import PLAN, plain

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def detect(name: str, data: bytes) -> Format:
    """The format of a file; ``UNKNOWN`` when it is none that is read."""
    if data[:2] == b"PK":
        return _archive(data)
    if data[:4] == _OLD_OFFICE:
        return Format.UNKNOWN
    head = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    suffix = PurePath(name).suffix.lower()
    if suffix == ".csv":
        return Format.CSV
    if suffix in (".yaml", ".yml"):
        return Format.YAML
    if head == b"[":
        return Format.FREPPLE_JSON
    if head == b"{":
        contoso = b'"machine_centers"' in data and b'"routing_lines"' in data
        return Format.CONTOSO if contoso else Format.JSON
    if suffix == ".json":
        return Format.JSON
    return (
        Format.YAML if re.search(rb"^truedate\s*:", data[:4096], re.MULTILINE) else Format.UNKNOWN
    )


def _archive(data: bytes) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        # Cut off: said to be a workbook, so that reading it says what is wrong with it.
        return Format.WORKBOOK
    if "xl/workbook.xml" in names:
        return _workbook(data)
    return Format.CSV if any(n.lower().endswith(".csv") for n in names) else Format.UNKNOWN


def _workbook(data: bytes) -> Format:
    try:
        xml = unpack(data, lambda name: name == "xl/workbook.xml")["xl/workbook.xml"]
    except RefusedError:
        return Format.WORKBOOK
    names = [
        n.decode("utf-8", "replace")
        for n in re.findall(rb'<(?:\w+:)?sheet\b[^>]*?\bname="([^"]*)"', xml)
    ]
    ours = sum(plain(n) in all_sheets() or plain(n) == PLAN for n in names)
    theirs = sum(entity_of(n) in ENTITIES for n in names)
    return Format.FREPPLE_WORKBOOK if theirs > ours else Format.WORKBOOK
