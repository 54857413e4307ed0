"""One small area at lunch time: a meal, a light bulb, a stuck lamp post, a private talk."""

from datetime import timedelta

from shared.contracts.dispatch import (
    Batch,
    CanteenOpened,
    GoodsPickedUp,
    NeedAdmitted,
    NeedEscalated,
    NeedUnplaced,
    OfferAccepted,
    OfferMade,
    RoutePlanned,
    Stop,
    VisitCompleted,
    VisitStarted,
)
from shared.contracts.needs import NeedAccepted, NeedClosed, NeedProgressed, NeedRated, Request
from shared.contracts.notices import NoticeFailed, NoticeQueued, NoticeSent
from shared.contracts.places import Cell
from shared.contracts.volunteers import DutyWindow, Profile, VolunteerOnDuty
from tests.unit.services.console.history import NOON, History, a_request, minutes

HOME = Cell(lon=105.288, lat=29.339)
PRIVATE_CELL = Cell(lon=105.301, lat=29.351)


def on_duty(history: History, volunteer: str) -> None:
    """Let a volunteer be on duty all afternoon."""
    windows = (DutyWindow(opens=minutes(-60), closes=minutes(240)),)
    history.say(minutes(-30), volunteer, VolunteerOnDuty(profile=Profile(home=HOME, travel="e_bike"), windows=windows))


def accept(history: History, need: str, request: Request, at_minute: float = 0) -> None:
    """Let a need be accepted and taken on by the board."""
    fact = history.say(minutes(at_minute), need, NeedAccepted(request=request))
    history.say(minutes(at_minute), history.area, NeedAdmitted(need=need, request=request), because=fact)


def offer(history: History, need: str, volunteer: str, at_minute: float, *, assigned: bool = False) -> None:
    """Let a volunteer be asked."""
    history.say(
        minutes(at_minute),
        history.area,
        OfferMade(
            offer=f"offer-{need}-{volunteer}",
            need=need,
            slot=0,
            volunteer=volunteer,
            wave=1,
            assigned=assigned,
            starts_at=minutes(at_minute + 20),
            expires_at=minutes(at_minute + 10),
            service="home.bulb",
            number="GH-0001",
        ),
    )


def take(history: History, need: str, volunteer: str, at_minute: float) -> None:
    """Let the volunteer say yes."""
    data = OfferAccepted(
        offer=f"offer-{need}-{volunteer}",
        need=need,
        slot=0,
        volunteer=volunteer,
        complete=True,
        starts_at=minutes(at_minute + 20),
    )
    history.say(minutes(at_minute), history.area, data)
    history.say(minutes(at_minute), need, NeedProgressed(status="taken", volunteer=volunteer))


def serve(  # noqa: PLR0913 - each is a word of the story
    history: History,
    need: str,
    volunteer: str,
    *,
    begins: float,
    ends: float,
    kitchen_to_door_s: int | None = None,
    distance_m: int = 0,
) -> None:
    """Let the volunteer do it."""
    history.say(minutes(begins), history.area, VisitStarted(need=need, slot=0, volunteer=volunteer))
    history.say(
        minutes(ends),
        history.area,
        VisitCompleted(
            need=need,
            slot=0,
            volunteer=volunteer,
            complete=True,
            kitchen_to_door_s=kitchen_to_door_s,
            distance_m=distance_m,
        ),
    )
    history.say(minutes(ends), need, NeedProgressed(status="done", volunteer=volunteer))


def tell(  # noqa: PLR0913 - each is a word of the story
    history: History,
    need: str,
    template: str,
    at_minute: float,
    *,
    notice: str | None = None,
    recipient: str = "resident-1",
) -> None:
    """Let the resident be told."""
    name = notice or f"notice-{need}-{template}"
    cause = history.facts[-1].fact
    history.say(
        minutes(at_minute),
        f"talk-{need}",
        NoticeQueued(
            notice=name,
            recipient=recipient,
            recipient_kind="resident",
            about=need,
            template=template,
            language="zh",
            channel="sms",
            due_at=minutes(at_minute),
        ),
        because=cause,
    )
    history.say(
        minutes(at_minute),
        f"talk-{need}",
        NoticeSent(
            notice=name,
            attempt=f"{name}-1",
            recipient=recipient,
            recipient_kind="resident",
            about=need,
            template=template,
            channel="sms",
        ),
    )


def confirm(history: History, need: str, at_minute: float, *, rounds: int = 1) -> None:
    """Let the resident say that it was good."""
    history.say(minutes(at_minute), need, NeedRated(good=True))
    history.say(minutes(at_minute), need, NeedClosed(outcome="confirmed", rounds=rounds))


