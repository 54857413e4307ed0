"""A board as a dispatcher reads it: who waits and why, who does what, when, with what."""

from datetime import datetime

from pydantic import BaseModel

from services.matcher.domain.batches import left_in
from services.matcher.domain.board import Board, OpenNeed, Posted, SlotStatus
from services.matcher.domain.rules import Rules
from services.matcher.domain.volunteer import Volunteer
from shared.contracts.dispatch import Stop
from shared.contracts.places import Cell
from shared.contracts.volunteers import DutyWindow, Profile


class WaitingView(BaseModel):
    """Why nobody has it, and when something happens next."""

    rule: str
    zh: str
    en: str
    next_action_at: datetime


class SlotView(BaseModel):
    """One of the wanted people."""

    slot: int
    status: SlotStatus
    volunteer: str | None
    offer: str | None
    assigned: bool
    asks: int
    starts_at: datetime | None
    expires_at: datetime | None


class NeedView(BaseModel):
    """An open need."""

    need: str
    number: str
    service: str
    service_zh: str
    service_en: str
    mode: str
    priority: int
    sensitive: bool
    cell: Cell
    opens: datetime
    closes: datetime
    canteen: str | None
    batch: str | None
    slots: list[SlotView]
    asked_before: list[str]
    waiting: WaitingView | None
    owner: str | None


class DoneView(BaseModel):
    """A stop that is behind."""

    need: str
    slot: int
    action: str
    at: datetime


class VolunteerOnBoard(BaseModel):
    """Somebody on the board, with their route of today."""

    volunteer: str
    on_duty: bool
    windows: list[DutyWindow]
    asked_today: int
    tasks_today: int
    minutes_today: int
    done: list[DoneView]
    stops: list[Stop]
    engine: str
    degraded: bool


class BatchView(BaseModel):
    """A batch; `left`: meals that nobody is meant to get yet."""

    id: str
    ready_at: datetime
    count: int
    handed_out: int
    left: int
    diets: list[str]


class CanteenView(BaseModel):
    """A kitchen today."""

    canteen: str
    name_zh: str
    name_en: str
    cell: Cell
    closed_from: datetime | None
    batches: list[BatchView]


class BoardView(BaseModel):
    """The whole board."""

    area: str
    now: datetime
    needs: list[NeedView]
    volunteers: list[VolunteerOnBoard]
    canteens: list[CanteenView]
    completed: int
    given_up: int


class VolunteerView(BaseModel):
    """A volunteer without name and phone; those are read under /contact."""

    volunteer: str
    area: str
    profile: Profile
    windows: list[DutyWindow]
    on_duty: bool


class EnrolledView(BaseModel):
    """The volunteer's id, to be used from now on."""

    volunteer: str
    number: str
    area: str


class ContactView(BaseModel):
    """How a person is reached."""

    volunteer: str
    number: str
    name: str
    phone: str
    email: str
    language: str


class Noted(BaseModel):
    """What was changed: the kinds of facts that followed, in order."""

    area: str
    facts: list[str]


def volunteer_view(state: Volunteer, profile: Profile) -> VolunteerView:
    """Show a volunteer."""
    return VolunteerView(
        volunteer=state.id,
        area=state.area,
        profile=profile,
        windows=list(state.windows),
        on_duty=bool(state.windows),
    )


def board_view(board: Board, rules: Rules, now: datetime) -> BoardView:
    """Show a board: the most urgent first, then in the order in which they came."""
    needs = sorted(board.needs.values(), key=lambda need: -need.request.priority)
    return BoardView(
        area=board.id,
        now=now,
        needs=[_need(need) for need in needs],
        volunteers=[_volunteer(board, posted, rules, now) for posted in board.volunteers.values()],
        canteens=_canteens(board),
        completed=board.completed,
        given_up=board.given_up,
    )


def _need(need: OpenNeed) -> NeedView:
    request, blocked = need.request, need.blocked
    return NeedView(
        need=need.id,
        number=request.number,
        service=request.service,
        service_zh=request.service_zh,
        service_en=request.service_en,
        mode=request.mode,
        priority=request.priority,
        sensitive=request.sensitive,
        cell=request.cell,
        opens=request.opens,
        closes=request.closes,
        canteen=need.canteen,
        batch=need.batch,
        slots=_slots(need),
        asked_before=list(need.not_again),
        waiting=blocked
        and WaitingView(rule=blocked.rule, zh=blocked.zh, en=blocked.en, next_action_at=blocked.next_action_at),
        owner=need.owner,
    )


def _slots(need: OpenNeed) -> list[SlotView]:
    return [
        SlotView(
            slot=index,
            status=slot.status,
            volunteer=slot.volunteer,
            offer=slot.offer,
            assigned=slot.assigned,
            asks=slot.asks,
            starts_at=slot.starts_at,
            expires_at=slot.expires_at,
        )
        for index, slot in enumerate(need.slots)
    ]


def _volunteer(board: Board, posted: Posted, rules: Rules, now: datetime) -> VolunteerOnBoard:
    route, today = board.route(posted.id), rules.local(now).date()
    done = [stop for stop in route.done if rules.local(stop.at).date() == today]
    finished = [stop for stop in done if stop.action != "pickup"]
    return VolunteerOnBoard(
        volunteer=posted.id,
        on_duty=posted.on_duty,
        windows=list(posted.windows),
        asked_today=rules.pushes_today(posted, now),
        tasks_today=len(finished),
        minutes_today=sum(stop.minutes for stop in finished),
        done=[DoneView(need=stop.need, slot=stop.slot, action=stop.action, at=stop.at) for stop in done],
        stops=list(route.stops),
        engine=route.engine,
        degraded=route.degraded,
    )


def _canteens(board: Board) -> list[CanteenView]:
    left = left_in(board)
    return [
        CanteenView(
            canteen=canteen.id,
            name_zh=canteen.name_zh,
            name_en=canteen.name_en,
            cell=canteen.cell,
            closed_from=canteen.closed_from,
            batches=[
                BatchView(
                    id=batch.id,
                    ready_at=batch.ready_at,
                    count=batch.count,
                    handed_out=canteen.used.get(batch.id, 0),
                    left=left[canteen.id, batch.id],
                    diets=sorted(batch.diets),
                )
                for batch in canteen.batches
            ],
        )
        for canteen in board.canteens.values()
    ]
