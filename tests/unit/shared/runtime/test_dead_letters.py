"""Dead letters are listed with their reason, and sent again only once and only where a person chose them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.contracts.topics import NEEDS, dead_letters
from shared.kernel.refusals import Refusal
from shared.runtime.consume import Consumer
from shared.runtime.dead_letters import list_dead_letters, resend
from shared.runtime.log import Log, Outgoing, Subscription
from shared.runtime.service import Environment
from tests.unit.shared.runtime.counters import Heard, a_fact, opened

DEAD = dead_letters(NEEDS.name, "matcher")
POISON = b'{"broken'


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Environment]:
    """A log in which the matcher has met one poisoned message."""
    async with opened(tmp_path) as (environment, _):
        log = environment.log
        await log.publish([Outgoing(topic=NEEDS.name, key="511083001", body=POISON)])
        consumer = Consumer(
            Subscription(topics=(NEEDS.name,), group="matcher", handler=Heard()), log=log, metrics=environment.metrics
        )
        await consumer.handle(await log.read(NEEDS.name))
        yield environment


async def sent(log: Log) -> list[bytes]:
    return [record.body for record in await log.read(NEEDS.name)]


async def test_a_letter_says_where_it_came_from_when_why_and_how_large(world: Environment) -> None:
    (letter,) = await list_dead_letters(world.log)
    assert (letter.topic, letter.original_topic, letter.size) == (DEAD, NEEDS.name, len(POISON))
    assert letter.reason.startswith("not a fact")
    assert letter.at.endswith("+00:00")
    assert not letter.resent


async def test_a_chosen_letter_is_sent_to_its_topic_as_it_was(world: Environment) -> None:
    (letter,) = await list_dead_letters(world.log)
    assert await resend(world.log, DEAD, [letter.offset]) == [letter.offset]
    record = (await world.log.read(NEEDS.name))[-1]
    assert (record.body, record.key) == (POISON, b"511083001")
    assert dict(record.headers)["resent-from"] == f"{DEAD}/0/{letter.offset}"


async def test_choosing_a_letter_twice_sends_it_once(world: Environment) -> None:
    (letter,) = await list_dead_letters(world.log)
    await resend(world.log, DEAD, [letter.offset])
    assert await resend(world.log, DEAD, [letter.offset]) == []
    assert await sent(world.log) == [POISON, POISON]
    assert [one.resent for one in await list_dead_letters(world.log)] == [True]


async def test_an_offset_without_a_letter_sends_nothing(world: Environment) -> None:
    (letter,) = await list_dead_letters(world.log)
    with pytest.raises(Refusal, match="no letter"):
        await resend(world.log, DEAD, [letter.offset, letter.offset + 17])
    assert await sent(world.log) == [POISON]


async def test_a_mark_is_no_letter_and_cannot_be_sent(world: Environment) -> None:
    (letter,) = await list_dead_letters(world.log)
    await resend(world.log, DEAD, [letter.offset])
    mark = (await world.log.read(DEAD))[-1]
    with pytest.raises(Refusal):
        await resend(world.log, DEAD, [mark.offset])


async def test_a_repaired_consumer_handles_what_was_sent_again(world: Environment) -> None:
    good = a_fact("n1", 1).to_json()
    await world.log.publish([Outgoing(topic=DEAD, key="511083001", body=good, headers=(("topic", NEEDS.name),))])
    letters = await list_dead_letters(world.log, topics=[DEAD])
    await resend(world.log, DEAD, [letters[-1].offset])
    heard = Heard()
    subscription = Subscription(topics=(NEEDS.name,), group="matcher", handler=heard)
    await Consumer(subscription, log=world.log, metrics=world.metrics).handle((await world.log.read(NEEDS.name))[-1:])
    assert heard.subjects == [("n1", 1)]
