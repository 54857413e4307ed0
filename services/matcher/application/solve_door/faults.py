"""What is wrong with a question, field by field, so that the one who asked can put it right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from services.matcher.application.solve_door.asked import NOT_HONOURED

_MOST: Final = 20
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One field, named by its path (`jobs.3.time_windows`), and what is wrong with it."""

    field: str
    message: str


class DoesNotFit(Exception):  # noqa: N818 - it says what happened
    """A question that cannot be answered as it is asked."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults)
        self.faults = faults[:_MOST]

    @classmethod
    def because(cls, field: str, message: str) -> "DoesNotFit":
        """Give the exception for one field."""
        return cls(Fault(field=field, message=message))

    def __str__(self) -> str:
        return "; ".join(f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in self.faults)


def faults_of(error: ValidationError, not_honoured: Mapping[str, str] = NOT_HONOURED) -> tuple[Fault, ...]:
    """Read what pydantic found; a known field that cannot be honoured is refused with what to do instead."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    within = {one["loc"][:depth] for one in found for depth in range(len(one["loc"]))}
    return tuple(
        Fault(field=_path(one["loc"]), message=_said(one["type"], one["loc"], one["msg"], not_honoured))
        for one in found
        # A list with one faulty entry is not too short as well: pydantic counts only what it accepted.
        if one["type"] != "too_short" or one["loc"] not in within
    )[:_MOST]


def _path(loc: tuple[int | str, ...]) -> str:
    """Write the path of a field; names may be input: they are shortened and printable."""
    return ".".join(str(part).encode("ascii", "backslashreplace").decode()[:80] for part in loc)


def _said(kind: str, loc: tuple[int | str, ...], message: str, not_honoured: Mapping[str, str]) -> str:
    if kind == "extra_forbidden":
        return f"cannot be honoured: {not_honoured.get(str(loc[-1]), 'it is not a field of this door')}"
    return message.removeprefix("Value error, ")[:_LONGEST]
