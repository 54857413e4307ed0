"""Readable defaults for tests: facts of every kind without spelling out every field."""

import types
import typing
from datetime import UTC, datetime
from typing import Any

from annotated_types import Ge
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.contracts.fact import Fact, FactData

MOMENT = datetime(2026, 5, 12, 3, 30, tzinfo=UTC)
AREA = "511083001"


def a_fact(data: FactData, *, subject: str = "subject", sequence: int = 1, area: str = AREA) -> Fact:
    """Give the fact around the data, as a service would say it."""
    return Fact(
        id="019e1a2b-3c4d-7e5f-8a6b-7c8d9e0f1a2b",
        type=data.TYPE,
        source="/linli/test",
        subject=subject,
        time=MOMENT,
        partitionkey=area,
        sequence=sequence,
        correlationid="story",
        causationid="019e1a2b-0000-7000-8000-000000000000",
        data=data,
    )


def an_example(model: type[BaseModel]) -> Any:
    """Give an instance with every field filled, also the optional ones, and the same at every call."""
    return model(**{name: _value(name, field.annotation, field) for name, field in model.model_fields.items()})


def _value(name: str, annotation: Any, field: FieldInfo | None = None) -> Any:  # noqa: PLR0911 - one per shape
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return arguments[0]
    if origin in {typing.Union, types.UnionType}:
        return _value(name, next(one for one in arguments if one is not type(None)), field)
    if origin is typing.Annotated:
        return _value(name, arguments[0], field)
    if origin in {tuple, list}:
        return origin([_value(name, arguments[0])])
    if origin is frozenset:
        return frozenset({f"{name}_b", f"{name}_a"})
    if origin is dict:
        return {"key": _value(name, arguments[1])}
    return _plain(name, annotation, field)


def _plain(name: str, annotation: Any, field: FieldInfo | None) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return an_example(annotation)
    if isinstance(annotation, type) and issubclass(annotation, bool):
        return True
    if isinstance(annotation, type) and issubclass(annotation, int):
        bounds = [one.ge for one in field.metadata if isinstance(one, Ge)] if field else []
        return max([1, *(int(str(bound)) for bound in bounds)])
    if isinstance(annotation, type) and issubclass(annotation, float):
        return 1.5
    if isinstance(annotation, type) and issubclass(annotation, str):
        return name
    return MOMENT  # AwareDatetime, which is no class of its own
