"""HTTP of boards: what dispatchers and volunteers see of an area and tell it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from services.matcher.domain import commands as ask
from services.matcher.domain.board import Board
from services.matcher.domain.rules import Rules
from services.matcher.entrypoints.boards import Boards
from services.matcher.entrypoints.bodies import (
    AssignmentBody,
    Because,
    CanteenBody,
    ClaimBody,
    Closing,
    Code,
    CompletionBody,
    FailureBody,
    GivingUpBody,
    ReportBody,
)
from services.matcher.entrypoints.views import BoardView, Noted, board_view
from shared.runtime.aggregates import Outcome
from shared.runtime.http import make_router, problems

Area = Annotated[Code, Path(description="Code of the street or town.")]
Id = Annotated[Code, Path()]
REFUSABLE = problems(HTTPStatus.CONFLICT)


class PlanAsked(BaseModel):
    """The plan is made in the background; the board changes if it is better."""

    area: str


def router(boards: Boards, rules: Rules, ask_for_plan: Callable[[str], None]) -> APIRouter:
    """Build the operations on boards."""
    routes = make_router()
    _board(routes, boards, rules, ask_for_plan)
    _canteens(routes, boards)
    _offers(routes, boards)
    _reports(routes, boards)
    _people(routes, boards)
    return routes


def _noted(outcome: Outcome[Board]) -> Noted:
    return Noted(area=outcome.state.id, facts=[type(fact.data).__name__ for fact in outcome.facts])


def _board(routes: APIRouter, boards: Boards, rules: Rules, ask_for_plan: Callable[[str], None]) -> None:
    @routes.get("/areas/{area}/board", summary="The board as a dispatcher reads it")
    async def look(area: Area) -> BoardView:
        return board_view(await boards.look(area), rules, boards.clock.now())

    @routes.post("/areas/{area}/plan", summary="Plan the whole board anew", status_code=HTTPStatus.ACCEPTED)
    async def plan(area: Area) -> PlanAsked:
        await boards.look(area)
        ask_for_plan(area)
        return PlanAsked(area=area)


def _canteens(routes: APIRouter, boards: Boards) -> None:
    @routes.put("/areas/{area}/canteens/{canteen}", summary="What a canteen cooks today", responses=REFUSABLE)
    async def open_canteen(area: Area, canteen: Id, body: CanteenBody) -> Noted:
        command = ask.OpenCanteen(
            at=boards.clock.now(),
            canteen=canteen,
            name_zh=body.name_zh,
            name_en=body.name_en,
            cell=body.place.cell(),
            batches=body.cooked(),
        )
        return _noted(await boards.tell(area, command))

    @routes.post("/areas/{area}/canteens/{canteen}/close", summary="A canteen hands out nothing", responses=REFUSABLE)
    async def close_canteen(area: Area, canteen: Id, body: Closing) -> Noted:
        command = ask.CloseCanteen(
            at=boards.clock.now(), canteen=canteen, closed_from=body.closed_from, reason=body.reason
        )
        return _noted(await boards.tell(area, command))


def _offers(routes: APIRouter, boards: Boards) -> None:
    @routes.post("/areas/{area}/offers/{offer}/accept", summary="The volunteer will come", responses=REFUSABLE)
    async def accept(area: Area, offer: Id) -> Noted:
        return _noted(await boards.tell(area, ask.AcceptOffer(at=boards.clock.now(), offer=offer)))

    @routes.post("/areas/{area}/offers/{offer}/refuse", summary="The volunteer cannot", responses=REFUSABLE)
    async def refuse(area: Area, offer: Id, body: Because) -> Noted:
        return _noted(await boards.tell(area, ask.RefuseOffer(at=boards.clock.now(), offer=offer, reason=body.reason)))


def _reports(routes: APIRouter, boards: Boards) -> None:
    @routes.post("/areas/{area}/needs/{need}/pick-up", summary="The goods are on their way", responses=REFUSABLE)
    async def pick_up(area: Area, need: Id, body: ReportBody) -> Noted:
        command = ask.PickUp(at=boards.clock.now(), need=need, slot=body.slot, volunteer=body.volunteer)
        return _noted(await boards.tell(area, command))

    @routes.post("/areas/{area}/needs/{need}/start", summary="The volunteer is there and begins", responses=REFUSABLE)
    async def start(area: Area, need: Id, body: ReportBody) -> Noted:
        command = ask.Start(at=boards.clock.now(), need=need, slot=body.slot, volunteer=body.volunteer)
        return _noted(await boards.tell(area, command))

    @routes.post("/areas/{area}/needs/{need}/complete", summary="The volunteer has finished", responses=REFUSABLE)
    async def complete(area: Area, need: Id, body: CompletionBody) -> Noted:
        command = ask.Complete(
            at=boards.clock.now(),
            need=need,
            slot=body.slot,
            volunteer=body.volunteer,
            evidence=frozenset(body.evidence),
        )
        return _noted(await boards.tell(area, command))

    @routes.post("/areas/{area}/needs/{need}/fail", summary="It could not be done", responses=REFUSABLE)
    async def fail(area: Area, need: Id, body: FailureBody) -> Noted:
        command = ask.Fail(
            at=boards.clock.now(), need=need, slot=body.slot, volunteer=body.volunteer, reason=body.reason
        )
        return _noted(await boards.tell(area, command))


def _people(routes: APIRouter, boards: Boards) -> None:
    @routes.post("/areas/{area}/needs/{need}/claim", summary="A volunteer takes an open need", responses=REFUSABLE)
    async def claim(area: Area, need: Id, body: ClaimBody) -> Noted:
        return _noted(await boards.tell(area, ask.Claim(at=boards.clock.now(), need=need, volunteer=body.volunteer)))

    @routes.post("/areas/{area}/needs/{need}/assign", summary="A worker gives a need to somebody", responses=REFUSABLE)
    async def assign(area: Area, need: Id, body: AssignmentBody) -> Noted:
        command = ask.Assign(at=boards.clock.now(), need=need, volunteer=body.volunteer, by=body.by)
        return _noted(await boards.tell(area, command))

    @routes.post("/areas/{area}/needs/{need}/give-up", summary="A worker gives a need up", responses=REFUSABLE)
    async def give_up(area: Area, need: Id, body: GivingUpBody) -> Noted:
        command = ask.GiveUp(at=boards.clock.now(), need=need, reason=body.reason, by=body.by)
        return _noted(await boards.tell(area, command))
