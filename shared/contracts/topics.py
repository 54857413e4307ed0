"""Every topic: its name, who writes it, who reads it and how long it is kept. All are keyed by area id."""

from dataclasses import dataclass

from shared.contracts.dispatch import DISPATCH_FACTS
from shared.contracts.fact import FactData
from shared.contracts.needs import NEED_FACTS
from shared.contracts.notices import NOTICE_FACTS
from shared.contracts.volunteers import VOLUNTEER_FACTS

DEFAULT_PARTITIONS = 8  # the same for all topics, so that an area has the same partition number everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A stream of facts with one writer."""

    name: str
    owner: str
    readers: frozenset[str]
    facts: tuple[type[FactData], ...]
    retention_days: int = 30


NEEDS = Topic(name="needs.v1", owner="intake", readers=frozenset({"matcher", "notifier", "console"}), facts=NEED_FACTS)
VOLUNTEERS = Topic(
    name="volunteers.v1", owner="matcher", readers=frozenset({"matcher", "notifier", "console"}), facts=VOLUNTEER_FACTS
)
DISPATCH = Topic(
    name="dispatch.v1", owner="matcher", readers=frozenset({"intake", "notifier", "console"}), facts=DISPATCH_FACTS
)
NOTICES = Topic(name="notices.v1", owner="notifier", readers=frozenset({"intake", "console"}), facts=NOTICE_FACTS)

TOPICS = (NEEDS, VOLUNTEERS, DISPATCH, NOTICES)


def dead_letters(topic: str, service: str) -> str:
    """Name the topic for messages of `topic` that `service` could not handle."""
    return f"{topic}.dead.{service}"


def dead_letter_topics() -> tuple[str, ...]:
    """Name every dead-letter topic that can exist."""
    return tuple(dead_letters(topic.name, reader) for topic in TOPICS for reader in sorted(topic.readers))
