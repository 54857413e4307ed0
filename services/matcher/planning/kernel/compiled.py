"""The one door to the compiler, so that every kernel is compiled, cached and typed in the same way."""

import gc
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped, unused-ignore]
from numba import config, from_dtype, njit, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.extending import intrinsic
from numba.np import arrayobj
from numba.np.arrayobj import make_array, populate_array

from services.matcher.planning.kernel.machine_code import home

Array = npt.NDArray[Any]
ONE = -1
Function = TypeVar("Function", bound=Callable[..., Any])

config.LOOP_VECTORIZE = 0  # type: ignore[attr-defined]  # tours are short: unrolled loops took a fifth longer, and longer to compile


# Machine code for any processor of the family: an image is built on one computer and runs on others. Measured, code for
# this very processor is no faster, because nothing here adds up vectors.
config.CPU_NAME, config.CPU_FEATURES = "generic", ""  # type: ignore[attr-defined]

HOME = str(home())


class Forward(Compiler):  # type: ignore[misc, unused-ignore]
    """Compiles what counts no index from the end, which no kernel does.

    Python's `row[-1]` costs a comparison and a choice wherever an index could be below zero. Without them a kernel does
    a fifth more rounds a second. numba has no option for it, and compiles under a lock, so that nobody else's code is
    compiled meanwhile. What is compiled stays, so there is nothing for the collector of garbage to find.
    """

    def compile_extra(self, function: Any) -> Any:
        """Compile one function, after those that it calls."""
        for name in function.__code__.co_names:
            called = function.__globals__.get(name)
            if isinstance(called, Hashable) and called in _waiting:
                _compile(called)
        usual, arrayobj.fix_integer_index = arrayobj.fix_integer_index, _as_it_is
        collects = gc.isenabled()
        gc.disable()
        try:
            return super().compile_extra(function)  # type: ignore[no-untyped-call, unused-ignore]
        finally:
            arrayobj.fix_integer_index = usual
            if collects:
                gc.enable()


class Part(JITCodeLibrary):  # type: ignore[misc, unused-ignore]
    """The code of a function that only other compiled functions call: nothing but a part of theirs.

    numba would optimise it and turn it into machine code at every level of calls anew. A part is optimised once, with
    the whole that Python calls.
    """

    @property
    def codegen(self) -> "Part":
        """Whoever sets the environment: a part has none."""
        return self

    def set_env(self, name: str, environment: object) -> None:
        """Set nothing: only functions that Python calls need their environment."""

    def get_pointer_to_function(self, name: str) -> int:
        """Return 0: there is no machine code."""
        del name
        return 0

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()  # type: ignore[no-untyped-call, unused-ignore]
        self._finalized = True


class Within(Forward):
    """Compiles parts."""

    def compile_extra(self, function: Any) -> Any:
        """Compile one function as a part of others."""
        library = Part(self.state.targetctx.codegen(), function.__qualname__)  # type: ignore[no-untyped-call, unused-ignore]
        self.state.library = library
        return super().compile_extra(function)


def _as_it_is(context: Any, builder: Any, kind: Any, index: Any, size: Any) -> Any:
    """Take an index as it is: `numba.np.arrayobj.fix_integer_index` without counting from the end."""
    del size
    return context.cast(builder, index, kind, types.intp if kind.signed else types.uintp)


_waiting: dict[Any, None] = {}  # an ordered set of functions that nobody has needed yet


def compiled(function: Function) -> Function:
    """Compile a function that only other compiled functions call, as a part of theirs.

    If its arguments are numbers, there is one version of it, whatever width they have where it is called: numba would
    make one for each mixture of widths, which doubled the time that compiling takes.
    """
    return _part(function)


def inlined(function: Function) -> Function:
    """Compile a function as `compiled` does, and write it out wherever it is called.

    For what is done thousands of times in a millisecond: there is no call, the compiler sees which arrays are the same
    on both sides, and the processor remembers for each place by itself which way its branches usually go.
    """
    return _part(function, forceinline=True)


def _part(function: Function, **options: bool) -> Function:
    dispatcher: Any = njit(  # type: ignore[call-overload]
        error_model="numpy", pipeline_class=Within, no_cpython_wrapper=True, no_cfunc_wrapper=True, **options
    )(function)
    if _signature(function) is not None:
        _waiting[dispatcher] = None
    return cast("Function", dispatcher)


def entry(function: Function) -> Function:
    """Compile a function that Python calls with all that it calls, on its first call; keep the machine code on disk.

    The interpreter's lock is released while it runs: a thread that solves does not stop the others.
    """
    others, config.CACHE_DIR = config.CACHE_DIR, HOME  # type: ignore[attr-defined]
    try:
        dispatcher = njit(cache=True, error_model="numpy", pipeline_class=Forward, nogil=True, no_cfunc_wrapper=True)(  # type: ignore[call-overload]
            function
        )
    finally:
        config.CACHE_DIR = others  # type: ignore[attr-defined]
    return cast("Function", dispatcher)


def _signature(function: Callable[..., Any]) -> tuple[Any, ...] | None:
    """Return the types of the arguments, or None if some are not numbers."""
    widths = {int: types.int64, float: types.float64, bool: types.boolean}
    kinds = [kind for name, kind in function.__annotations__.items() if name != "return"]
    return tuple(widths[kind] for kind in kinds) if all(kind in widths for kind in kinds) else None


def _compile(dispatcher: Any) -> None:
    _waiting.pop(dispatcher)
    dispatcher.compile(_signature(dispatcher.py_func))
    dispatcher.disable_compile()


Size = int | tuple[int, int]  # of one dimension: a slot of the row, or a slot and by how much it is multiplied


def view(slot: int, dtype: Any, *sizes: Size) -> Callable[[int], Array]:
    """Make a function that finds an array through a row of numbers.

    Parameters
    ----------
    slot
        Where in the row the address of the first item stands.
    dtype
        Of the items.
    sizes
        Of each dimension; ONE in place of a slot stands for 1.

    Returns
    -------
    Callable
        From the address of the row to the array, for compiled functions only. It costs a few loads, counts no
        references and keeps nothing alive.
    """
    kind = types.Array(from_dtype(np.dtype(dtype)), len(sizes), "C")

    def typed(typing_context: Any, row: Any) -> Any:
        del typing_context

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            del signature
            word = ir.IntType(64)
            numbers = builder.inttoptr(arguments[0], word.as_pointer())

            def number(place: int) -> Any:
                loaded = builder.load(builder.gep(numbers, [word(place)]))
                loaded.set_metadata("invariant.load", builder.module.add_metadata([]))  # nothing is written in the row
                return loaded

            array = make_array(kind)(context, builder)  # type: ignore[no-untyped-call]
            itemsize = context.get_abi_sizeof(context.get_data_type(kind.dtype))
            shape = [_sized(builder, word, number, size) for size in sizes]
            strides: list[Any] = []
            stride = word(itemsize)
            for length in reversed(shape):
                strides.insert(0, stride)
                stride = builder.mul(stride, length)
            data = builder.inttoptr(number(slot), array.data.type)
            populate_array(  # type: ignore[no-untyped-call]
                array, data=data, shape=shape, strides=strides, itemsize=word(itemsize), meminfo=None
            )
            return array._getvalue()  # noqa: SLF001 - the only way to hand a structure on

        return kind(row), generate

    return cast("Callable[[int], Array]", intrinsic(typed))


def _sized(builder: Any, word: Any, number: Callable[[int], Any], size: Size) -> Any:
    slot, times = size if isinstance(size, tuple) else (size, 1)
    return word(times) if slot == ONE else builder.mul(number(slot), word(times))
