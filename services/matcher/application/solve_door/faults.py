"""What is wrong with a question, field by field, so that the one who asked can put it right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

_MOST: Final = 20
_LONGEST: Final = 300
_CONTROLS: Final = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}

# What pydantic says in words of its own; the rest of its sentences say what to do.
_IN_PLAIN_WORDS: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "too_short": "has {actual_length} entries: give at least {min_length}",
    "too_long": "has too many entries: give at most {max_length}",
    "string_too_short": "is too short: give at least {min_length} characters",
    "string_too_long": "is too long: give at most {max_length} characters",
    "json_invalid": "The question is not valid JSON: {error}. Send one JSON object in UTF-8.",
}


def printable(text: str) -> str:
    """Write control characters out: in a terminal they could do anything, and input may hold them."""
    return text.translate(_CONTROLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One field, named by its path (`jobs.3.time_windows`), and what is wrong with it; both can be printed."""

    field: str
    message: str

    def __post_init__(self) -> None:
        for name in ("field", "message"):
            object.__setattr__(self, name, printable(getattr(self, name)))


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


def faults_of(error: ValidationError, not_honoured: Mapping[str, str]) -> tuple[Fault, ...]:
    """Read what pydantic found; a known field that cannot be honoured is refused with what to do instead."""
    found = error.errors(include_url=False, include_input=False)
    within = {one["loc"][:depth] for one in found for depth in range(len(one["loc"]))}
    return tuple(
        Fault(field=_path(one["loc"]), message=_said(one, not_honoured))
        for one in found
        # A list with one faulty entry is not too short as well: pydantic counts only what it accepted.
        if one["type"] != "too_short" or one["loc"] not in within
    )[:_MOST]


def _path(loc: tuple[int | str, ...]) -> str:
    """Write the path of a field; names may be input: they are shortened, and ASCII for every terminal."""
    return ".".join(str(part).encode("ascii", "backslashreplace").decode()[:80] for part in loc)


def _said(found: Mapping[str, Any], not_honoured: Mapping[str, str]) -> str:
    if found["type"] == "extra_forbidden":
        return f"cannot be honoured: {not_honoured.get(str(found['loc'][-1]), 'it is not a field of this door')}"
    if found["type"] in _IN_PLAIN_WORDS:
        return _IN_PLAIN_WORDS[found["type"]].format_map(found.get("ctx", {}))
    return str(found["msg"]).removeprefix("Value error, ")[:_LONGEST]
