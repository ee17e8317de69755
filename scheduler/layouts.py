"""Layouts: what tables a set of arrays has to be, so that compiled kernels can read it.

``timing.handles`` packs them; nothing here needs the compiler.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LINE = 64
"""Bytes of a line of the processor's cache."""


@dataclass(frozen=True, slots=True)
class Column:
    """One table of a layout.

    Parameters
    ----------
    name
        As kernels call it.
    width
        How many columns; 0: one-dimensional; −1: three-dimensional, the last two equal and not
        known beforehand.
    number
        Kind of its numbers: ``int64``, ``int32``, ``float64`` or ``float32``.
    """

    name: str
    width: int = 0
    number: str = "int64"
    dimensions: int = field(init=False)
    dtype: np.dtype[Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dimensions", {0: 1, -1: 3}.get(self.width, 2))
        object.__setattr__(self, "dtype", np.dtype(self.number))


Layout = tuple[Column, ...]
"""The tables of a set, in the order kernels find them."""


def aligned(rows: int, columns: int) -> NDArray[np.int64]:
    """An int64 table, not filled, whose first row begins a line of the processor's cache.

    Rows of whole lines then share none, so reading one costs no more loads than it must.
    """
    room = np.empty(rows * columns + LINE // 8, dtype=np.int64)
    begin = -room.__array_interface__["data"][0] % LINE // 8
    return room[begin : begin + rows * columns].reshape(rows, columns)


def realigned(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """The table, or a copy of it that :func:`aligned` made."""
    if table.__array_interface__["data"][0] % LINE == 0:
        return table
    copy = aligned(*table.shape)
    copy[:] = table
    return copy


def check(layout: Layout, arrays: Sequence[NDArray[Any]]) -> None:
    """Raise ``TypeError`` unless each array is what the layout says; a kernel would read past its
    end.
    """
    for table, array in zip(layout, arrays, strict=True):
        shape = array.shape
        right = len(shape) == table.dimensions and array.dtype == table.dtype
        if right and table.width != 0:
            right = shape[-1] == (table.width if table.width > 0 else shape[-2])
        if not right or not array.flags.c_contiguous:
            raise TypeError(f"{table.name} is no table for {array.dtype}{array.shape}")
