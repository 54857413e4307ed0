"""The opaque cursor of the fact archive: how far a reader has come in each partition of each topic."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Final

from shared.contracts.topics import TOPICS
from shared.kernel.refusals import Refusal

Lane = tuple[str, int]
"""One partition of one topic; its facts have an order."""

Positions = Mapping[Lane, int]
"""The offset of the last fact read, per lane; a lane that is missing was not read yet."""

_MOST_CHARACTERS: Final = 16_384
_TOPIC_NAMES: Final = frozenset(topic.name for topic in TOPICS)
_PARTITIONS: Final = 100_000
_OFFSETS: Final = 10**12


def write_cursor(positions: Positions) -> str:
    """Pack the positions into a text that fits into a URL."""
    lanes = [[topic, partition, offset] for (topic, partition), offset in sorted(positions.items())]
    return base64.urlsafe_b64encode(json.dumps(lanes, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> dict[Lane, int]:
    """Unpack a cursor; an empty one stands before the first fact.

    Raises
    ------
    Refusal
        If the text was not given out as a cursor.
    """
    if not cursor:
        return {}
    try:
        padded = cursor[:_MOST_CHARACTERS] + "=" * (-len(cursor) % 4)
        lanes = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        return {_lane(topic, partition): _within(offset, _OFFSETS) for topic, partition, offset in lanes}
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise Refusal(
            "cursor.unknown",
            "这个游标不是本接口给出的；请从头开始（不带 after）或使用上一页的 next。",
            "This cursor was not given out here. Start without `after`, or send the `next` of the page before.",
        ) from error


def fact_key(topic: str, partition: int, offset: int) -> str:
    """Name the place of a fact so that keys of one lane sort like its offsets."""
    return f"{lane_prefix(topic, partition)}{offset:012d}"


def lane_prefix(topic: str, partition: int) -> str:
    """Give what all keys of one lane begin with."""
    return f"{topic}/{partition:05d}/"


def place_of(key: str) -> tuple[Lane, int]:
    """Read lane and offset out of a key."""
    topic, partition, offset = key.split("/")
    return (topic, int(partition)), int(offset)


def _lane(topic: object, partition: object) -> Lane:
    if not isinstance(topic, str) or topic not in _TOPIC_NAMES:
        raise ValueError("unknown topic")
    return topic, _within(partition, _PARTITIONS)


def _within(number: object, limit: int) -> int:
    if type(number) is not int or not 0 <= number < limit:
        raise ValueError("out of range")
    return number
