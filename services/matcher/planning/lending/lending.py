"""The answer to lending: who stands where, what each area could have done alone, and why a slot stays empty."""

from dataclasses import dataclass
from enum import StrEnum

from services.matcher.planning.reason import Language


class WhyEmpty(StrEnum):
    """Why nobody can be put on a slot, in this lending."""

    AGREEMENT_USED_UP = "agreement_used_up"  # somebody could come, but the agreement's people or minutes are used up
    NO_AGREEMENT = "no_agreement"  # somebody could come, but no agreement allows it
    NOBODY_FREE = "nobody_free"  # whoever may do it is not available, on the way, or on another duty
    NOBODY_QUALIFIED = "nobody_qualified"  # nobody who may come has the credentials
    OUT_OF_TIME = "out_of_time"  # time was over before this was found out


@dataclass(frozen=True, slots=True, kw_only=True)
class LendingGap:
    """Slots of one duty that nobody fills.

    Parameters
    ----------
    duty
        Its id.
    missing
        How many of its slots are empty.
    why
        What stands in the way.
    person, area
        Who could come if that gave way, and from where; empty if nobody in particular.
    """

    duty: str
    missing: int
    why: WhyEmpty
    person: str = ""
    area: str = ""

    def in_words(self, language: Language | str) -> str:
        """Say what is in the way and what to do, in the dispatcher's language."""
        return _SAID[Language(language)][self.why].format(area=self.area)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lending:
    """Who stands on which duty, at home or lent.

    Parameters
    ----------
    assigned
        (duty id, person id), in the order of the question's duties and people.
    alone
        The same, had nobody been lent: the best that each area can do with its own people.
    gaps
        What nobody fills, in the order of duties.
    cover_proven
        Whether it is proven that `alone` is each area's best, and that no lending leaves fewer slots empty in all
        without leaving an area with more than alone.
    wishes_proven
        Whether it is also proven that none as full needs less travel, or as little with the burden better spread.
    travel_min
        The ways of everybody who is lent from home to their duties, in sum.
    unfairness_min
        How unevenly the lent minutes are spread over the lending areas (see `fairness.py`).
    """

    assigned: tuple[tuple[str, str], ...]
    alone: tuple[tuple[str, str], ...]
    gaps: tuple[LendingGap, ...] = ()
    cover_proven: bool = False
    wishes_proven: bool = False
    travel_min: int = 0
    unfairness_min: int = 0

    @property
    def empty_slots(self) -> int:
        """How many slots nobody fills."""
        return sum(gap.missing for gap in self.gaps)


_SAID = {
    Language.EN: {
        WhyEmpty.AGREEMENT_USED_UP: "Somebody of {area} could come, but the agreement is used up. Ask {area} for more.",
        WhyEmpty.NO_AGREEMENT: "Somebody of {area} could come, but no agreement allows it now. Make one with {area}.",
        WhyEmpty.NOBODY_FREE: "Everybody who may do it is on duty or not available. Call people in, or move it.",
        WhyEmpty.NOBODY_QUALIFIED: "Nobody who may come has the credentials. Look for somebody who has.",
        WhyEmpty.OUT_OF_TIME: "Time was over before the reason was found. Ask again with more seconds.",
    },
    Language.ZH: {
        WhyEmpty.AGREEMENT_USED_UP: "{area}有人能来，但协议的人数或时长已用完。请与{area}商量增加。",
        WhyEmpty.NO_AGREEMENT: "{area}有人能来，但目前没有协议允许。请与{area}签订协议。",
        WhyEmpty.NOBODY_FREE: "符合条件的人都在值班或没有空。请召集人员或调整时间。",
        WhyEmpty.NOBODY_QUALIFIED: "能来的人都没有所需证书。请另找有证书的人。",
        WhyEmpty.OUT_OF_TIME: "时间已到，还没有查明原因。请增加秒数再试。",
    },
}
