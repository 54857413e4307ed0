"""Every message that exists: what it must be told, whether it answers somebody, and what it may replace."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SMS_LONGEST_ZH: Final = 70  # characters of one Chinese text message (UCS-2, 140 bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One message. `params` are what its text may use; all of them are numbers, times, codes or public names."""

    params: frozenset[str]
    sms: bool = True  # the Chinese text fits one text message
    answer: bool = False  # it answers what the recipient did a moment ago, so it may come in quiet hours
    update: bool = False  # it counts against the budget of updates
    final: bool = False  # it closes the loop: nothing may replace it
    asks: bool = False  # it asks a volunteer to come


_NEED: Final = frozenset({"number", "service_zh", "service_en"})

TEMPLATES: Final[Mapping[str, Template]] = MappingProxyType(
    {
        "received": Template(params=_NEED, answer=True),
        "accepted": Template(params=_NEED, answer=True),
        "taken": Template(params=_NEED, update=True),
        "escalated": Template(params=_NEED, update=True),
        "done": Template(params=_NEED, answer=True),  # the helper is just at the door
        "reopened": Template(params=_NEED, answer=True),
        "unmet": Template(params=_NEED | {"reason"}, sms=False, final=True),
        "refused": Template(params=_NEED | {"reason"}, sms=False, final=True),
        "withdrawn": Template(params=_NEED, answer=True, final=True),
        "offer": Template(params=_NEED | {"starts_at", "expires_at"}, asks=True),
        "assignment": Template(params=_NEED | {"starts_at"}, asks=True),
        "offer_withdrawn": Template(params=_NEED),
    }
)

REMEMBERED: Final = (*sorted(_NEED), "priority")
"""What a conversation keeps of its newest notice, because later facts about the need do not repeat it."""
