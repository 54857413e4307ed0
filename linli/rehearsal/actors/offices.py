"""The community offices: they enrol volunteers, open canteens, hand in the needs and look after what is stuck."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, TypeVar

from linli.rehearsal.actors.stage import Stage
from linli.rehearsal.cue import Cue
from linli.rehearsal.scenario.city import Canteen, Change, Need, Volunteer
from linli.rehearsal.scenario.sheet import to_csv
from shared.catalogue.load import load_catalogue
from shared.contracts.fact import Fact
from shared.contracts.needs import NeedAccepted, NeedFollowUpDue, NeedReceived
from shared.contracts.notices import NoticeFailed, NoticeUnknown

T = TypeVar("T")

_AT_ONCE: Final = 100
_ENROLLING_TAKES: Final = timedelta(minutes=1)
_REVIEW_TAKES: Final = timedelta(minutes=10)
_CALL_TAKES: Final = timedelta(minutes=15)
_TRAVEL: Final = {"walk": "walk", "e-bike": "e_bike", "car": "car"}


class Offices:
    """All offices of the city as one actor."""

    def __init__(self, stage: Stage, *, start: datetime) -> None:
        self._stage = stage
        self._start = start
        self._counters_open = start + _ENROLLING_TAKES
        self._catalogue = load_catalogue()

    def opening(self) -> Iterable[Cue]:
        """Enrol everybody and open the kitchens; when that is done, hand in needs as they were registered."""
        yield self._cue(self._start, "0 everybody enrols", self._enrol_all, self._stage.city.volunteers)
        for canteen in self._stage.city.canteens:
            yield self._cue(self._start, f"1 {canteen.code} opens", self._open, canteen)
        yield from self._sheets()
        yield from (
            self._cue(max(change.at, self._counters_open), f"3 {change.need} {change.kind}", self._change, change)
            for change in self._stage.city.changes
        )
        closing = self._stage.behaviour.kitchen_closing
        for canteen in self._stage.city.canteens:
            if closing is not None and canteen.code == closing.canteen:
                at = datetime.combine(self._stage.city.on, closing.at, tzinfo=self._start.tzinfo)
                yield self._cue(at, f"4 {canteen.code} closes", self._close, (canteen, at))

    def hear(self, fact: Fact, now: datetime) -> Iterable[Cue]:
        """Review what waits, ask who did not answer, tell in person what no channel could."""
        match fact.data:
            case NeedAccepted(request=request) | NeedReceived(request=request):
                self._stage.requests[fact.subject] = request
                self._stage.need_ids[request.number] = fact.subject
                if isinstance(fact.data, NeedReceived):
                    yield self._cue(now + _REVIEW_TAKES, f"5 {request.number} reviewed", self._review, fact.subject)
            case NeedFollowUpDue():
                yield self._cue(now + _CALL_TAKES, f"5 {fact.subject} asked", self._ask, fact.subject)
            case NoticeFailed(notice=notice) | NoticeUnknown(notice=notice):
                yield self._cue(now + _CALL_TAKES, f"5 {notice} told in person", self._tell, notice)
            case _:
                return

    def _sheets(self) -> Iterator[Cue]:
        """One sheet per area and minute of registration; what is known before the start is one long sheet."""
        rows: dict[tuple[datetime, str], list[Need]] = defaultdict(list)
        for need in self._stage.city.needs:
            rows[(max(need.reported_at, self._counters_open), need.area)].append(need)
        for (at, area), needs in sorted(rows.items(), key=lambda item: item[0]):
            yield self._cue(at, f"2 {area} hands in {needs[0].number}", self._hand_in, (area, needs))

    @staticmethod
    def _cue(at: datetime, name: str, act: Callable[[T], Awaitable[None]], about: T) -> Cue:
        async def do(_now: datetime) -> Iterable[Cue]:
            await act(about)
            return ()

        return Cue(at=at, name=name, act=do)

    async def _enrol_all(self, volunteers: Sequence[Volunteer]) -> None:
        """Enrol many at once; duties one after the other, since boards post people in the order in which they hear."""
        for start in range(0, len(volunteers), _AT_ONCE):
            await asyncio.gather(*(self._enrol(one) for one in volunteers[start : start + _AT_ONCE]))
        ids = {volunteer.number: volunteer_id for volunteer_id, volunteer in self._stage.volunteers.items()}
        for volunteer in volunteers:
            volunteer_id = ids.get(volunteer.number)
            if volunteer.duties and volunteer_id is not None:
                await self._report_for_duty(volunteer_id, volunteer)

    async def _enrol(self, volunteer: Volunteer) -> None:
        body = {
            "number": volunteer.number,
            "area": volunteer.area,
            "name": volunteer.name,
            "phone": volunteer.phone,
            "language": "zh",
            "profile": {
                "home": {"lon": volunteer.home.lon, "lat": volunteer.home.lat},
                "travel": _TRAVEL[volunteer.travel],
                "capacity_meals": volunteer.capacity_meals,
                "capacity_grams": volunteer.capacity_grams,
                "skills": sorted(volunteer.skills),
                "credentials": [
                    {"code": held.name, "valid_until": _end_of(held.valid_until, self._start).isoformat()}
                    for held in volunteer.credentials
                ],
                "vetted": volunteer.vetted,
                "languages": list(volunteer.languages),
            },
        }
        answer = await self._stage.doors.call("matcher", "POST", "/volunteers", json=body, key=volunteer.number)
        self._stage.note(f"enrol {volunteer.number}", answer.status, answer.code)
        if answer.ok:
            self._stage.volunteers[str(answer.body["volunteer"])] = volunteer

    async def _report_for_duty(self, volunteer_id: str, volunteer: Volunteer) -> None:
        windows = [
            {
                "opens": duty.window.opens.isoformat(),
                "closes": duty.window.closes.isoformat(),
                "standing": duty.kind != "on-call",
            }
            for duty in volunteer.duties
        ]
        answer = await self._stage.doors.call(
            "matcher", "PUT", f"/volunteers/{volunteer_id}/duty", json={"windows": windows}
        )
        self._stage.note(f"duty of {volunteer.number}", answer.status, answer.code)

    async def _open(self, canteen: Canteen) -> None:
        body = {
            "name_zh": canteen.name,
            "name_en": f"Love canteen {canteen.code}",
            "place": {"lon": canteen.place.lon, "lat": canteen.place.lat},
            "batches": [
                {
                    "id": f"{canteen.code}-{batch.ready_at:%H%M}",
                    "ready_at": batch.ready_at.isoformat(),
                    "count": batch.meals,
                    "diets": sorted(canteen.diets),
                }
                for batch in canteen.batches
            ],
        }
        answer = await self._stage.doors.call(
            "matcher", "PUT", f"/areas/{canteen.area}/canteens/{canteen.code}", json=body
        )
        self._stage.note(f"open {canteen.code}", answer.status, answer.code)

    async def _close(self, what: tuple[Canteen, datetime]) -> None:
        canteen, at = what
        body = {"closed_from": at.isoformat(), "reason": "停气 / gas failure"}
        answer = await self._stage.doors.call(
            "matcher", "POST", f"/areas/{canteen.area}/canteens/{canteen.code}/close", json=body
        )
        self._stage.note(f"close {canteen.code}", answer.status, answer.code)

    async def _hand_in(self, what: tuple[str, list[Need]]) -> None:
        area, needs = what
        answer = await self._stage.doors.call(
            "intake",
            "POST",
            "/needs/import",
            content=to_csv(needs, self._catalogue).encode(),
            params={"area": area, "format": "csv"},
        )
        self._stage.note(f"sheet of {area}", answer.status, answer.code)
        if answer.ok:
            for row in answer.body["rows"]:
                if row["outcome"] == "refused":
                    self._stage.mishaps.append(f"row {row}")

    async def _change(self, change: Change) -> None:
        need = self._stage.need_ids.get(change.need)
        if need is None:
            self._stage.mishaps.append(f"{change.need} changed before it was known")
            return
        path = f"/needs/{need}"
        if change.kind == "withdrawn":
            answer = await self._stage.doors.call("intake", "POST", f"{path}/withdraw", json={"reason": change.note})
        else:
            body: dict[str, object] = {"note": change.note}
            if change.window is not None:
                body["window"] = {
                    "opens": change.window.opens.isoformat(),
                    "closes": change.window.closes.isoformat(),
                }
            if change.portions is not None:
                body["portions"] = change.portions
            answer = await self._stage.doors.call("intake", "PATCH", path, json=body)
        # Too late to change is an answer that residents get in life as well.
        self._stage.note(f"{change.need} {change.kind}", answer.status, answer.code, frozenset({"need.too_late"}))

    async def _review(self, need: str) -> None:
        body = {"decision": "accept", "reason": "", "by": "community_worker"}
        answer = await self._stage.doors.call("intake", "POST", f"/needs/{need}/review", json=body)
        self._stage.note(f"review {need}", answer.status, answer.code, frozenset({"need.not_in_review"}))

    async def _ask(self, need: str) -> None:
        good = self._stage.behaviour.rating(self._stage.city.seed, self._stage.number(need))
        body = {"good": good is not False, "by": "community_worker"}
        answer = await self._stage.doors.call("intake", "POST", f"/needs/{need}/rating", json=body)
        self._stage.note(f"ask about {need}", answer.status, answer.code, frozenset({"need.not_done"}))

    async def _tell(self, notice: str) -> None:
        answer = await self._stage.doors.call("notifier", "POST", f"/notices/{notice}/clear", json={"by": "window"})
        self._stage.note(f"tell {notice}", answer.status, answer.code)


def _end_of(day: date, like: datetime) -> datetime:
    return datetime.combine(day, time(23, 59, 59), tzinfo=like.tzinfo)
