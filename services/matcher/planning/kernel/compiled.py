"""The one door to the compiler, so that every kernel is compiled, cached and typed in the same way."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy.typing as npt
from numba import njit  # type: ignore[import-untyped, unused-ignore]

Array = npt.NDArray[Any]
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function of arrays and numbers on its first call; keep the machine code on disk.

    The interpreter's lock is released while it runs: a thread that solves does not stop the others.
    """
    return cast("Function", njit(cache=True, nogil=True, error_model="numpy")(function))
