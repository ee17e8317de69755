"""What a benchmark was run on and with: part of every result."""

from __future__ import annotations

import os
import platform
import resource
from importlib.metadata import version


def machine() -> dict[str, str | int]:
    """Processor, cores, and the versions that matter."""
    packages = {name: version(name) for name in ("ortools", "numba", "numpy")}
    return {
        "processor": platform.machine(),
        "cores": os.cpu_count() or 0,
        "system": platform.system(),
        "python": platform.python_version(),
        **packages,
    }


def peak_megabytes() -> int:
    """Largest resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def in_words(values: dict[str, str | int]) -> str:
    """One line for a page."""
    return ", ".join(f"{name} {value}" for name, value in values.items())