def a_meal(**changes: object) -> Request:
    """Give a hot lunch."""
    return a_request(
        **(
            {
                "number": "GH-0002",
                "service": "meal.lunch",
                "service_zh": "爱心午餐送餐",
                "service_en": "hot lunch",
                "mode": "delivery",
                "meals": 1,
                "hot_limit_s": 3600,
                "standing": True,
                "priority": 4,
            }
            | changes
        )
    )


def a_private_request() -> Request:
    """Give a need that must never be seen on a page."""
    return a_request(
        number="GH-0009",
        service="care.counsel",
        service_zh="心理疏导",
        service_en="counselling",
        community="511083001009",
        cell=PRIVATE_CELL,
        sensitive=True,
        skills=frozenset({"走访"}),
    )


def lunch_time() -> History:
    """Give the whole picture: one meal confirmed, one under way, one need stuck, one private, one just in."""
    history = History()
    area = history.area
    batch = Batch(id="b1", ready_at=NOON, count=60)
    history.say(
        minutes(-60),
        area,
        CanteenOpened(
            canteen="canteen-1",
            name_zh="古湖爱心食堂",
            name_en="Guhu canteen",
            cell=Cell(lon=105.284, lat=29.342),
            batches=(batch,),
        ),
    )
    for volunteer in ("carrier-1", "carrier-2", "handy-1"):
        on_duty(history, volunteer)
    accept(history, "meal-1", a_meal())
    offer(history, "meal-1", "carrier-1", 1, assigned=True)
    take(history, "meal-1", "carrier-1", 1)
    tell(history, "meal-1", "taken", 2)
    history.say(minutes(10), area, GoodsPickedUp(need="meal-1", slot=0, volunteer="carrier-1", canteen="canteen-1"))
    serve(history, "meal-1", "carrier-1", begins=30, ends=32, kitchen_to_door_s=1320, distance_m=1800)
    tell(history, "meal-1", "done", 32.5)
    confirm(history, "meal-1", 40)
    accept(history, "meal-2", a_meal(number="GH-0003", cell=Cell(lon=105.292, lat=29.345)), 20)
    offer(history, "meal-2", "carrier-2", 21, assigned=True)
    take(history, "meal-2", "carrier-2", 21)
    plan = (
        _stop("meal-2", "pickup", Cell(lon=105.284, lat=29.342), 40),
        _stop("meal-2", "dropoff", Cell(lon=105.292, lat=29.345), 55),
    )
    history.say(minutes(21), area, RoutePlanned(volunteer="carrier-2", stops=plan, engine="insert"))
    lamp = a_request(
        number="GH-0004", service="home.lamp", service_zh="修楼道灯", service_en="stairwell lamp", priority=4
    )
    accept(history, "lamp", lamp, 5)
    history.say(
        minutes(6),
        area,
        NeedUnplaced(need="lamp", rule="credential", zh="没有持电工证的志愿者在岗", en="no electrician is on duty"),
    )
    history.say(
        minutes(16),
        area,
        NeedEscalated(
            need="lamp",
            owner="community_worker",
            next_action_at=minutes(75),
            rule="credential",
            zh="没有持电工证的志愿者在岗",
            en="no electrician is on duty",
        ),
    )
    history.say(
        minutes(16),
        "lamp",
        NeedProgressed(status="escalated", owner="community_worker", next_action_at=minutes(75)),
    )
    accept(history, "private", a_private_request(), 12)
    accept(history, "bulb", a_request(number="GH-0005", cell=Cell(lon=105.296, lat=29.336), offer_within_s=600), 30)
    tell(history, "bulb", "accepted", 30)
    failed = NoticeFailed(
        notice="notice-lamp",
        recipient="resident-2",
        recipient_kind="resident",
        about="lamp",
        template="escalated",
        reason="no channel",
    )
    history.say(
        minutes(17),
        "talk-lamp",
        NoticeQueued(
            notice="notice-lamp",
            recipient="resident-2",
            recipient_kind="resident",
            about="lamp",
            template="escalated",
            language="zh",
            channel="sms",
            due_at=minutes(17),
        ),
    )
    history.say(minutes(18), "talk-lamp", failed)
    return history


def _stop(need: str, action: str, cell: Cell, at_minute: float) -> Stop:
    at = minutes(at_minute)
    return Stop.model_validate(
        {
            "need": need,
            "action": action,
            "cell": cell,
            "arrives_at": at,
            "starts_at": at,
            "leaves_at": at + timedelta(minutes=3),
            "travel_s": 300,
            "distance_m": 900,
        }
    )
