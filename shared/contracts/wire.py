"""Reading facts from the wire: bytes become a fact, or an error that says why they cannot."""

from typing import Any, Final

from pydantic import ValidationError

from shared.contracts.fact import Envelope, Fact, FactData
from shared.contracts.topics import TOPICS
from shared.kernel.refusals import Unprocessable

FACT_TYPES: Final[dict[str, type[FactData]]] = {data.TYPE: data for topic in TOPICS for data in topic.facts}

MAX_FACT_BYTES = 512 * 1024
_NULL: Final = b"\\u0000"


class _Wire(Envelope):
    data: dict[str, Any]


def read_fact(body: bytes) -> Fact:
    """Parse and validate one fact.

    Raises
    ------
    Unprocessable
        If the bytes are no JSON, no CloudEvents envelope, of an unknown type or version, or the data does not fit.
    """
    if len(body) > MAX_FACT_BYTES:
        raise Unprocessable(f"too large: {len(body)} bytes, at most {MAX_FACT_BYTES} are read")
    if _NULL in body:
        raise Unprocessable("contains a null character, which no store or screen can be trusted with")
    try:
        wire = _Wire.model_validate_json(body)
    except ValidationError as error:
        raise Unprocessable(f"not a fact: {_first(error)}") from error
    data_type = FACT_TYPES.get(wire.type)
    if data_type is None:
        raise Unprocessable(f"unknown fact type {wire.type!r}; upgrade this service, then resend the dead letter")
    try:
        data = data_type.model_validate(wire.data)
    except ValidationError as error:
        raise Unprocessable(f"{wire.type} with data that does not fit: {_first(error)}") from error
    return Fact.model_construct(**{**wire.__dict__, "data": data})


def write_fact(fact: Fact) -> bytes:
    """Write one fact as it goes on the wire, and never one that nobody would read.

    Raises
    ------
    Unprocessable
        If `read_fact` would refuse it for its size or a null character.
    """
    body = fact.to_json()
    if len(body) > MAX_FACT_BYTES or _NULL in body:
        raise Unprocessable(
            f"{fact.type} of {len(body)} bytes cannot be said: it is too large or holds a null character"
        )
    return body


def _first(error: ValidationError) -> str:
    """Name the first thing that is wrong, without repeating the input: it may hold what nobody should log."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "body"
    return f"{where}: {first['msg']}"
