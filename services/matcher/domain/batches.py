"""From which canteen batch a meal comes: the nearest kitchen that has one left, for the diet, in time."""

import math
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from services.matcher.domain.board import Board, Canteen, OpenNeed
from shared.contracts.dispatch import Batch
from shared.contracts.needs import Request
from shared.contracts.places import Cell

_LEAST_WAY: Final = timedelta(minutes=10)  # from a kitchen's counter to the nearest door
_EARLIEST: Final = timedelta(minutes=90)  # a meal that is ready long before it is wanted is not the one

NO_BATCH: Final = "batch"


def candidates(board: Board, need_id: str, request: Request, at: datetime) -> list[tuple[str, str]]:
    """Give (canteen, batch) from the nearest kitchen on; of one kitchen the earliest batch first."""
    reserved = _reserved(board, but=need_id)
    found = [
        (_apart(canteen.cell, request.cell), batch.ready_at, canteen.id, batch.id)
        for canteen in board.canteens.values()
        for batch in canteen.batches
        if _suits(canteen, batch, request, at)
        and batch.count - canteen.used.get(batch.id, 0) - reserved[canteen.id, batch.id] >= request.meals
    ]
    return [(canteen, batch) for _, _, canteen, batch in sorted(found)]


def choose(board: Board, need_id: str, request: Request, at: datetime) -> tuple[str | None, str | None]:
    """Choose the batch, or none."""
    return next(iter(candidates(board, need_id, request, at)), (None, None))


def left_in(board: Board) -> dict[tuple[str, str], int]:
    """Count for every (canteen, batch) the meals that nobody is meant to get yet."""
    reserved = _reserved(board, but="")
    return {
        (canteen.id, batch.id): batch.count - canteen.used.get(batch.id, 0) - reserved[canteen.id, batch.id]
        for canteen in board.canteens.values()
        for batch in canteen.batches
    }


def _reserved(board: Board, *, but: str) -> Counter[tuple[str, str]]:
    """Count the meals that are chosen and not handed out."""
    reserved: Counter[tuple[str, str]] = Counter()
    for need in board.needs.values():
        if need.id == but or need.canteen is None or need.batch is None:
            continue
        if any(slot.picked_up_at is None and slot.status != "done" for slot in need.slots):
            reserved[need.canteen, need.batch] += need.request.meals
    return reserved


def _suits(canteen: Canteen, batch: Batch, request: Request, at: datetime) -> bool:
    leaves = max(batch.ready_at, at)
    return (
        request.diet <= batch.diets
        and leaves + _LEAST_WAY <= request.closes
        and batch.ready_at >= request.opens - _EARLIEST
        and (canteen.closed_from is None or leaves < canteen.closed_from)
    )


def _apart(one: Cell, other: Cell) -> float:
    """Give the distance in degrees of latitude: enough to compare kitchens of one area."""
    east = (one.lon - other.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return math.hypot(east, one.lat - other.lat)


def must_move(board: Board, canteen_id: str) -> Iterator[OpenNeed]:
    """Go through the needs whose meal the closed kitchen cannot hand out any more; what left it stays on its way."""
    canteen = board.canteens[canteen_id]
    for need in board.needs.values():
        if need.canteen == canteen_id and any(slot.picked_up_at is None for slot in need.slots):
            pickup = _planned_pickup(board, need)
            if canteen.closed_from is None or pickup is None or pickup >= canteen.closed_from:
                yield need


def _planned_pickup(board: Board, need: OpenNeed) -> datetime | None:
    for route in board.routes.values():
        for stop in route.stops:
            if stop.need == need.id and stop.action == "pickup":
                return stop.starts_at
    return None
