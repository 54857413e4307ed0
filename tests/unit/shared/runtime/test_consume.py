"""The failure rule: poison is buried, absence is waited out, and mercy has a limit."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from shared.contracts.topics import NEEDS, dead_letters
from shared.kernel.refusals import NotNow
from shared.runtime.consume import Consumer, ConsumerStopped
from shared.runtime.log import Handler, Outgoing, Received, Record, Subscription
from shared.runtime.service import Environment
from tests.unit.shared.runtime.counters import Heard, a_fact, opened

DEAD = dead_letters(NEEDS.name, "listener")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Environment]:
    async with opened(tmp_path) as (environment, _):
        yield environment


class Naps:
    """Sleeps that take no time and are written down."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def consumer(world: Environment, handler: Handler, *, naps: Naps | None = None, most_dead: int = 100) -> Consumer:
    return Consumer(
        Subscription(topics=(NEEDS.name,), group="listener", handler=handler),
        log=world.log,
        metrics=world.metrics,
        pause=naps or Naps(),
        most_dead_in_a_row=most_dead,
    )


def record(body: bytes, offset: int = 0, *, key: bytes | None = b"511083001") -> Record:
    return Record(topic=NEEDS.name, partition=0, offset=offset, key=key, body=body)


def records(*subjects: str) -> list[Record]:
    return [record(a_fact(subject, 1).to_json(), offset) for offset, subject in enumerate(subjects)]


async def reasons(world: Environment) -> list[str]:
    return [dict(letter.headers)["reason"] for letter in await world.log.read(DEAD)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not a fact"),
        (b"{", "not a fact"),
        (b"\x00", "not a fact"),
        (b"\xff\xfe", "not a fact"),
        (b"[]", "not a fact"),
        (b"null", "not a fact"),
        (b'{"specversion":"1.0"}', "not a fact: id"),
        (b"[" * 100_000, "not a fact"),
        (b"x" * 600_000, "too large"),
        (a_fact("n\x00").to_json(), "contains a null character"),
        (a_fact().to_json().replace(b".rated.v1", b".rated.v2"), "unknown fact type"),
        (a_fact().to_json().replace(b'"good":true', b'"good":"perhaps"'), "data that does not fit: good"),
        (a_fact().to_json().replace(b'"0000000001"', b'"-1"'), "not a fact: sequence"),
        (a_fact().to_json().replace(b"2026-05-12T08:00:00Z", b"2026-05-12T08:00:00"), "not a fact: time"),
        (a_fact("n1").to_json().replace(b'"n1"', b'"' + b"n" * 121 + b'"'), "not a fact: subject"),
    ],
    ids=lambda value: str(value)[:20],
)
async def test_poison_is_buried_and_its_neighbours_are_handled(world: Environment, body: bytes, reason: str) -> None:
    heard = Heard()
    first, last = records("a", "b")
    await consumer(world, heard).handle([first, record(body, 5), last])
    assert heard.subjects == [("a", 1), ("b", 1)]
    (buried,) = await reasons(world)
    assert reason in buried


async def test_a_message_without_a_key_is_buried(world: Environment) -> None:
    await consumer(world, Heard()).handle([record(a_fact().to_json(), key=None)])
    assert (await reasons(world))[0].startswith("no key")


async def test_a_reason_never_repeats_what_was_in_the_message(world: Environment) -> None:
    secret = a_fact().to_json().replace(b'"good":true', b'"good":"13800001234"')
    await consumer(world, Heard()).handle([record(secret), record(b'{"id":"13800001234"')])
    assert all("13800001234" not in reason for reason in await reasons(world))


async def test_absence_is_waited_out_ever_longer_and_in_order(world: Environment) -> None:
    heard, naps, failures = Heard(), Naps(), iter(range(9))

    async def away_for_a_while(batch: Sequence[Received]) -> None:
        if next(failures, None) is not None:
            raise NotNow("the store is away")
        await heard(batch)

    await consumer(world, away_for_a_while, naps=naps).handle(records("a", "b"))
    assert heard.subjects == [("a", 1), ("b", 1)]
    assert len(naps.taken) == 9
    assert naps.taken[-1] > naps.taken[0]
    assert max(naps.taken) <= 10
    assert await reasons(world) == []


async def test_a_fact_that_breaks_the_handler_is_found_and_buried_alone(world: Environment) -> None:
    heard = Heard()

    async def break_on_c(batch: Sequence[Received]) -> None:
        if any(one.fact.subject == "c" for one in batch):
            raise KeyError("c")
        await heard(batch)

    await consumer(world, break_on_c).handle(records("a", "b", "c", "d", "e"))
    assert heard.subjects == [(name, 1) for name in "abde"]
    assert await reasons(world) == ["handler broke: KeyError: 'c'"]


async def test_mercy_has_a_limit(world: Environment) -> None:
    strict = consumer(world, Heard(), most_dead=3)
    with pytest.raises(ConsumerStopped, match="dead-letters list"):
        await strict.handle([record(b"{", offset) for offset in range(10)])
    assert len(await reasons(world)) == 3
    assert strict.stopped is not None
    assert not strict.busy


async def test_a_handled_fact_starts_the_count_of_the_dead_anew(world: Environment) -> None:
    strict = consumer(world, Heard(), most_dead=3)
    for _ in range(3):
        await strict.handle([record(b"{"), record(b"{")])
        await strict.handle(records("a"))
    assert strict.stopped is None


async def test_a_dead_letter_waits_for_the_log_too(world: Environment) -> None:
    naps, publish, failures = Naps(), world.log.publish, iter(range(2))

    async def away_twice(messages: Sequence[Outgoing]) -> None:
        if next(failures, None) is not None:
            raise NotNow("the broker is away")
        await publish(messages)

    world.log.publish = away_twice  # type: ignore[method-assign]
    await consumer(world, Heard(), naps=naps).handle([record(b"{")])
    assert len(naps.taken) == 2
    assert len(await reasons(world)) == 1


async def test_what_was_handled_is_counted(world: Environment) -> None:
    counting = consumer(world, Heard())
    await counting.handle([*records("a", "b"), record(b"{")])
    assert counting.handled == 3
    value = world.registry.get_sample_value
    assert value("linli_facts_handled_total", {"service": "listener", "topic": NEEDS.name}) == 2
    assert value("linli_dead_letters_total", {"service": "listener", "topic": NEEDS.name}) == 1
