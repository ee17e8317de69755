"""Handles: many tables passed to a kernel as one address. Compiled by numba.

A tuple of tables is copied, nine words a table, at every call of a kernel, and all those words are
compiled again in every function they pass through. A handle is one pointer to packed tables: the
address of each, its rows, the size of its last dimension. Kernels read
``t.operations[o, RELEASE]`` as from a tuple; the loads are marked as never changing, so they may be
kept in registers.

A table does not say how many rows it has, ``t.operations_count`` does. That way no row is counted
from the end, as the test for that would stand before every access; and no slices of it are taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, imputils, types
from numba.core.datamodel import models
from numba.core.datamodel.registry import register_default
from numba.core.typing import templates
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic
from numba.np.arrayobj import make_array, populate_array

from scheduler.layouts import Column, Layout, check
from scheduler.timing.compiled import kernel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from scheduler.problem import Ticks

WORDS = 3
"""Words of a packed table."""
WORD = ir.IntType(64)
NUMBERS = {
    "int64": types.int64,
    "int32": types.int32,
    "float64": types.float64,
    "float32": types.float32,
}
COUNT = "_count"


@kernel
def address(numbers: Any) -> int:
    """Where a table begins. Numpy says it too, in ten times the time."""
    begin: int = numbers.ctypes.data
    return begin


def pack(layout: Layout, arrays: Sequence[NDArray[Any]]) -> Ticks:
    """Where ``arrays`` lie, one for each table of the layout; shape (tables · WORDS,).

    The words are addresses: whoever packs keeps the arrays alive, and never saves the words.

    Raises
    ------
    TypeError
        An array is not what the layout says.
    """
    check(layout, arrays)
    words: list[int] = []
    for array in arrays:
        words += (address(array.reshape(-1)), array.shape[0], array.shape[-1])
    return np.array(words, dtype=np.int64)


class HandleType(types.Type):
    """Numba's type of a handle."""

    def __init__(self, name: str, layout: Layout) -> None:
        self.layout = layout
        super().__init__(f"Handle({name}, {layout})")

    def find(self, name: str) -> tuple[int, Column] | None:
        """First word and description of a table; ``None`` when there is no such table."""
        for index, table in enumerate(self.layout):
            if table.name == name:
                return WORDS * index, table
        return None


def array_of(table: Column) -> types.Array[Any]:
    """The table as numba sees it."""
    return types.Array(NUMBERS[table.number], table.dimensions, "C")


@register_default(HandleType)
class HandleModel(models.OpaqueModel):
    """A handle is a pointer."""


@infer_getattr
class HandleAttributes(templates.AttributeTemplate):
    """The types of a handle's tables and of their numbers of rows."""

    key = HandleType

    def generic_resolve(self, handle: HandleType, name: str) -> Any:  # type: ignore[override]
        """The type of one of them."""
        found = handle.find(name)
        if found:
            return array_of(found[1])
        return types.int64 if handle.find(name.removesuffix(COUNT)) else None


@lower_getattr_generic(HandleType)
def read_table(context: Any, builder: Any, handle: HandleType, value: Any, name: str) -> Any:
    """A table as an array that owns nothing, or the number of its rows."""
    counted = name.endswith(COUNT)
    found = handle.find(name.removesuffix(COUNT))
    if found is None:
        raise AttributeError(name)
    first, table = found
    if counted:
        return _word(builder, value, first + 1)
    kind = array_of(table)
    words = [_word(builder, value, first + i) for i in range(WORDS)]
    number = context.get_data_type(kind.dtype)
    size = ir.Constant(WORD, context.get_abi_sizeof(number))
    # A width that is known is a constant in the machine code, so a row is found without a load.
    width = ir.Constant(WORD, table.width) if table.width > 0 else words[2]
    # No rows: an index below zero is then left as it is, so nothing is done for it.
    shape = [ir.Constant(WORD, 0), width, width][: table.dimensions]
    strides = [size]
    for extent in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], extent))
    array = make_array(kind)(context, builder)
    populate_array(
        array,
        data=builder.inttoptr(words[0], number.as_pointer()),
        shape=cgutils.pack_array(builder, shape),
        strides=cgutils.pack_array(builder, strides),
        itemsize=size,
        meminfo=None,
        parent=None,
    )
    return imputils.impl_ret_borrowed(context, builder, kind, array._getvalue())


def _word(builder: Any, value: Any, index: int) -> Any:
    words = builder.bitcast(value, WORD.as_pointer())
    loaded = builder.load(builder.gep(words, [ir.Constant(WORD, index)]))
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


def opener(kind: HandleType) -> Callable[[Ticks], Any]:
    """A function for kernels: the handle to what packed words list."""

    @intrinsic
    def handle(typing: Any, words: Any) -> Any:
        """The handle to packed tables; ``words`` must outlive it."""
        del typing

        def lower(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            array = make_array(signature.args[0])(context, builder, values[0])
            return builder.bitcast(array.data, context.get_value_type(kind))

        return kind(words), lower

    opened: Any = handle
    return opened  # type: ignore[no-any-return]
