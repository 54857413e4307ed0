"""A cue: at this moment somebody does something. Cues are ordered by time and name, never by chance."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Cue:
    """`name` decides who comes first at the same moment and says who acts, for example `V-0007 accepts GH-0042`.

    `act` is given the moment at which it happens and may lead to further cues.
    """

    at: datetime
    name: str
    act: Callable[[datetime], Awaitable[Iterable["Cue"]]] = field(compare=False)
