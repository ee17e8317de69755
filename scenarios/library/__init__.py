"""The library: plants and scenarios that come with the package, as the files they are written in.

Only bytes are handed out: reading them is the business of whoever knows the format.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """A file of the library.

    ``name`` has the ending that tells its format.
    """

    name: str
    content: bytes


def names() -> tuple[str, ...]:
    """What :func:`load` takes, sorted."""
    found = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml")))


def load(name: str) -> LibraryFile:
    """The file of one plant, such as ``bicycles``.

    Raises
    ------
    KeyError
        When the library has no such plant; the message lists those it has.
    """
    if name not in names():
        raise KeyError(f"{name} is not in the library; it has {', '.join(names())}")
    file = files(__name__) / f"{name}.yaml"
    return LibraryFile(file.name, file.read_bytes())


__all__ = ["LibraryFile", "load", "names"]
