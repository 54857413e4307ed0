"""What the notifier says about messages to people (topic `notices.v1`; subject: the conversation)."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.fact import FactData

RecipientKind = Literal["resident", "volunteer", "community_worker"]


class NoticeQueued(FactData):
    """Somebody must be told something about one fact."""

    TYPE: ClassVar[str] = "linli.notice.queued.v1"
    notice: str
    recipient: str
    recipient_kind: RecipientKind
    about: str  # the need
    template: str
    language: Literal["zh", "en"]
    channel: str
    params: dict[str, str] = Field(default_factory=dict)  # numbers, times, service names; never personal data
    due_at: AwareDatetime


class NoticeAttempted(FactData):
    """The channel is about to be called with this attempt id as its idempotency key."""

    TYPE: ClassVar[str] = "linli.notice.attempted.v1"
    notice: str
    attempt: str
    channel: str
    answer_by: AwareDatetime | None = None  # later than this the call is over: anyone may ask what became of it


class NoticeSent(FactData):
    """The channel took the message."""

    TYPE: ClassVar[str] = "linli.notice.sent.v1"
    notice: str
    attempt: str
    recipient: str
    recipient_kind: RecipientKind
    about: str
    template: str
    channel: str


class NoticeDelayed(FactData):
    """The channel could not take it now; it is tried again at the given time."""

    TYPE: ClassVar[str] = "linli.notice.delayed.v1"
    notice: str
    attempt: str
    reason: str
    retry_at: AwareDatetime


class NoticeFailed(FactData):
    """The message cannot be delivered on any channel; a person must tell them."""

    TYPE: ClassVar[str] = "linli.notice.failed.v1"
    notice: str
    recipient: str
    recipient_kind: RecipientKind
    about: str
    template: str
    reason: str
    owner: str = "community_worker"  # who must act next
    next_action_at: AwareDatetime | None = None


class NoticeUnknown(FactData):
    """After a crash nobody can say whether the message went out; a person must look. Never sent again blindly."""

    TYPE: ClassVar[str] = "linli.notice.unknown.v1"
    notice: str
    attempt: str
    recipient: str
    recipient_kind: RecipientKind
    about: str
    template: str
    owner: str = "community_worker"  # who must act next
    next_action_at: AwareDatetime | None = None


class NoticeCleared(FactData):
    """A person dealt with a failed or unknown notice: they told the recipient themselves, or it was received."""

    TYPE: ClassVar[str] = "linli.notice.cleared.v1"
    notice: str
    recipient: str
    recipient_kind: RecipientKind
    about: str
    template: str
    by: str


NOTICE_FACTS = (
    NoticeQueued,
    NoticeAttempted,
    NoticeSent,
    NoticeDelayed,
    NoticeFailed,
    NoticeUnknown,
    NoticeCleared,
)
