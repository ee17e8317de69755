"""The kernel cache: compiled kernels on disk, kept under what they were compiled from.

Numba keys its own cache by path and file time and looks only at the function's own file: a callee
changed elsewhere leaves stale code, so stale dates, and a second clone compiles everything again.
Here the folder's name is a hash of all sources, versions and the processor. What is in it is right
for as long as it is found. Set up by the front door, the processes and the tests, before the first
module with kernels is imported.
"""

import ast
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

_KEPT_FOLDERS = 5
_DECORATORS = "scheduler.timing.compiled"
"""Where the package keeps its decorators; who imports them has kernels."""
# Numba's own switches that change the code it makes.
_SWITCHES = ("NUMBA_BOUNDSCHECK", "NUMBA_DEBUGINFO", "NUMBA_OPT")


@dataclass(frozen=True, slots=True)
class KernelLocator:
    """Numba's cache locator of one kernel; it asks for these names and calls the four methods."""

    folder: Path
    disambiguator: str
    _py_file: str

    def ensure_cache_path(self) -> None:
        """Make the folder before something is saved; another process may have removed it."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def get_cache_path(self) -> str:
        """The folder of this content; the same for every kernel."""
        return str(self.folder)

    def get_source_stamp(self) -> str:
        """Always fresh: the folder's name already says which sources these are."""
        return self.folder.name

    def get_disambiguator(self) -> str:
        """Module and line, which do not depend on where the clone lies."""
        return self.disambiguator


@dataclass(frozen=True, slots=True)
class KernelLocators:
    """Stands first among numba's locator classes; answers for the kernels of one package."""

    package: Path
    folder: Path

    def from_function(self, py_func: Callable[..., object], py_file: str) -> KernelLocator | None:
        """The locator of a function, or ``None`` (numba asks the next) outside the package."""
        file = Path(py_file).resolve()
        if not file.is_relative_to(self.package):
            return None
        module = ".".join(file.relative_to(self.package.parent).with_suffix("").parts)
        line = py_func.__code__.co_firstlineno
        return KernelLocator(self.folder, f"{module}-{line}", py_file)


def use_kernel_cache() -> Path | None:
    """Let the scheduler's kernels be kept in the user's cache folder.

    Imports numba. May be called again; the second call changes nothing.

    Returns
    -------
    The folder, or ``None`` when it cannot be written: numba then caches in its own way.
    """
    try:
        return _install(Path(__file__).resolve().parent.parent / "scheduler", _kernels_folder())
    except (OSError, RuntimeError):  # not writable; no home folder
        return None


def compiled(folder: Path) -> bool:
    """Whether kernels were compiled into a cache folder before."""
    return any(folder.glob("*.nbc"))


def compile_kernels() -> None:
    """Compile every kernel that is not in the cache yet: two halves, in two processes.

    The half of this process is what the other's calls, so it is ready to run here.
    """
    # What goes wrong there goes wrong again, and is told, when the kernel is needed here.
    other = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", f"from {__name__} import _compile_called; _compile_called()"],
        stderr=subprocess.DEVNULL,
    )
    try:
        from scheduler.engines import dispatch, insert  # noqa: F401 - they declare the kernels
        from scheduler.timing.compiled import link

        link()
    finally:
        other.wait()


def _compile_called() -> None:
    use_kernel_cache()
    from scheduler.engines import dispatch, insert  # noqa: F401 - they declare the kernels
    from scheduler.timing.compiled import compile_called

    compile_called()


def kernel_sources(package: Path) -> list[Path]:
    """The files that decide what the kernels of a package compute, sorted.

    Those that import numba, and all files of the package that these import, however indirectly: a
    kernel freezes the constants and the callees that it finds there. Imports inside functions and
    under ``TYPE_CHECKING`` bring nothing that a kernel could see.
    """
    found: set[Path] = set()
    waiting = [file for file in package.rglob("*.py") if _imports_numba(file)]
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting.extend(_imported_files(file, package))
    return sorted(found)


def content_key(package: Path) -> str:
    """Hash of the kernel sources (names and contents), versions, switches and the processor."""
    digest = hashlib.sha256()
    for file in kernel_sources(package):
        # Lengths keep "ab" + "c" apart from "a" + "bc".
        for part in (file.relative_to(package).as_posix().encode(), file.read_bytes()):
            digest.update(len(part).to_bytes(8, "big") + part)
    digest.update(repr(_compiler()).encode())
    return digest.hexdigest()[:32]


def _install(package: Path, kernels: Path) -> Path:
    from numba.core.caching import CacheImpl

    # Numba wants classes here and only calls `from_function` on them; an instance knows its folder.
    known: list[Any] = CacheImpl._locator_classes
    for locators in known:
        if isinstance(locators, KernelLocators) and locators.package == package:
            return locators.folder
    folder = kernels / content_key(package)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        os.utime(folder)  # used last, so removed last
    known.insert(0, KernelLocators(package, folder))
    _remove_oldest(kernels)
    return folder


def _kernels_folder() -> Path:
    chosen = os.environ.get("TRUEDATE_CACHE")
    if chosen:
        return Path(chosen) / "kernels"
    user = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(user) / "truedate" / "kernels"


def _remove_oldest(kernels: Path) -> None:
    # Another process may be removing the same ones; what it leaves goes next time.
    with contextlib.suppress(FileNotFoundError):
        newest_first = sorted(kernels.iterdir(), key=lambda folder: -folder.stat().st_mtime)
        for folder in newest_first[_KEPT_FOLDERS:]:
            shutil.rmtree(folder, ignore_errors=True)


def _compiler() -> tuple[object, ...]:
    from llvmlite import binding

    return (
        [version(name) for name in ("numba", "numpy", "llvmlite")],
        sys.version,
        binding.get_host_cpu_name(),
        binding.get_host_cpu_features().flatten(),
        [os.environ.get(name) for name in _SWITCHES],
    )


def _imports_numba(file: Path) -> bool:
    # The word is looked for first: parsing every file would cost more than hashing them.
    text = file.read_bytes()
    return any(word in text for word in (b"numba", b"compiled")) and any(
        name.split(".")[0] == "numba" or name.startswith(_DECORATORS)
        for name in _imported_names(file)
    )


def _imported_files(file: Path, package: Path) -> Iterator[Path]:
    for name in _imported_names(file):
        stem = package.parent.joinpath(*name.split("."))
        for candidate in (stem.with_suffix(".py"), stem / "__init__.py"):
            if candidate.is_relative_to(package) and candidate.is_file():
                yield candidate


def _imported_names(file: Path) -> Iterator[str]:
    """Dotted names that a module imports when it is loaded; ``from a import b`` gives a and a.b.

    Relative imports are not read: the linter refuses them.
    """
    for node in ast.parse(file.read_bytes(), str(file)).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
