"""Reading facts from the wire: bytes become a fact, or an error that says why they cannot."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

from pydantic import ValidationError, create_model

from shared.contracts.fact import Envelope, Fact, FactData
from shared.contracts.topics import TOPICS
from shared.kernel.refusals import Unprocessable

FACT_TYPES: Final[dict[str, type[FactData]]] = {data.TYPE: data for topic in TOPICS for data in topic.facts}

MAX_FACT_BYTES = 512 * 1024
_NULL: Final = b"\\u0000"
_REMEMBERED: Final = 1024
_SMALL_BYTES = 8_192  # of a fact that is worth remembering
_TYPE: Final = re.compile(rb'"type":\s*"([a-z0-9_.]{1,120})"')


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
    at_once = _read_and_remembered(body) if len(body) <= _SMALL_BYTES else _read_at_once(body)
    return at_once or _read_in_steps(body)


def fact_of(parsed: Mapping[str, Any]) -> Fact:
    """Validate a fact that was parsed already, as a part of a page of facts for example.

    Raises
    ------
    Unprocessable
        If it is no fact of a known type and version.
    """
    model = _whole(str(parsed.get("type")))
    if model is None:
        raise Unprocessable(f"unknown fact type {parsed.get('type')!r}; upgrade this program")
    try:
        return _fact(model.model_validate(parsed))
    except ValidationError as error:
        raise Unprocessable(f"not a fact: {_first(error)}") from error


@lru_cache(_REMEMBERED)  # in one process all services read the same facts, one soon after the other; they are frozen
def _read_and_remembered(body: bytes) -> Fact | None:
    return _read_at_once(body)


def _read_at_once(body: bytes) -> Fact | None:
    """Guess the type and validate everything in one pass, a third of the time; None if anything is unusual."""
    guess = _TYPE.search(body)
    if guess is None or (model := _whole(guess[1].decode())) is None:
        return None
    try:
        whole = model.model_validate_json(body)
    except ValidationError:
        return None
    return _fact(whole) if whole.type == guess[1].decode() else None


@cache
def _whole(name: str) -> type[Envelope] | None:
    """Give the model of one type's envelope and data together."""
    data = FACT_TYPES.get(name)
    if data is None:
        return None
    return create_model(f"_{data.__name__}", __base__=Envelope, data=(data, ...))


def _read_in_steps(body: bytes) -> Fact:
    """Read the envelope first, so that the error says what is wrong with which part."""
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


def _fact(whole: Envelope) -> Fact:
    """Turn a validated envelope with data into a fact; `model_construct` would take as long as validating."""
    fact = Fact.__new__(Fact)
    object.__setattr__(fact, "__dict__", whole.__dict__)
    object.__setattr__(fact, "__pydantic_fields_set__", whole.model_fields_set)
    object.__setattr__(fact, "__pydantic_extra__", None)
    object.__setattr__(fact, "__pydantic_private__", None)
    return fact


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
