"""Keeps open pages up to date by server-sent events: only sections that changed, at most once a second."""

import asyncio
import json
from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import StreamingResponse

from services.console.application.ports import Areas
from services.console.entrypoints.drawing import AREA_SECTIONS, CITY_SECTIONS, Drawing
from services.console.entrypoints.looks import Looks
from services.console.entrypoints.pages import Lang, page_language
from services.console.metrics import ConsoleMetrics
from services.console.settings import ConsoleSettings
from shared.kernel.words import Language
from shared.runtime.http import PlainText, ProblemException, make_router, problems

Sections = dict[str, str]

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


class Streams:
    """All open pages' streams of one process."""

    def __init__(
        self, looks: Looks, areas: Areas, drawing: Drawing, metrics: ConsoleMetrics, settings: ConsoleSettings
    ) -> None:
        self._looks = looks
        self._areas = areas
        self._drawing = drawing
        self._metrics = metrics
        self._settings = settings
        self._drawn: dict[tuple[str | None, Language], tuple[object, Sections]] = {}
        self._open = 0

    def open(self, area: str | None, language: Language) -> StreamingResponse:
        """Begin a stream for one page, unless too many are open."""
        if self._open >= self._settings.most_streams:
            raise ProblemException(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "streams.too_many",
                "Too many pages are open here. Reload the page to see the present state.",
                detail_zh="同时打开的页面太多，请刷新页面查看最新情况。",
            )
        return StreamingResponse(self.follow(area, language), media_type="text/event-stream", headers=_HEADERS)

    async def follow(self, area: str | None, language: Language) -> AsyncGenerator[str, None]:
        """Give what changed, again and again, and a sign of life when nothing does."""
        sent: Sections = {}
        self._open += 1
        self._metrics.streams.set(self._open)
        try:
            yield "retry: 3000\n\n"
            while True:
                revision = self._areas.revision(area)
                sections = await self._sections(area, language, revision)
                changed = {name: html for name, html in sections.items() if sent.get(name) != html}
                sent = sections
                yield _event(revision, changed) if changed else ": nothing new\n\n"
                await self._next(area, revision)
        finally:
            self._open -= 1
            self._metrics.streams.set(self._open)

    async def _next(self, area: str | None, revision: int) -> None:
        """Return when there is something new, but not too soon; or when a sign of life is due."""
        await asyncio.sleep(self._settings.stream_every_s)
        try:
            await asyncio.wait_for(self._areas.wait_beyond(area, revision), self._settings.heartbeat_s)
        except TimeoutError:
            return

    async def _sections(self, area: str | None, language: Language, revision: int) -> Sections:
        """Draw the page's sections; pages that show the same share one drawing."""
        view = await (self._looks.city() if area is None else self._looks.area(area))
        if view is None:
            return {}
        state = revision, view.now.replace(second=0, microsecond=0)
        drawn = self._drawn.get((area, language))
        if drawn is None or drawn[0] != state:
            names = CITY_SECTIONS if area is None else AREA_SECTIONS
            with self._metrics.render_seconds.time():
                drawn = state, self._drawing.sections(names, language, view=view)
            self._drawn[area, language] = drawn
        return drawn[1]


def events_router(streams: Streams) -> APIRouter:
    """Build the doors to the streams."""
    router = make_router()
    kind = {200: {"content": {"text/event-stream": {}}}, **problems()}

    @router.get(
        "/events", summary="Stream: what changed on the overview", response_class=StreamingResponse, responses=kind
    )
    async def city(lang: Lang = "zh") -> StreamingResponse:
        return streams.open(None, page_language(lang))

    @router.get(
        "/areas/{area}/events",
        summary="Stream: what changed on an area's page",
        response_class=StreamingResponse,
        responses=kind,
    )
    async def area(
        area: Annotated[PlainText, Path(min_length=1, max_length=120)], lang: Lang = "zh"
    ) -> StreamingResponse:
        return streams.open(area, page_language(lang))

    return router


def _event(revision: int, changed: Sections) -> str:
    return f"id: {revision}\nevent: sections\ndata: {json.dumps(changed, ensure_ascii=False)}\n\n"
