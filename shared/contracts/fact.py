"""The envelope of every fact: a CloudEvents 1.0 JSON object in structured mode.

Reference: CloudEvents 1.0.2 with the extensions `partitioning`, `sequence` and `distributed tracing`.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

# The `sequence` extension is a string that sorts like the number it stands for.
Sequence = Annotated[
    int,
    BeforeValidator(lambda value: int(value) if isinstance(value, str) and value.isdigit() else value),
    PlainSerializer(lambda number: f"{number:010d}", return_type=str, when_used="json"),
    Field(ge=1),
]


# Sets are written in order, so that the same fact is always the same bytes.
NameSet = Annotated[frozenset[str], PlainSerializer(sorted, return_type=list[str], when_used="json")]


class FactData(BaseModel):
    """What one kind of fact says. Subclasses are named in the past tense and never change, only grow."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYPE: ClassVar[str]
    """CloudEvents `type`, with the version: `linli.need.accepted.v1`."""


class Envelope(BaseModel):
    """Everything around the data, as it stands on the wire."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1, max_length=64)
    type: str = Field(max_length=120)
    source: str = Field(max_length=120)
    subject: str = Field(min_length=1, max_length=120)
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    partitionkey: str = Field(min_length=1, max_length=64)
    sequence: Sequence
    correlationid: str = Field(min_length=1, max_length=64)
    causationid: str | None = Field(default=None, max_length=64)
    traceparent: str | None = Field(default=None, max_length=64)


class Fact(Envelope):
    """Something that happened: the envelope and its data.

    `partitionkey` is the area id, `subject` the aggregate, `sequence` the aggregate's own counter from 1.
    """

    data: Annotated[FactData, PlainSerializer(lambda data: data.model_dump(mode="json"), return_type=dict[str, Any])]

    def to_json(self) -> bytes:
        """Write the fact as it goes on the wire, in UTF-8."""
        return self.__pydantic_serializer__.to_json(self)
