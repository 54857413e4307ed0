"""Why a job is on no route: the rule that blocks it and the nearest miss, in words to act on."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """The hard rule to relax. Relaxing exactly the named rules makes the job placeable in the same plan."""

    NO_VOLUNTEERS = "no_volunteers"  # nobody is on this board
    PEOPLE = "people"  # the need wants more people at once than are free together
    REFUSED = "refused"  # those who could have refused, are excluded, or are not among the wanted persons
    BATCH = "batch"  # the canteen batch is too small or ready too late
    CAPACITY = "capacity"  # it does not fit in anybody's box
    WINDOW = "window"  # nobody can be there within the resident's (or the kitchen's) window
    HOT_LIMIT = "hot_limit"  # it would be cold at the door
    STOPS = "stops"  # everybody has reached their number of stops
    DUTY = "duty"  # nobody is on duty long enough
    SKILL = "skill"  # nobody has the skills and credentials
    ON_BOARD = "on_board"  # it is already on board of somebody who cannot bring it in time
    NOT_TRIED = "not_tried"  # it was taken off the plan and no placement was asked for


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
        By how much the rule is missed: seconds for window, hot limit and duty; units of load for capacity;
        jobs for batch and stops; missing skills for skill; missing people for people.
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
    Reason.BATCH: "The canteen batch is short: {amount} more needed (portions, or minutes earlier).",
    Reason.CAPACITY: "Too much to carry: {who} would need room for {amount} more.",
    Reason.WINDOW: "Outside the time window: {who} would miss it by {minutes} min.",
    Reason.HOT_LIMIT: "Too long from kitchen to door: {who} would exceed the limit by {minutes} min.",
    Reason.STOPS: "{who} would have {amount} stops more than agreed.",
    Reason.DUTY: "{who} would have to be on duty {minutes} min more.",
    Reason.SKILL: "Nobody has all skills: {who} lacks {names}.",
    Reason.ON_BOARD: "It is with {who}, who cannot bring it in time. Call them, or send a new one.",
    Reason.NOT_TRIED: "Taken off the plan; not placed again yet.",
}
_ZH = {
    Reason.NO_VOLUNTEERS: "派单板上没有志愿者。请向邻近片区求援或召集志愿者。",
    Reason.PEOPLE: "同一时间人手不够：还差 {amount} 人。",
    Reason.REFUSED: "只有 {who} 可以，但已拒绝或被排除。请调整需求或当面再问。",
    Reason.BATCH: "食堂这一批不够：还差 {amount}（份数，或提前的分钟数）。",
    Reason.CAPACITY: "装不下：{who} 还需 {amount} 的容量。",
    Reason.WINDOW: "不在时间窗内：{who} 会差 {minutes} 分钟。",
    Reason.HOT_LIMIT: "从厨房到家门太久：{who} 会超出 {minutes} 分钟。",
    Reason.STOPS: "{who} 会比约定多 {amount} 站。",
    Reason.DUTY: "{who} 需要多值班 {minutes} 分钟。",
    Reason.SKILL: "没有人具备全部技能：{who} 缺 {names}。",
    Reason.ON_BOARD: "东西在 {who} 手上，但无法按时送到。请打电话，或重新送一份。",
    Reason.NOT_TRIED: "已从计划中取下，尚未重新安排。",
}
_TEXTS = {Language.EN: _EN, Language.ZH: _ZH}
_NOBODY = {Language.EN: "nobody", Language.ZH: "无人"}
_ALSO = {Language.EN: " At the same time: ", Language.ZH: "同时："}


def reason_in_words(
    *, reason: Reason, also: tuple[Reason, ...], miss: NearestMiss, language: Language | str
) -> str:
    """Say in one or two sentences why a job is not placed, in the dispatcher's language."""
    language = Language(language)
    sentence = _TEXTS[language][reason].format(
        who=miss.volunteer or _NOBODY[language],
        amount=miss.amount,
        minutes=-(-miss.amount // 60),
        names=", ".join(miss.names) or _NOBODY[language],
    )
    if not also:
        return sentence
    return sentence + _ALSO[language] + ", ".join(other.value for other in also) + "."
