"""What codes are called on the pages, in both languages, so that no page shows a code to a person."""

from collections.abc import Mapping
from typing import Final

from shared.kernel.words import Words


def _words(zh: str, en: str) -> Words:
    return Words(zh=zh, en=en)


PRIVATE: Final = "private"
"""The service code under which everything sensitive is counted."""

A_SERVICE: Final = _words("一项服务", "a service")

STATUS: Final[Mapping[str, Words]] = {
    "received": _words("待审核", "awaiting review"),
    "accepted": _words("已受理", "accepted"),
    "dispatched": _words("已派单", "somebody was asked"),
    "taken": _words("已接单", "somebody will come"),
    "in_service": _words("服务中", "being served"),
    "done": _words("待评价", "done, awaiting answer"),
    "confirmed": _words("已办结", "confirmed"),
    "unmet": _words("未能满足", "could not be met"),
    "escalated": _words("转人工", "with a person"),
    "refused": _words("不予受理", "declined"),
    "withdrawn": _words("已撤回", "withdrawn"),
    "open": _words("办理中", "still open"),
}

OWNER: Final[Mapping[str, Words]] = {
    "team_lead": _words("服务队长", "team lead"),
    "community_worker": _words("社区工作者", "community worker"),
    "neighbour_area": _words("邻近片区", "neighbouring area"),
    "street": _words("街道", "street office"),
}

TEMPLATE: Final[Mapping[str, Words]] = {
    "accepted": _words("告知已受理", "told: accepted"),
    "received": _words("告知已收到", "told: received"),
    "taken": _words("告知谁会来", "told: somebody will come"),
    "done": _words("告知结果并询问评价", "told: done, was it good?"),
    "unmet": _words("告知未能满足及原因", "told: could not be met, and why"),
    "refused": _words("告知不予受理", "told: declined"),
    "withdrawn": _words("告知已撤回", "told: withdrawn"),
    "reopened": _words("告知重新办理", "told: opened again"),
    "escalated": _words("告知有专人跟进", "told: a person looks after it"),
    "offer": _words("询问志愿者", "asked a volunteer"),
    "assignment": _words("派给值班志愿者", "assigned to a volunteer on duty"),
    "offer_withdrawn": _words("告知志愿者不必前往", "told a volunteer: no longer needed"),
}

RECIPIENT: Final[Mapping[str, Words]] = {
    "resident": _words("居民", "resident"),
    "volunteer": _words("志愿者", "volunteer"),
    "community_worker": _words("社区工作者", "community worker"),
}

NOTICE: Final[Mapping[str, Words]] = {
    "queued": _words("待发送", "waiting"),
    "sent": _words("已发送", "sent"),
    "delayed": _words("稍后重试", "tried again later"),
    "failed": _words("未送达，需人工告知", "not delivered, a person must tell them"),
    "unknown": _words("是否送达不明，需人工核实", "unclear, a person must check"),
    "cleared": _words("已人工告知", "told by a person"),
}

ACTION: Final[Mapping[str, Words]] = {
    "visit": _words("上门", "visit"),
    "shift": _words("值守", "shift"),
    "pickup": _words("取餐取物", "pick up"),
    "dropoff": _words("送达", "hand over"),
}

FAILURE: Final[Mapping[str, Words]] = {
    "nobody_home": _words("家中无人", "nobody was home"),
    "address_not_found": _words("找不到地址", "the address was not found"),
    "not_wanted": _words("居民不再需要", "it was not wanted any more"),
    "goods_missing": _words("物品不齐", "goods were missing"),
    "unsafe": _words("现场不安全", "it was not safe"),
    "other": _words("其他原因", "another reason"),
}

REASON_ELSEWHERE: Final = _words("原因见受理端", "the reason is shown to the staff in charge")


def called(table: Mapping[str, Words], code: str) -> Words:
    """Give the words for a code; a code that is not in the table yet speaks for itself."""
    return table.get(code) or Words(zh=code, en=code)


def volunteer_name(volunteer: str) -> str:
    """Give a short mark for a volunteer: enough to tell two apart, nothing about the person."""
    return volunteer[-6:]
