"""Compiling the functions of the browser's module, and their view of tables in the shared memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic, register_jitable
from numba.np import numpy_support
from numba.np.arrayobj import make_array, populate_array

from qisim.engines.numba_run import MACHINE, RULE


def table_at(kind: np.dtype) -> Any:
    """Return a compiled function that sees a table of such rows at an address."""
    array_type, seen = _seen(kind, 1)

    @intrinsic
    def view(typing_context, address, rows):
        return array_type(types.int64, types.int64), seen

    return view


def grid_of(kind: np.dtype) -> Any:
    """Return a compiled function that sees a table of two dimensions at an address."""
    array_type, seen = _seen(kind, 2)

    @intrinsic
    def view(typing_context, address, rows, columns):
        return array_type(types.int64, types.int64, types.int64), seen

    return view


def box_of(kind: np.dtype) -> Any:
    """Return a compiled function that sees a table of three dimensions at an address."""
    array_type, seen = _seen(kind, 3)

    @intrinsic
    def view(typing_context, address, pages, rows, columns):
        return array_type(types.int64, types.int64, types.int64, types.int64), seen

    return view


def _seen(kind: np.dtype, dimensions: int) -> tuple[Any, Callable]:
    """Return the type of an array without an owner, and what makes one."""
    element = numpy_support.from_dtype(kind[0] if kind.names == ("value",) else kind)
    array_type = types.Array(element, dimensions, "C")

    def seen(context, builder, signature, arguments):
        address, *shape = arguments
        array = make_array(array_type)(context, builder)
        size = context.get_constant(types.intp, kind.itemsize)
        strides = [size]
        for length in reversed(shape[1:]):
            strides.insert(0, builder.mul(strides[0], length))
        pointer = builder.inttoptr(address, context.get_data_type(element).as_pointer())
        populate_array(
            array, data=pointer, shape=shape, strides=strides, itemsize=size, meminfo=None
        )
        return array._getvalue()

    return array_type, seen


def compile_functions(module: Any) -> None:
    """Let compiled code call the functions of a module."""
    for function in vars(module).values():
        if isinstance(function, FunctionType) and function.__module__ == module.__name__:
            register_jitable(**{**RULE, "forceinline": False})(function)


def entry(function: Callable) -> Any:
    """Compile a function of the module when it is first needed."""
    return njit(**MACHINE)(function)


def written(name: str, lines: Sequence[str], **known: Any) -> Any:
    """Return a compiled function whose text is made from the declarations of the model."""
    found = dict(known)
    exec("\n".join(lines), found)
    return register_jitable(**RULE)(found[name])


@register_jitable(**RULE)
def whole(number):
    """Return a whole number that is held as a float."""
    return np.int64(number)
