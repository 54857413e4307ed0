"""Hand-made histories: facts as other services would say them, in a few readable words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts.fact import Fact, FactData
from shared.contracts.needs import Request
from shared.contracts.places import Cell
from shared.contracts.topics import TOPICS
from shared.runtime.log import Received

NOON = datetime(2026, 5, 12, 4, 0, tzinfo=UTC)  # 12:00 in Longchang
AREA = "511083001"

TOPIC_OF: dict[str, str] = {data.TYPE: topic.name for topic in TOPICS for data in topic.facts}


def minutes(number: float) -> datetime:
    """Give the moment so many minutes after noon."""
    return NOON + timedelta(minutes=number)


def a_request(**changes: Any) -> Request:
    """Give a light bulb to be changed between noon and two."""
    wanted: dict[str, Any] = {
        "number": "GH-0001",
        "resident": "resident-1",
        "channel": "window",
        "service": "home.bulb",
        "service_zh": "换灯泡",
        "service_en": "light bulb",
        "mode": "visit",
        "community": "511083001001",
        "cell": Cell(lon=105.288, lat=29.339),
        "opens": NOON,
        "closes": minutes(120),
        "duration_s": 1200,
    }
    return Request(**(wanted | changes))


@dataclass
class History:
    """Facts in the order they were said, with sequences, ids and places in the log."""

    area: str = AREA
    partition: int = 0
    facts: list[Received] = field(default_factory=list)
    _spoken: dict[tuple[str, str], int] = field(default_factory=dict)
    _ends: dict[str, int] = field(default_factory=dict)

    def say(self, at: datetime, subject: str, data: FactData, *, because: Fact | None = None) -> Fact:
        """Let the owner of this kind of fact say it."""
        topic = TOPIC_OF[data.TYPE]
        sequence = self._spoken[topic, subject] = self._spoken.get((topic, subject), 0) + 1
        offset = self._ends[topic] = self._ends.get(topic, -1) + 1
        fact = Fact(
            id=f"{self.area}-{topic}-{subject}-{sequence}",
            type=data.TYPE,
            source=f"/linli/{topic}",
            subject=subject,
            time=at,
            partitionkey=self.area,
            sequence=sequence,
            correlationid="story",
            causationid=because.id if because else None,
            data=data,
        )
        self.facts.append(Received(fact=fact, topic=topic, partition=self.partition, offset=offset))
        return fact

    def said(self) -> list[Fact]:
        """Give the facts alone."""
        return [received.fact for received in self.facts]


def again(received: Sequence[Received], *, from_offset: int) -> list[Received]:
    """Give the same facts published a second time: same ids, new offsets."""
    return [
        Received(fact=one.fact, topic=one.topic, partition=one.partition, offset=from_offset + index)
        for index, one in enumerate(received)
    ]
