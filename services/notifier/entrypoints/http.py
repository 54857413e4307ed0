"""The notice board for people: what was said to whom, and what a person must tell because no channel could."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.notifier.application.ports import Texts
from services.notifier.domain.conversation import FOR_A_PERSON, Conversation, Notice, NoticeStatus, conversation_of
from services.notifier.domain.decide import Clear, Command
from services.notifier.entrypoints.courier import Conversations
from shared.contracts.notices import RecipientKind
from shared.kernel.moments import Clock
from shared.runtime.aggregates import Told
from shared.runtime.documents import Documents
from shared.runtime.http import PlainText, ProblemException, make_router, problems, refused

Id = Annotated[PlainText, Field(min_length=1, max_length=200)]
_NEXT_ACTIONS: Final = {
    "failed": ("请打电话或上门告知，然后销账。", "Tell them by phone or in person, then clear this notice."),
    "unknown": (
        "请询问对方是否收到；没有就告知，然后销账。",
        "Ask whether it arrived; if not, tell them. Then clear it.",
    ),
}


class NoticeView(BaseModel):
    """One notice as people see it. `text` is what the recipient is to be told."""

    id: str
    area: str
    about: str
    recipient: str
    recipient_kind: RecipientKind
    template: str
    language: Literal["zh", "en"]
    channel: str
    status: NoticeStatus
    tries: int
    text: str
    due_at: AwareDatetime | None
    reason: str
    owner: str | None
    next_action_at: AwareDatetime | None
    next_action_zh: str | None
    next_action_en: str | None


class NoticePage(BaseModel):
    """Notices of up to `limit` conversations. `next`: pass it as `after`; none: that was all."""

    notices: list[NoticeView]
    next: str | None


class Clearing(BaseModel):
    """Who dealt with it."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[PlainText, Field(min_length=1, max_length=80, pattern=r"\S", examples=["community_worker"])]


class Board:
    """Reads conversations and lets people clear what waits for them."""

    def __init__(self, conversations: Conversations, documents: Documents, texts: Texts, clock: Clock) -> None:
        self._conversations = conversations
        self._documents = documents
        self._texts = texts
        self._clock = clock

    async def one(self, notice_id: str) -> NoticeView:
        """Show one notice."""
        state = await self._conversations.look(conversation_of(notice_id))
        return self._found(state, notice_id)

    async def clear(self, notice_id: str, by: str) -> NoticeView:
        """Write down that a person dealt with it."""
        await self.one(notice_id)
        told: Told[Command] = Told(command=Clear(notice=notice_id, by=by), at=self._clock.now())
        outcome = await self._conversations.step(conversation_of(notice_id), [told])
        if outcome.refusal is not None:
            raise refused(outcome.refusal)
        return self._found(outcome.state, notice_id)

    async def page(self, *, where: dict[str, str], status: str | None, after: str, limit: int) -> NoticePage:
        """Show the notices of the next conversations."""
        collection = self._conversations.kind.collection.name
        found = await self._documents.find(collection, where=where, after=after, limit=limit)
        states = [self._conversations.read(document) for document in found]
        views = [view for state in states for view in self._views(state) if status in {None, view.status}]
        return NoticePage(notices=views, next=states[-1].id if len(states) == limit else None)

    def _found(self, state: Conversation | None, notice_id: str) -> NoticeView:
        notice = state.notice(notice_id) if state is not None else None
        if state is None or notice is None:
            raise ProblemException(
                HTTPStatus.NOT_FOUND,
                "notice.unknown",
                "There is no notice of this id, or it is long finished. Look in GET /notices or in the archive.",
                detail_zh="没有该编号的通知，或早已办结。请查看通知列表或存档。",
            )
        return self._view(state, notice)

    def _views(self, state: Conversation) -> Iterable[NoticeView]:
        return (self._view(state, notice) for notice in state.notices)

    def _view(self, state: Conversation, notice: Notice) -> NoticeView:
        action_zh, action_en = _NEXT_ACTIONS.get(notice.status, (None, None))
        return NoticeView(
            id=notice.id,
            area=state.area,
            about=state.about,
            recipient=state.recipient,
            recipient_kind=state.recipient_kind,
            template=notice.template,
            language=notice.language,
            channel=notice.channel,
            status=notice.status,
            tries=notice.tries,
            text=self._texts.text(notice.template, notice.language, notice.params),
            due_at=notice.due,
            reason=notice.reason,
            owner=notice.owner,
            next_action_at=notice.next_action_at,
            next_action_zh=action_zh,
            next_action_en=action_en,
        )


def router(board: Board) -> APIRouter:
    """Give the notifier's HTTP operations."""
    routes = make_router()

    @routes.get("/notices", summary="What was said, and what waits for a person")
    async def notices(
        about: Annotated[Id | None, Query(description="The need.")] = None,
        recipient: Annotated[Id | None, Query(description="The resident or volunteer.")] = None,
        status: Annotated[NoticeStatus | None, Query(description="failed or unknown: the board for people.")] = None,
        after: Annotated[Id | None, Query(description="`next` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=200, description="Most conversations looked at.")] = 100,
    ) -> NoticePage:
        where = {name: value for name, value in (("about", about), ("recipient", recipient)) if value is not None}
        if status in FOR_A_PERSON:
            where["attention"] = "yes"
        return await board.page(where=where, status=status, after=after or "", limit=limit)

    @routes.get("/notices/{notice_id}", summary="One notice")
    async def notice(notice_id: Annotated[Id, Path()]) -> NoticeView:
        return await board.one(notice_id)

    @routes.post(
        "/notices/{notice_id}/clear",
        summary="A person told them, or it arrived",
        responses=problems(HTTPStatus.CONFLICT),
    )
    async def clear(notice_id: Annotated[Id, Path()], clearing: Clearing) -> NoticeView:
        return await board.clear(notice_id, clearing.by)

    return routes
