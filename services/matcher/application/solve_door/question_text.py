"""The text of a question: JSON in UTF-8, as every door and command reads it, and what to say of anything else."""

import codecs
from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from services.matcher.application.solve_door.faults import DoesNotFit, faults_of

Q = TypeVar("Q", bound=BaseModel)

_NOTHING: Final[Mapping[str, str]] = {}
_IN_TWO_BYTES: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(text: bytes, question: type[Q], *, not_honoured: Mapping[str, str] = _NOTHING) -> Q:
    """Read a question; a byte order mark before it, as editors on Windows write one, is no part of it.

    Parameters
    ----------
    text
        What came.
    question
        What it has to be.
    not_honoured
        Known fields that are refused, and what to do instead.

    Raises
    ------
    DoesNotFit
        If it is something else; it names each field.
    """
    try:
        return question.model_validate_json(text.removeprefix(codecs.BOM_UTF8))
    except ValidationError as error:
        _require_utf_8(text)
        raise DoesNotFit(*faults_of(error, not_honoured)) from None


def _require_utf_8(text: bytes) -> None:
    if text.startswith(_IN_TWO_BYTES) or b"\0" in text[:4]:
        raise DoesNotFit.because("", "The question is in UTF-16. Save it as UTF-8 and ask again.")
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise DoesNotFit.because(
            "",
            f"The question is not in UTF-8: byte {error.start + 1} is no part of it, as in texts saved as GBK. Save it"
            " as UTF-8 and ask again.",
        ) from None
