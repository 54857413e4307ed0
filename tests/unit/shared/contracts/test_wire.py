"""Reading facts: the quick way and the careful way agree, and unusual JSON is read all the same."""

import json

import pytest

from shared.contracts.needs import NeedRated, NeedWithdrawn
from shared.contracts.wire import FACT_TYPES, _read_at_once, _read_in_steps, fact_of, read_fact, write_fact
from shared.kernel.refusals import Unprocessable
from tests.builders import a_fact, an_example

FACTS = [a_fact(an_example(data)) for data in FACT_TYPES.values()]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.type)
def test_both_ways_of_reading_give_the_fact_that_was_written(fact: object) -> None:
    body = write_fact(fact)  # type: ignore[arg-type]
    assert _read_at_once(body) == _read_in_steps(body) == fact_of(json.loads(body)) == fact
    assert read_fact(body).to_json() == body


def test_a_type_that_stands_inside_the_data_first_is_read_carefully() -> None:
    body = json.loads(a_fact(an_example(NeedRated)).to_json())
    confusing = json.dumps({"data": {"type": NeedWithdrawn.TYPE, **body["data"]}, **body}).encode()
    assert read_fact(confusing).data == an_example(NeedRated)


def test_fields_that_a_later_version_added_are_ignored() -> None:
    body = json.loads(a_fact(an_example(NeedRated)).to_json())
    body["later"] = 1
    body["data"]["later"] = {"more": []}
    assert read_fact(json.dumps(body, indent=1).encode()).data == an_example(NeedRated)


def test_a_read_fact_can_be_copied_and_compared_like_any_other() -> None:
    fact = read_fact(a_fact(an_example(NeedRated)).to_json())
    assert fact.model_copy(update={"sequence": 2}).sequence == 2
    assert fact.model_copy() == fact
    assert "NeedRated" in repr(fact)


@pytest.mark.parametrize(
    ("change", "why"), [({"type": "linli.need.rated.v9"}, "unknown fact type"), ({"data": {}}, "not a fact: data")]
)
def test_what_was_parsed_and_is_no_fact_says_why(change: dict[str, object], why: str) -> None:
    parsed = json.loads(a_fact(an_example(NeedRated)).to_json())
    with pytest.raises(Unprocessable, match=why):
        fact_of({**parsed, **change})


@pytest.mark.parametrize("text", ["\x00", "x" * 600_000])
def test_what_nobody_would_read_is_never_written(text: str) -> None:
    fact = a_fact(NeedWithdrawn.model_construct(**{**an_example(NeedWithdrawn).__dict__, "reason": text}))
    with pytest.raises(Unprocessable, match="cannot be said"):
        write_fact(fact)
