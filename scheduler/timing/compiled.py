"""The decorators of compiled functions, in one place, with the reasons for their options.

``cache`` keeps the machine code on disk; ``nogil`` lets several searches run in threads. Functions
that make no array need no reference counts: without them (``_nrt``) a call costs a quarter.
``forceinline`` is for small functions on the hot path, where copying the tuple of tables would cost
more than the work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

Kernel = Callable[..., Any]


def kernel(function: Kernel) -> Kernel:
    """Compile a function that makes no arrays."""
    compiled: Kernel = njit(cache=True, nogil=True, _nrt=False)(function)  # type: ignore[call-overload]
    return compiled


def inlined(function: Kernel) -> Kernel:
    """Compile a function that makes no arrays into its callers."""
    compiled: Kernel = njit(cache=True, nogil=True, _nrt=False, forceinline=True)(  # type: ignore[call-overload]
        function
    )
    return compiled


def entry(function: Kernel) -> Kernel:
    """Compile a function that makes arrays of its own: what Python calls."""
    compiled: Kernel = njit(cache=True, nogil=True)(function)
    return compiled
