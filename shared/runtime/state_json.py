"""Writes a state as canonical JSON; of large mappings only the values that are new are written anew.

States are frozen: a value, or a whole mapping, that is the same object is the same bytes. A board with hundreds of
volunteers changes in one or two places a step, and writing all of it anew took a tenth of a rehearsal.
"""

from dataclasses import fields
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from pydantic import TypeAdapter
from pydantic_core import to_json

S = TypeVar("S")


class StateWriter(Generic[S]):
    """Writes states of one kind.

    Parameters
    ----------
    state
        A frozen dataclass.
    large
        Names of fields that are `dict[str, V]` with many frozen values. Without any, pydantic writes the whole.
    """

    def __init__(self, state: type[S], large: tuple[str, ...] = ()) -> None:
        self._whole: TypeAdapter[S] = TypeAdapter(state)
        self._large = frozenset(large)
        hints = get_type_hints(state, include_extras=True) if large else {}
        self._parts: dict[str, TypeAdapter[Any]] = {
            field.name: TypeAdapter(get_args(hints[field.name])[1] if field.name in self._large else hints[field.name])
            for field in (fields(state) if large else ())  # type: ignore[arg-type] # a dataclass, see above
        }
        self._pieces: dict[tuple[str, str], dict[str, tuple[Any, bytes]]] = {}
        self._mappings: dict[tuple[str, str], tuple[Any, bytes]] = {}

    def read(self, body: bytes) -> S:
        """Read a state."""
        return self._whole.validate_json(body)

    def write(self, state: S, aggregate_id: str) -> bytes:
        """Write a state: the same bytes that pydantic writes, whatever was written before."""
        if not self._large:
            return self._whole.dump_json(state)
        written = [to_json(name) + b":" + self._field(name, getattr(state, name), aggregate_id) for name in self._parts]
        return b"{" + b",".join(written) + b"}"

    def _field(self, name: str, value: Any, aggregate_id: str) -> bytes:
        if name not in self._large:
            return self._parts[name].dump_json(value)
        place = (aggregate_id, name)
        known = self._mappings.get(place)
        if known is not None and known[0] is value:
            return known[1]
        before = self._pieces.get(place, {})
        pieces = self._pieces[place] = {key: self._piece(name, key, one, before) for key, one in value.items()}
        written = b"{" + b",".join([piece for _, piece in pieces.values()]) + b"}"
        self._mappings[place] = (value, written)
        return written

    def _piece(self, name: str, key: str, value: Any, before: dict[str, tuple[Any, bytes]]) -> tuple[Any, bytes]:
        known = before.get(key)
        if known is not None and known[0] is value:
            return known
        return value, to_json(key) + b":" + self._parts[name].dump_json(value)
