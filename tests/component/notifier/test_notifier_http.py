"""The notice board: what waits for a person, whom they must act for, and how they clear it."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from services.notifier.application.ports import Letter, Outcome, Result
from shared.contracts.notices import NoticeCleared
from tests.component.notifier.test_notifier_crash import through
from tests.component.notifier.world import NOON, a_town, an_offer


class RefusingChannel:
    """Refuses what the test names, by template, and takes the rest."""

    name = "console"

    def __init__(self, *words: str) -> None:
        self._words = words

    async def send(self, letter: Letter) -> Result:
        refuses = any(word in letter.text for word in self._words)
        return Result(kind="failed", reason="number_barred") if refuses else Result(kind="sent")

    async def outcome(self, attempt: str) -> Outcome:
        assert attempt
        return "unknown"


@pytest.fixture
def refusing() -> RefusingChannel:
    return RefusingChannel("已受理")


async def test_what_failed_is_on_the_board_with_an_owner_and_a_next_action(
    tmp_path: Path, refusing: RefusingChannel
) -> None:
    async with a_town(tmp_path, change=through(refusing)) as town:
        await town.accept()
        await town.say(an_offer())
        await town.settle()
        (waiting,) = (await town.http.get("/notices", params={"status": "failed"})).json()["notices"]
        assert (waiting["owner"], waiting["reason"]) == ("community_worker", "number_barred")
        assert waiting["next_action_at"] == (NOON + timedelta(minutes=30)).isoformat().replace("+00:00", "Z")
        assert "销账" in waiting["next_action_zh"]
        assert "已受理" in waiting["text"], "whoever calls must know what to say"


async def test_a_cleared_notice_leaves_the_board_and_is_said_once(tmp_path: Path, refusing: RefusingChannel) -> None:
    async with a_town(tmp_path, change=through(refusing)) as town:
        await town.accept()
        await town.settle()
        (waiting,) = (await town.http.get("/notices", params={"status": "failed"})).json()["notices"]
        url = f"/notices/{quote(waiting['id'])}/clear"
        for _ in range(2):
            cleared = await town.http.post(url, json={"by": "community_worker"})
            assert (cleared.status_code, cleared.json()["status"]) == (200, "cleared")
        assert (await town.http.get("/notices", params={"status": "failed"})).json()["notices"] == []
        said = [data for data in await town.said() if isinstance(data, NoticeCleared)]
        assert [(data.template, data.by) for data in said] == [("accepted", "community_worker")]


async def test_a_sent_notice_cannot_be_cleared(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        await town.accept()
        await town.settle()
        (sent,) = (await town.http.get("/notices", params={"about": "need-1"})).json()["notices"]
        answer = await town.http.post(f"/notices/{sent['id']}/clear", json={"by": "community_worker"})
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "notice.needs_nobody")


@pytest.mark.parametrize("notice", ["nothing", "511083001:need-9:resident:abc", "::::", "%E9%80%9A"])
async def test_an_unknown_notice_is_not_found(tmp_path: Path, notice: str) -> None:
    async with a_town(tmp_path) as town:
        assert (await town.http.get(f"/notices/{notice}")).status_code == 404
        assert (await town.http.post(f"/notices/{notice}/clear", json={"by": "x"})).status_code == 404


async def test_notices_are_found_by_need_recipient_and_status_page_by_page(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        for number in range(5):
            await town.accept(need=f"need-{number}", resident=f"resident-{number % 2}")
        await town.settle()

        async def ids(**filters: str) -> set[str]:
            found: set[str] = set()
            after: dict[str, str] = {}
            while True:
                page = (await town.http.get("/notices", params={"limit": "2", **filters, **after})).json()
                found |= {notice["about"] for notice in page["notices"]}
                if page["next"] is None:
                    return found
                after = {"after": page["next"]}

        assert await ids() == {f"need-{number}" for number in range(5)}
        assert await ids(about="need-3") == {"need-3"}
        assert await ids(recipient="resident-1") == {"need-1", "need-3"}
        assert await ids(status="sent") == {f"need-{number}" for number in range(5)}
        assert await ids(status="unknown") == set()


@pytest.mark.parametrize("body", [{}, {"by": ""}, {"by": " "}, {"by": "a\x00"}, {"by": "a" * 81}, {"by": "a", "x": 1}])
async def test_whoever_clears_says_who_they_are(tmp_path: Path, body: dict[str, object]) -> None:
    async with a_town(tmp_path) as town:
        assert (await town.http.post("/notices/any/clear", json=body)).status_code == 422
