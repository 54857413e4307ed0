"""What programs ask the console: areas, the story of a need, figures and guarantees, as JSON."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.console.application.city_view import CityView
from services.console.application.ports import Bookkeeping
from services.console.application.rows import AreaView
from services.console.application.story import Story
from services.console.domain.figures import Figures, figures
from services.console.domain.guarantees import Judgement, judge
from services.console.entrypoints.looks import Looks
from shared.runtime.http import PlainText, ProblemException, make_router

Code = Annotated[PlainText, Path(min_length=1, max_length=120)]


def api_router(looks: Looks, books: Bookkeeping) -> APIRouter:
    """Build the doors for programs."""
    router = make_router()

    @router.get("/api/areas", summary="All areas in four numbers each")
    async def areas() -> CityView:
        return await looks.city()

    @router.get("/api/areas/{area}", summary="One area as its page shows it")
    async def area(area: Code) -> AreaView:
        view = await looks.area(area)
        if view is None:
            raise _unknown("area", area, "片区")
        return view

    @router.get("/api/needs/{need}", summary="The story of one need")
    async def need(need: Code) -> Story:
        story = await looks.story(need)
        if story is None:
            raise _unknown("need", need, "需求")
        return story

    @router.get("/api/figures", summary="What everything adds up to, with denominators")
    async def all_figures(area: Annotated[PlainText | None, Query(max_length=120)] = None) -> Figures:
        return figures(await books.ledger(), area=area)

    @router.get("/api/guarantees", summary="What must be true of every history, and where it was broken")
    async def guarantees(
        final: Annotated[bool, Query(description="The day is over: what is open must have an owner.")] = True,  # noqa: FBT002
    ) -> Judgement:
        return judge(await books.ledger(), final=final)

    return router


def _unknown(thing: str, name: str, zh: str) -> ProblemException:
    shown = name.encode("ascii", "backslashreplace").decode()[:80]
    return ProblemException(
        HTTPStatus.NOT_FOUND,
        f"{thing}.unknown",
        f"Nothing was ever heard of {thing} {shown}. Check the id; it may also be heard of in a moment.",
        detail_zh=f"没有这个{zh}的任何记录。请核对编号，或稍后再试。",
    )
