"""Says each fact about a need in one sentence, in both languages, for the need's story."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.console.domain.words import (
    FAILURE,
    OWNER,
    REASON_ELSEWHERE,
    RECIPIENT,
    STATUS,
    TEMPLATE,
    called,
    volunteer_name,
)
from shared.contracts import dispatch, needs, notices
from shared.contracts.fact import Fact
from shared.kernel.words import Words

Say = Callable[[Any, bool], Words]
"""Data of the fact, and whether the need is sensitive."""


def sentence(fact: Fact, *, sensitive: bool) -> Words | None:
    """Say the fact in words; None if it is of no interest to people."""
    say = _SAID.get(fact.type)
    return None if say is None else say(fact.data, sensitive)


def _plain(zh: str, en: str) -> Say:
    return lambda _data, _sensitive: Words(zh=zh, en=en)


def _with_volunteer(zh: str, en: str) -> Say:
    def say(data: Any, _: bool) -> Words:  # noqa: FBT001 - the signature of Say
        name = volunteer_name(data.volunteer)
        return Words(zh=zh.format(name), en=en.format(name))

    return say


def _why(zh: str, en: str) -> Say:
    """Add the reason, unless it could tell what a sensitive need is about."""

    def say(data: Any, sensitive: bool) -> Words:  # noqa: FBT001 - the signature of Say
        why = REASON_ELSEWHERE if sensitive else Words(zh=data.zh, en=data.en)
        return Words(zh=f"{zh}：{why.zh}", en=f"{en}: {why.en}")

    return say


def _reason(zh: str, en: str) -> Say:
    def say(data: Any, sensitive: bool) -> Words:  # noqa: FBT001 - the signature of Say
        why = REASON_ELSEWHERE if sensitive else Words(zh=data.reason, en=data.reason)
        return Words(zh=f"{zh}：{why.zh}", en=f"{en}: {why.en}") if why.zh else Words(zh=zh, en=en)

    return say


def _progressed(data: needs.NeedProgressed, _: bool) -> Words:  # noqa: FBT001 - the signature of Say
    status = called(STATUS, data.status)
    return Words(zh=f"状态：{status.zh}", en=f"Status: {status.en}")


def _rated(data: needs.NeedRated, _: bool) -> Words:  # noqa: FBT001 - the signature of Say
    zh, en = ("满意", "it was good") if data.good else ("不满意", "it was not good")
    return Words(zh=f"居民评价：{zh}", en=f"The resident says: {en}")


def _closed(data: needs.NeedClosed, _: bool) -> Words:  # noqa: FBT001 - the signature of Say
    outcome = called(STATUS, data.outcome)
    return Words(zh=f"办结：{outcome.zh}", en=f"Closed: {outcome.en}")


def _follow_up(data: needs.NeedFollowUpDue, _: bool) -> Words:  # noqa: FBT001 - the signature of Say
    owner = called(OWNER, data.owner)
    return Words(zh=f"尚无评价，由{owner.zh}当面询问", en=f"No answer yet; the {owner.en} asks in person")


def _escalated(data: dispatch.NeedEscalated, sensitive: bool) -> Words:  # noqa: FBT001 - the signature of Say
    owner = called(OWNER, data.owner)
    why = REASON_ELSEWHERE if sensitive else Words(zh=data.zh, en=data.en)
    return Words(zh=f"转{owner.zh}处理：{why.zh}", en=f"Handed to the {owner.en}: {why.en}")


def _offered(data: dispatch.OfferMade, _: bool) -> Words:  # noqa: FBT001 - the signature of Say
    name = volunteer_name(data.volunteer)
    if data.assigned:
        return Words(zh=f"派给值班志愿者 {name}", en=f"Assigned to volunteer {name} on duty")
    return Words(zh=f"询问志愿者 {name}（第 {data.wave} 轮）", en=f"Volunteer {name} was asked (wave {data.wave})")


def _failed(data: dispatch.VisitFailed, _: bool) -> Words:  # noqa: FBT001 - the signature of Say
    why, name = called(FAILURE, data.reason), volunteer_name(data.volunteer)
    return Words(zh=f"志愿者 {name} 未能完成：{why.zh}", en=f"Volunteer {name} could not do it: {why.en}")


def _notice(zh: str, en: str) -> Say:
    def say(data: Any, _: bool) -> Words:  # noqa: FBT001 - the signature of Say
        who, what = called(RECIPIENT, data.recipient_kind), called(TEMPLATE, data.template)
        return Words(zh=f"{zh}（{who.zh}）：{what.zh}", en=f"{en} ({who.en}): {what.en}")

    return say


_SAID: Final[Mapping[str, Say]] = {
    needs.NeedReceived.TYPE: _plain("收到需求，等待审核", "The need came in and awaits review"),
    needs.NeedAccepted.TYPE: _plain("需求已受理", "The need was accepted"),
    needs.NeedRefused.TYPE: _reason("不予受理", "The need was declined"),
    needs.NeedAmended.TYPE: _plain("居民修改了需求", "The resident changed what is wanted"),
    needs.NeedWithdrawn.TYPE: _reason("居民撤回了需求", "The resident withdrew the need"),
    needs.NeedProgressed.TYPE: _progressed,
    needs.NeedRated.TYPE: _rated,
    needs.NeedReopened.TYPE: _reason("需求重新办理", "The need was opened again"),
    needs.NeedFollowUpDue.TYPE: _follow_up,
    needs.NeedClosed.TYPE: _closed,
    dispatch.NeedAdmitted.TYPE: _plain("进入派单板", "The board took the need on"),
    dispatch.NeedDropped.TYPE: _plain("从派单板移除", "The board let the need go"),
    dispatch.OfferMade.TYPE: _offered,
    dispatch.OfferAccepted.TYPE: _with_volunteer("志愿者 {} 接单", "Volunteer {} will come"),
    dispatch.OfferRefused.TYPE: _with_volunteer("志愿者 {} 无法前往", "Volunteer {} cannot come"),
    dispatch.OfferExpired.TYPE: _with_volunteer("志愿者 {} 未及时回应", "Volunteer {} did not answer in time"),
    dispatch.OfferWithdrawn.TYPE: _with_volunteer("志愿者 {} 不必再前往", "Volunteer {} is no longer needed"),
    dispatch.GoodsPickedUp.TYPE: _with_volunteer("志愿者 {} 已取餐取物", "Volunteer {} picked up the goods"),
    dispatch.VisitStarted.TYPE: _with_volunteer("志愿者 {} 开始服务", "Volunteer {} began"),
    dispatch.VisitCompleted.TYPE: _with_volunteer("志愿者 {} 完成服务", "Volunteer {} finished"),
    dispatch.VisitFailed.TYPE: _failed,
    dispatch.VolunteerMissed.TYPE: _with_volunteer("志愿者 {} 未到", "Volunteer {} did not come"),
    dispatch.NeedUnplaced.TYPE: _why("暂时无人可派", "Nobody can be asked now"),
    dispatch.NeedEscalated.TYPE: _escalated,
    dispatch.NeedGivenUp.TYPE: _why("未能满足", "The need could not be met"),
    notices.NoticeSent.TYPE: _notice("已发送", "Sent"),
    notices.NoticeFailed.TYPE: _notice("未送达，需人工告知", "Not delivered, a person must tell them"),
    notices.NoticeUnknown.TYPE: _notice("是否送达不明", "Nobody knows whether it arrived"),
    notices.NoticeCleared.TYPE: _notice("已人工告知", "Told by a person"),
}
