"""What people read on the timeline of a need, in Chinese and English."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.kernel.words import Words

LABELS: Mapping[str, Words] = MappingProxyType(
    {
        "received": Words(zh="待审核", en="received, waiting for review"),
        "accepted": Words(zh="已受理", en="accepted"),
        "dispatched": Words(zh="已派单", en="somebody has been asked"),
        "taken": Words(zh="已接单", en="somebody will come"),
        "in_service": Words(zh="服务中", en="being served"),
        "done": Words(zh="待评价", en="done, waiting for your answer"),
        "confirmed": Words(zh="已办结", en="closed"),
        "unmet": Words(zh="未能满足", en="could not be met"),
        "escalated": Words(zh="转人工", en="a person is looking after it"),
        "refused": Words(zh="不予受理", en="not accepted"),
        "withdrawn": Words(zh="已撤回", en="withdrawn"),
        "amended": Words(zh="已修改", en="changed"),
        "good": Words(zh="评价：满意", en="answered: it was good"),
        "not_good": Words(zh="评价：不满意", en="answered: it was not good"),
        "reopened": Words(zh="重新受理", en="opened again"),
        "follow_up": Words(zh="待回访", en="a community worker will ask"),
        "told": Words(zh="已告知，办结", en="told, closed"),
    }
)


def label(what: str) -> Words:
    """Give the words for a status or another line of the timeline."""
    return LABELS[what]
