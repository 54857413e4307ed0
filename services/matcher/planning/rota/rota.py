"""A rota: who stands where, what stays empty and which rule would have to give way, and what was proven."""

from dataclasses import dataclass
from enum import StrEnum

from services.matcher.planning.reason import Language


class RotaRule(StrEnum):
    """What can keep a person from a duty, the mildest to relax first."""

    WEEK_MINUTES = "week_minutes"  # the person's most minutes a week
    WEEK_DUTIES = "week_duties"  # the most duties a week
    DAY_DUTIES = "day_duties"  # the most duties a day
    AVAILABILITY = "availability"  # the person is not available
    STRETCH = "stretch"  # the longest stretch without a break
    REST = "rest"  # the rest between duties
    TEAM = "team"  # the duty is another team's
    CREDENTIAL = "credential"  # a credential is missing, or expires before the duty is over
    OVERLAP = "overlap"  # the person is on duty elsewhere at the same time
    HEADCOUNT = "headcount"  # the duty needs more people than there are


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """The rules that one person would break on one duty, in this rota.

    Parameters
    ----------
    rules
        All of them, the mildest first. If there is one, relaxing it alone covers the slot.
    person
        Who it is; empty for `HEADCOUNT`.
    amount
        By how much the first rule is missed: minutes; for duties a day or week, and headcount, a number; for
        credentials how many are missing; 0 for a team.
    names
        The missing credentials.
    """

    rules: tuple[RotaRule, ...]
    person: str = ""
    amount: int = 0
    names: tuple[str, ...] = ()

    def in_words(self, language: Language | str) -> str:
        """Say what would have to give way, in the language of who makes the rota."""
        language = Language(language)
        if len(self.rules) > 1:
            joint = ", " if language is Language.EN else "、"
            names = joint.join(_NAMES[language][rule] for rule in self.rules)
            return _SEVERAL[language].format(person=self.person, rules=names)
        return _SAID[language][self.rules[0]].format(
            person=self.person, amount=self.amount, names=", ".join(self.names)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Slots of one duty that nobody fills.

    Parameters
    ----------
    duty
        Its id.
    missing
        How many of its slots are empty.
    misses
        Who comes near, with what would have to give way: the nearest of each rule that alone would do; if there is
        none, the one person with the fewest rules. The mildest first.
    """

    duty: str
    missing: int
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Who stands on which duty.

    Parameters
    ----------
    assigned
        (duty id, person id), in the order of the question's duties and people.
    gaps
        What nobody fills, in the order of duties; with `cover_proven` no rota fills more slots.
    cover_proven
        Whether it is proven that no rota leaves fewer slots empty.
    wishes_proven
        Whether it is also proven that none with as few empty slots is fairer and keeps more pairs together.
    unfairness_min
        The sum that fairness makes small (see `fairness.py`), minutes; comparable between rotas of one question.
    together
        Duties that a familiar pair has together.
    """

    assigned: tuple[tuple[str, str], ...]
    gaps: tuple[Gap, ...] = ()
    cover_proven: bool = False
    wishes_proven: bool = False
    unfairness_min: int = 0
    together: int = 0

    @property
    def empty_slots(self) -> int:
        """How many slots nobody fills."""
        return sum(gap.missing for gap in self.gaps)


_SAID = {
    Language.EN: {
        RotaRule.WEEK_MINUTES: "{person} would be {amount} min above their weekly limit; ask them for that much more.",
        RotaRule.WEEK_DUTIES: "{person} would have {amount} duty more than allowed in a week.",
        RotaRule.DAY_DUTIES: "{person} would have {amount} duty more than allowed in a day.",
        RotaRule.AVAILABILITY: "{person} is not available for {amount} min of it; ask whether they can come.",
        RotaRule.STRETCH: "{person} would be {amount} min longer on duty without a break than allowed.",
        RotaRule.REST: "{person} would rest {amount} min less than the rule asks for.",
        RotaRule.TEAM: "{person} could, but belongs to another team; ask that team.",
        RotaRule.CREDENTIAL: "{person} could, but lacks a valid {names}.",
        RotaRule.OVERLAP: "{person} is on another duty for {amount} min of it.",
        RotaRule.HEADCOUNT: "It needs {amount} more than there are people. Call people in, or ask for fewer.",
    },
    Language.ZH: {
        RotaRule.WEEK_MINUTES: "{person}会超出每周上限 {amount} 分钟；可与本人商量。",
        RotaRule.WEEK_DUTIES: "{person}本周会比规定多值 {amount} 班。",
        RotaRule.DAY_DUTIES: "{person}当天会比规定多值 {amount} 班。",
        RotaRule.AVAILABILITY: "{person}有 {amount} 分钟不在可服务时段内；请问能否到岗。",
        RotaRule.STRETCH: "{person}连续值班会比规定多 {amount} 分钟。",
        RotaRule.REST: "{person}的休息会比规定少 {amount} 分钟。",
        RotaRule.TEAM: "{person}可以，但属于别的队伍；请与该队商量。",
        RotaRule.CREDENTIAL: "{person}可以，但缺少有效的{names}。",
        RotaRule.OVERLAP: "{person}有 {amount} 分钟在别处值班。",
        RotaRule.HEADCOUNT: "人手还差 {amount} 人。请召集人员或减少人数。",
    },
}
_NAMES = {
    Language.EN: {rule: rule.value.replace("_", " ") for rule in RotaRule},
    Language.ZH: {
        RotaRule.WEEK_MINUTES: "每周时长",
        RotaRule.WEEK_DUTIES: "每周班数",
        RotaRule.DAY_DUTIES: "每天班数",
        RotaRule.AVAILABILITY: "可服务时段",
        RotaRule.STRETCH: "连续值班时长",
        RotaRule.REST: "班间休息",
        RotaRule.TEAM: "所属队伍",
        RotaRule.CREDENTIAL: "证书",
        RotaRule.OVERLAP: "同时值班",
        RotaRule.HEADCOUNT: "人数",
    },
}
_SEVERAL = {
    Language.EN: "No single rule is to blame; for {person} these would have to give way together: {rules}.",
    Language.ZH: "不止一条规则：对{person}需要同时放宽{rules}。",
}
