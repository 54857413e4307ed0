"""What could not be handled: listed for a person, and sent again only where a person chose it.

A letter that was sent again is marked by a small message in the same dead-letter topic, so choosing it twice sends it
once. After a crash between sending and marking it is sent twice, which every consumer ignores. A consumer that has
already heard a later fact of the same subject ignores the old one: what it missed must then be put right by hand.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from shared.contracts.topics import dead_letter_topics
from shared.kernel.refusals import Refusal
from shared.runtime.log import Log, Outgoing, Record

RESENT: Final = "resent"  # header of a mark: the partition and offset of the letter that was sent again
RESENT_FROM: Final = "resent-from"  # header of a message that was sent again: topic/partition/offset of its letter
_MOST: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message that could not be handled. Its body stays in the log: it may hold what nobody should read."""

    topic: str  # the dead-letter topic
    partition: int
    offset: int
    reason: str
    at: str  # ISO 8601, when it was given up
    original_topic: str
    original_partition: str
    original_offset: str
    size: int  # bytes
    resent: bool


async def list_dead_letters(log: Log, *, topics: Sequence[str] | None = None) -> list[DeadLetter]:
    """List the letters of the given dead-letter topics (all if none are given), oldest first in each."""
    letters: list[DeadLetter] = []
    for topic in dead_letter_topics() if topics is None else topics:
        records = await log.read(topic, limit=_MOST)
        resent = _resent(records)
        letters += [_letter(record, resent) for record in records if not _is_mark(record)]
    return letters


async def resend(log: Log, topic: str, chosen: Collection[int], *, partition: int = 0) -> list[int]:
    """Send the letters at the chosen offsets to their topic again; give the offsets that were sent now.

    Raises
    ------
    Refusal
        If the topic has no letter at one of the offsets; then nothing is sent.
    """
    records = await log.read(topic, limit=_MOST)
    letters = {one.offset: one for one in records if one.partition == partition and not _is_mark(one)}
    if missing := sorted(set(chosen) - letters.keys()):
        raise Refusal(
            "dead_letter.unknown",
            f"{topic} 分区 {partition} 中没有位置为 {missing} 的死信；请先用 `linli dead-letters list` 查看。",
            f"{topic} partition {partition} has no letter at {missing}; look at `linli dead-letters list`.",
        )
    resent = _resent(records)
    waiting = [letters[offset] for offset in sorted(set(chosen)) if (partition, offset) not in resent]
    for letter in waiting:
        await log.publish([_again(letter)])
        await log.publish([_mark(letter)])
    return [letter.offset for letter in waiting]


def _again(letter: Record) -> Outgoing:
    original = dict(letter.headers)["topic"]
    origin = (RESENT_FROM, f"{letter.topic}/{letter.partition}/{letter.offset}")
    return Outgoing(topic=original, key=_key(letter), body=letter.body, headers=(origin,))


def _mark(letter: Record) -> Outgoing:
    # With the letter's key, so that the mark lies in the letter's partition.
    return Outgoing(
        topic=letter.topic, key=_key(letter), body=b"", headers=((RESENT, f"{letter.partition}/{letter.offset}"),)
    )


def _is_mark(record: Record) -> bool:
    return any(name == RESENT for name, _ in record.headers)


def _resent(records: Sequence[Record]) -> set[tuple[int, int]]:
    marks = [value.partition("/") for record in records for name, value in record.headers if name == RESENT]
    return {(int(partition), int(offset)) for partition, _, offset in marks}


def _letter(record: Record, resent: set[tuple[int, int]]) -> DeadLetter:
    headers = dict(record.headers)
    return DeadLetter(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        reason=headers.get("reason", ""),
        at=headers.get("at", ""),
        original_topic=headers.get("topic", ""),
        original_partition=headers.get("partition", ""),
        original_offset=headers.get("offset", ""),
        size=len(record.body),
        resent=(record.partition, record.offset) in resent,
    )


def _key(record: Record) -> str:
    return (record.key or b"").decode(errors="replace")
