"""What intake says about needs (topic `needs.v1`; subject: the need)."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.fact import FactData, NameSet
from shared.contracts.places import Cell

Mode = Literal["visit", "delivery", "shift", "claim"]
Channel = Literal["window", "online", "wish_wall", "import"]
Status = Literal[
    "received",  # 待审核: a community worker must look at it
    "accepted",  # 已受理
    "dispatched",  # 已派单: somebody has been asked
    "taken",  # 已接单
    "in_service",  # 服务中
    "done",  # 待评价
    "confirmed",  # 已办结
    "unmet",  # 未能满足
    "escalated",  # 转人工: a person owns it, with a next action time
    "refused",  # 不予受理
    "withdrawn",  # 已撤回
]


class Request(BaseModel):
    """What is wanted, with the catalogue row already applied, so that nobody downstream needs the row."""

    model_config = ConfigDict(frozen=True)

    area: str = Field(default="", max_length=64)  # the partition key as well; here so that the data alone tells all
    number: str = Field(max_length=40)  # what people quote on the phone, for example GH-0042
    resident: str
    channel: Channel
    service: str
    service_zh: str
    service_en: str
    mode: Mode
    community: str
    cell: Cell
    pickup: Cell | None = None  # deliveries that do not start at a canteen
    opens: AwareDatetime  # the service may begin in [opens, closes]
    closes: AwareDatetime
    duration_s: int = Field(ge=0)
    people: int = Field(default=1, ge=1)
    meals: int = Field(default=0, ge=0)
    grams: int = Field(default=0, ge=0)
    diet: NameSet = frozenset()  # what a meal must be: halal, soft, low_sugar ...
    skills: NameSet = frozenset()
    credentials: NameSet = frozenset()
    hot_limit_s: int | None = None  # longest time from kitchen to door
    priority: int = Field(default=3, ge=1, le=5)  # 5 is most urgent
    standing: bool = False  # done by volunteers on a standing duty, assigned without asking
    sensitive: bool = False  # never on a public page
    offer_within_s: int = Field(default=900, ge=0)
    language: Literal["zh", "en"] = "zh"


class NeedFact(FactData):
    """What every fact of a need carries: its moment, so that the timeline is a fold over the data alone."""

    at: AwareDatetime | None = None


class NeedReceived(NeedFact):
    """A need waits for review."""

    TYPE: ClassVar[str] = "linli.need.received.v1"
    request: Request


class NeedAccepted(NeedFact):
    """A need is to be served; matching may begin."""

    TYPE: ClassVar[str] = "linli.need.accepted.v1"
    request: Request


class NeedRefused(NeedFact):
    """A community worker declined the need, with a reason the resident is told."""

    TYPE: ClassVar[str] = "linli.need.refused.v1"
    reason: str
    resident: str


class NeedAmended(NeedFact):
    """The resident changed what is wanted before it was served."""

    TYPE: ClassVar[str] = "linli.need.amended.v1"
    request: Request


class NeedWithdrawn(NeedFact):
    """The resident no longer wants it."""

    TYPE: ClassVar[str] = "linli.need.withdrawn.v1"
    reason: str
    resident: str


class NeedProgressed(NeedFact):
    """The need moved on the resident's timeline because of something the matcher or notifier said."""

    TYPE: ClassVar[str] = "linli.need.progressed.v1"
    status: Status
    volunteer: str | None = None
    note: str = ""  # a reason in words, where there is one
    owner: str | None = None  # who must act next, when escalated
    next_action_at: AwareDatetime | None = None


class NeedRated(NeedFact):
    """The resident answered the one question, whether it was good."""

    TYPE: ClassVar[str] = "linli.need.rated.v1"
    good: bool
    comment_given: bool = False  # the words themselves stay in intake
    by: Literal["resident", "community_worker"] = "resident"


class NeedReopened(NeedFact):
    """It was not good, or not done: the need is to be served again."""

    TYPE: ClassVar[str] = "linli.need.reopened.v1"
    request: Request
    reason: str
    round: int = Field(ge=2)  # how often it has been opened


class NeedFollowUpDue(NeedFact):
    """No answer came; a named owner must ask the resident by the given time."""

    TYPE: ClassVar[str] = "linli.need.follow_up_due.v1"
    owner: str
    next_action_at: AwareDatetime
    resident: str


class NeedClosed(NeedFact):
    """The loop is closed: the need reached its end and the resident knows."""

    TYPE: ClassVar[str] = "linli.need.closed.v1"
    outcome: Literal["confirmed", "unmet", "refused", "withdrawn"]
    reason: str = ""
    rounds: int = Field(default=1, ge=1)


NEED_FACTS = (
    NeedReceived,
    NeedAccepted,
    NeedRefused,
    NeedAmended,
    NeedWithdrawn,
    NeedProgressed,
    NeedRated,
    NeedReopened,
    NeedFollowUpDue,
    NeedClosed,
)
