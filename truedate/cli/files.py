"""Files a command writes: none of them half, and nowhere but in the folder that was named."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_all(folder: Path, contents: Mapping[str, str | bytes]) -> list[Path]:
    """Write files into ``folder`` (made when it is not there), each by a rename once all are ready.

    A reader never sees half a file, and a failure (disk full) leaves the old ones as they were. A
    link in the folder is replaced, not followed, so nothing outside of it is touched.

    Raises
    ------
    OSError
        When the folder or a file cannot be written, or a name leads out of the folder.
    """
    for name in contents:
        if name in ("", ".", "..") or Path(name).name != name:
            raise OSError(22, "leads out of the folder it should be in", name)
    folder.mkdir(parents=True, exist_ok=True)
    ready: list[tuple[str, Path]] = []
    try:
        for name, content in contents.items():
            ready.append((_temporary(folder, content), folder / name))
        for temporary, target in ready:
            os.replace(temporary, target)
    finally:
        for temporary, _ in ready:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
    return [target for _, target in ready]


def write_one(path: Path, content: str | bytes) -> Path:
    """Write one file the same way."""
    return write_all(path.parent, {path.name: content})[0]


def _temporary(folder: Path, content: str | bytes) -> str:
    data = content.encode("utf-8") if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(prefix=".truedate-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files for the owner only; a plan is for the team, as far as the umask lets.
        os.chmod(name, 0o666 & ~_umask())
    except BaseException:
        os.unlink(name)
        raise
    return name


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
