"""Why a job is on no route: the rule that blocks it and the nearest miss, in words to act on."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """The hard rule to relax. Relaxing exactly the named rules makes the job placeable in the same plan.

    Four are no rules that could be relaxed: `no_volunteers`, `out_of_reach`, `full` and `not_tried`.
    """

    NO_VOLUNTEERS = "no_volunteers"  # nobody is on this board
    PEOPLE = "people"  # the need wants more people at once than are free together
    REFUSED = "refused"  # those who could have refused, are excluded, or are not among the wanted persons
    BATCH = "batch"  # the canteen batch has no portion left
    BATCH_READY = "batch_ready"  # the canteen batch is ready too late
    CAPACITY = "capacity"  # it does not fit in anybody's box
    WINDOW = "window"  # nobody can be there within the resident's (or the kitchen's) window
    HOT_LIMIT = "hot_limit"  # it would be cold at the door
    STOPS = "stops"  # everybody has reached their number of stops
    DUTY = "duty"  # nobody is on duty long enough
    SKILL = "skill"  # nobody who could come has the skills and credentials
    OUT_OF_REACH = "out_of_reach"  # way and service take a day more than anybody has; no rule helps
    FULL = "full"  # who could do it has other jobs; there was no time to find the rule that would have to give way
    NOT_TRIED = "not_tried"  # no placement was asked for, or there was no time for a reason


class Language(StrEnum):
    """The languages in which dispatchers read reasons."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestMiss:
    """How close the nearest placement came.

    Parameters
    ----------
    volunteer
        Who would come nearest; empty if nobody in particular.
    amount
        By how much the rule is missed: seconds for window, hot limit, duty and a late batch; at least so many seconds
        for out of reach; units of load for capacity; jobs for batch and stops; missing skills for skill; missing
        people for people.
    names
        The names behind the number: the missing skills, or the volunteers who are excluded.
    """

    volunteer: str = ""
    amount: int = 0
    names: tuple[str, ...] = ()


_EN = {
    Reason.NO_VOLUNTEERS: "No volunteer is on this board. Ask a neighbouring area or call volunteers in.",
    Reason.PEOPLE: "Not enough people at the same time: {amount} more wanted.",
    Reason.REFUSED: "Only {who} could, but refused or is excluded. Change the request or ask in person.",
    Reason.BATCH: "The canteen batch is used up: {amount} more portion needed.",
    Reason.BATCH_READY: "The canteen batch is late: for {who} it would have to be ready {minutes} min earlier.",
    Reason.CAPACITY: "Too much to carry: {who} would need room for {amount} more.",
    Reason.WINDOW: "Outside the time window: {who} would miss it by {minutes} min.",
    Reason.HOT_LIMIT: "Too long from kitchen to door: {who} would exceed the limit by {minutes} min.",
    Reason.STOPS: "{who} would have {amount} stops more than agreed.",
    Reason.DUTY: "{who} would have to be on duty {minutes} min more.",
    Reason.SKILL: "Nobody who could come has all skills: {who} lacks {names}.",
    Reason.OUT_OF_REACH: "Out of reach: way and service would take {who} at least {minutes} min more than their duty.",
    Reason.FULL: "Those who could come have enough other jobs. Call volunteers in, or leave something else out.",
    Reason.NOT_TRIED: "Not on the plan; what stands in the way was not looked into yet.",
}
_ZH = {
    Reason.NO_VOLUNTEERS: "派单板上没有志愿者。请向邻近片区求援或召集志愿者。",
    Reason.PEOPLE: "同一时间人手不够：还差 {amount} 人。",
    Reason.REFUSED: "只有{who}可以，但已拒绝或被排除。请调整需求或当面再问。",
    Reason.BATCH: "食堂这一批已分完：还差 {amount} 份。",
    Reason.BATCH_READY: "食堂这一批出餐太晚：对{who}需要提前 {minutes} 分钟。",
    Reason.CAPACITY: "装不下：{who}还需 {amount} 的容量。",
    Reason.WINDOW: "不在时间窗内：{who}会差 {minutes} 分钟。",
    Reason.HOT_LIMIT: "从厨房到家门太久：{who}会超出 {minutes} 分钟。",
    Reason.STOPS: "{who}会比约定多 {amount} 站。",
    Reason.DUTY: "{who}需要多值班 {minutes} 分钟。",
    Reason.SKILL: "能去的人都不具备全部技能：{who}缺 {names}。",
    Reason.OUT_OF_REACH: "路程和服务时间太长：{who}至少要比值班时间多 {minutes} 分钟。",
    Reason.FULL: "能去的人都已排满其他任务。请召集志愿者，或放下别的任务。",
    Reason.NOT_TRIED: "未排入计划，原因尚未查明。",
}
_TEXTS = {Language.EN: _EN, Language.ZH: _ZH}
_RULES = {
    Language.EN: {reason: reason.value.replace("_", " ") for reason in Reason},
    Language.ZH: {
        Reason.NO_VOLUNTEERS: "没有志愿者",
        Reason.PEOPLE: "同时人数",
        Reason.REFUSED: "拒绝或排除",
        Reason.BATCH: "批次份数",
        Reason.BATCH_READY: "批次出餐时间",
        Reason.CAPACITY: "容量",
        Reason.WINDOW: "时间窗",
        Reason.HOT_LIMIT: "保温时限",
        Reason.STOPS: "站数",
        Reason.DUTY: "值班时间",
        Reason.SKILL: "技能资质",
        Reason.OUT_OF_REACH: "路程太长",
        Reason.FULL: "已排满",
        Reason.NOT_TRIED: "尚未安排",
    },
}
_SEVERAL = {
    Language.EN: "No single rule is to blame; these would have to be relaxed together: {rules}.",
    Language.ZH: "不止一条规则：需要同时放宽 {rules}。",
}
_NOBODY = {Language.EN: "nobody", Language.ZH: "无人"}
# Residents read these sentences too: they name nobody, also not by an id.
_SOMEBODY = {Language.EN: "the nearest volunteer", Language.ZH: "最近的一位志愿者"}


def reason_in_words(*, reason: Reason, also: tuple[Reason, ...], miss: NearestMiss, language: Language | str) -> str:
    """Say in one or two sentences why a job is not placed, in the dispatcher's language."""
    language = Language(language)
    if also:
        joint = "、" if language is Language.ZH else ", "
        return _SEVERAL[language].format(rules=joint.join(_RULES[language][rule] for rule in (reason, *also)))
    said = _TEXTS[language][reason].format(
        who=(_SOMEBODY if miss.volunteer else _NOBODY)[language],
        amount=miss.amount,
        minutes=-(-miss.amount // 60),
        names=", ".join(miss.names) or _NOBODY[language],
    )
    return said[:1].upper() + said[1:]
