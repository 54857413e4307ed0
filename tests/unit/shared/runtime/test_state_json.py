"""A state written in pieces is the same bytes as written whole."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pydantic import TypeAdapter

from shared.contracts.fact import NameSet
from shared.runtime.state_json import StateWriter


@dataclass(frozen=True)
class Person:
    name: str
    skills: NameSet = frozenset()
    since: datetime | None = None


@dataclass(frozen=True)
class Town:
    id: str
    people: dict[str, Person] = field(default_factory=dict)
    count: int = 0


ANNA = Person('安娜\u2028"', frozenset({"理发", "电工"}), datetime(2026, 5, 12, 6, tzinfo=UTC))


def whole(town: Town) -> bytes:
    return TypeAdapter(Town).dump_json(town)


def test_pieces_are_the_bytes_of_the_whole_after_adding_changing_and_removing() -> None:
    writer = StateWriter(Town, ("people",))
    town = Town("t")
    for people in (
        {},
        {"a": ANNA},
        {"a": ANNA, 'key "quoted"': Person("b")},
        {"a": replace(ANNA, name="c"), 'key "quoted"': Person("b")},
        {'key "quoted"': Person("b"), "a": ANNA},
        {"a": ANNA},
    ):
        town = replace(town, people=people, count=town.count + 1)
        assert writer.write(town, "t") == whole(town)


def test_two_aggregates_do_not_share_pieces() -> None:
    writer = StateWriter(Town, ("people",))
    one, other = Town("1", {"a": Person("one")}), Town("2", {"a": Person("other")})
    assert [writer.write(one, "1"), writer.write(other, "2"), writer.write(one, "1")] == [
        whole(one),
        whole(other),
        whole(one),
    ]


def test_an_unchanged_value_is_not_written_again() -> None:
    writer = StateWriter(Town, ("people",))
    town = Town("t", {"a": ANNA})
    first = writer._piece("people", "a", ANNA, {})
    assert writer._piece("people", "a", ANNA, {"a": first}) is first
    assert writer.write(town, "t") == whole(town)


def test_a_mapping_that_is_the_same_object_is_not_gone_through_again() -> None:
    writer = StateWriter(Town, ("people",))
    town = Town("t", {"a": ANNA})
    first = writer._field("people", town.people, "t")
    assert writer._field("people", town.people, "t") is first
    assert writer._field("people", {"a": ANNA, "b": ANNA}, "t") != first
    assert writer._field("people", town.people, "another") == first


def test_what_was_written_is_read_back() -> None:
    writer = StateWriter(Town, ("people",))
    town = Town("t", {"a": ANNA}, 3)
    assert writer.read(writer.write(town, "t")) == town
