"""The decorators of compiled functions, in one place, with the reasons for their options.

``cache`` keeps the machine code on disk; ``nogil`` lets several searches run in threads. Functions
that make no array need no reference counts: without them (``_nrt``) a call costs a quarter.
``forceinline`` is for small functions on the hot path. Every function is compiled for one kind of
each argument: numba would compile it once more for every constant and every width of integer it is
called with, and whatever it calls as well. And what a function calls is compiled again as a part of
it, so large ones that are called from several are ``apart``: compiled once, and called by their
name.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from llvmlite import binding
from numba import cfunc, njit, types

Kernel = Callable[..., Any]
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
WORDS = TICKS = types.int64[::1]
"""Kinds of arguments from Python: packed tables, and one-dimensional arrays."""


def kernel(function: Kernel) -> Kernel:
    """Compile a function that makes no arrays."""
    return _once(njit(**_OPTIONS)(function))


def inlined(function: Kernel) -> Kernel:
    """Compile a function that makes no arrays into its callers."""
    return _once(njit(**_OPTIONS, forceinline=True)(function))


def called(*kinds: types.Type) -> Callable[[Kernel], Kernel]:
    """Compile a function that Python calls with arguments of these ``kinds``; it makes no arrays.

    Its callers run :func:`link` before.
    """

    def declare(function: Kernel) -> Kernel:
        compiled = kernel(function)
        _CALLED.append((compiled, kinds))
        return compiled

    return declare


def apart(*kinds: types.Type) -> Callable[[Kernel], Kernel]:
    """Compile a function by itself. It takes handles and integers of these ``kinds`` and gives an
    integer; callers find it by its name once :func:`link` has run.
    """
    signature = types.int64(*kinds)

    def declare(function: Kernel) -> Kernel:
        name = f"{function.__module__}.{function.__qualname__}"
        _APART.append((name, signature, function))
        declared: Kernel = types.ExternalFunction(name, signature)
        return declared

    return declare


def link() -> None:
    """Compile what is apart, or read it from the cache, so that its callers can run. Callees first,
    as they were declared.
    """
    # A caller that finds a name missing ends the process, so threads wait for each other here.
    with _LINKING:
        while _APART:
            name, signature, function = _APART[0]
            compiled = cfunc(signature, **_OPTIONS)(function)
            binding.add_symbol(name, compiled.address)
            _LINKED.append(compiled)
            _APART.pop(0)


def compile_called() -> None:
    """Compile what Python calls and leave it in the cache. Nothing can be run in this process
    afterwards: what is apart is not there.
    """
    nowhere = cfunc(types.void())(_nothing)
    for name, _, _ in _APART:
        binding.add_symbol(name, nowhere.address)
    for compiled, kinds in _CALLED:
        compiled.compile(kinds)


def _nothing() -> None:
    return None


def _once(compiled: Any) -> Kernel:
    called_with = compiled.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        plain = {name: _plain(kind) for name, kind in kws.items()}
        return called_with(tuple(map(_plain, args)), plain)

    compiled.get_call_template = get_call_template
    function: Kernel = compiled
    return function


def _plain(kind: Any) -> Any:
    return types.int64 if isinstance(kind, types.Integer) else kind


_CALLED: list[tuple[Any, tuple[types.Type, ...]]] = []
_APART: list[tuple[str, Any, Kernel]] = []
"""Name, signature and source of what is compiled apart and has not been linked yet."""
_LINKING = Lock()
_LINKED: list[Any] = []
"""Keeps the machine code of what was linked."""
