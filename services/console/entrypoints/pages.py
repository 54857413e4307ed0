"""The pages for people: drawn on the server, so that they can be read without JavaScript."""

from collections.abc import Callable
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from services.console.entrypoints.drawing import Drawing
from services.console.entrypoints.looks import Looks
from services.console.metrics import ConsoleMetrics
from shared.kernel.words import Language
from shared.runtime.http import PlainText, make_router

Lang = Annotated[PlainText, Query(max_length=20, description="zh (also for anything unknown) or en.")]
Code = Annotated[PlainText, Path(min_length=1, max_length=120)]

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

MISSING: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.NOT_FOUND: {"description": "Nothing was ever heard of it", "content": {"text/html": {}}}
}


def assets() -> StaticFiles:
    """Serve styles and modules as they lie in the package."""
    return StaticFiles(directory=str(files("services.console").joinpath("web", "assets")))


def page_language(lang: str) -> Language:
    """Give the language of a page: Chinese unless English is asked for."""
    return "en" if lang.lower().startswith("en") else "zh"


def pages_router(looks: Looks, drawing: Drawing, metrics: ConsoleMetrics) -> APIRouter:
    """Build the doors for people."""
    router = make_router()

    def html(draw: Callable[..., str], *args: Any, status: int = HTTPStatus.OK, **shown: Any) -> HTMLResponse:
        with metrics.render_seconds.time():
            return HTMLResponse(draw(*args, **shown), status, headers=HEADERS)

    def missing(language: Language, thing: str, code: str) -> HTMLResponse:
        return html(drawing.page, "missing", language, status=HTTPStatus.NOT_FOUND, thing=thing, code=code)

    @router.get("/", summary="Page: all areas", response_class=HTMLResponse)
    async def city(lang: Lang = "zh") -> HTMLResponse:
        return html(drawing.page, "city", page_language(lang), view=await looks.city())

    @router.get("/areas/{area}", summary="Page: one area, live", response_class=HTMLResponse, responses=MISSING)
    async def area(area: Code, lang: Lang = "zh") -> HTMLResponse:
        view = await looks.area(area)
        if view is None:
            return missing(page_language(lang), "area", area)
        return html(drawing.page, "area", page_language(lang), view=view)

    @router.get("/needs/{need}", summary="Page: the story of one need", response_class=HTMLResponse, responses=MISSING)
    async def need(need: Code, lang: Lang = "zh") -> HTMLResponse:
        story = await looks.story(need)
        if story is None:
            return missing(page_language(lang), "need", need)
        return html(drawing.page, "need", page_language(lang), story=story, area_name=looks.names.area(story.area))

    return router
