"""E-mail through a real SMTP server: taken, put off, refused, and the answer that never came."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.contracts.notices import NoticeAttempted, NoticeDelayed, NoticeFailed, NoticeSent, NoticeUnknown
from tests.component.notifier.mail_server import MailServer, a_mail_server
from tests.component.notifier.world import NOON, Town, a_town, an_offer, of

ADDRESS = "wang@example.org"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with a_mail_server() as server:
        yield server


class Owners:
    """Intake and matcher, as far as contacts go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: list[httpx.Response] = []
        self.contact: dict[str, Any] = {"name": "", "phone": "13800000000", "email": ADDRESS, "language": "zh"}

    def __call__(self, service: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer), base_url=f"http://{service}")

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.url.host}{request.url.path}")
        return self.answers.pop(0) if self.answers else httpx.Response(200, json=self.contact)


@pytest.fixture
def owners() -> Owners:
    return Owners()


Start = Callable[..., AbstractAsyncContextManager[Town]]


@pytest.fixture
def start(tmp_path: Path, mail: MailServer, owners: Owners) -> Start:
    def run(**settings: Any) -> AbstractAsyncContextManager[Town]:
        smtp: dict[str, Any] = {
            "smtp_host": "127.0.0.1",
            "smtp_port": mail.port,
            "smtp_tls": "none",
            "smtp_from": "linli@guhu.example",
        }
        return a_town(tmp_path, peers=owners, **(smtp | settings))

    return run


async def test_a_letter_is_delivered_once_and_carries_its_attempt(start: Start, mail: MailServer) -> None:
    async with start() as town:
        await town.accept()
        await town.settle()
        (letter,) = mail.taken
        (attempted,) = [data for data in await town.said() if isinstance(data, NoticeAttempted)]
        assert letter["Message-ID"] == f"<{attempted.attempt}@guhu.example>"
        assert (letter["To"], letter["Subject"]) == (ADDRESS, "邻里：换灯泡（GH-0042）")
        assert "已受理" in letter.get_content()
        assert [data.channel for data in await town.said() if isinstance(data, NoticeSent)] == ["e-mail"]


async def test_put_off_by_the_server_it_is_delivered_later(start: Start, mail: MailServer) -> None:
    mail.to_recipients.append("451 4.7.1 try again")
    async with start() as town:
        await town.accept()
        await town.settle()
        assert mail.taken == []
        (delayed,) = [data for data in await town.said() if isinstance(data, NoticeDelayed)]
        assert delayed.reason == "smtp_451"
        await town.move(NOON + timedelta(seconds=29))
        assert mail.taken == []
        await town.move(NOON + timedelta(seconds=40))
        assert len(mail.taken) == 1
        assert len(of(await town.said(), NoticeSent)) == 1


@pytest.mark.parametrize("at_data", [True, False])
async def test_refused_by_the_server_it_is_a_persons_to_tell(
    start: Start,
    mail: MailServer,
    at_data: bool,  # noqa: FBT001
) -> None:
    (mail.to_data if at_data else mail.to_recipients).append(f"550 5.1.1 <{ADDRESS}> is unknown here")
    async with start() as town:
        await town.accept()
        await town.settle()
        (failed,) = [data for data in await town.said() if isinstance(data, NoticeFailed)]
        assert failed.reason == "smtp_550", "the server's own words repeat the address"
        await town.move(NOON + timedelta(days=1))
        assert mail.taken == []


async def test_a_server_that_stays_away_ends_with_a_person(start: Start) -> None:
    async with start(smtp_port=9) as town:
        await town.accept()
        for _ in range(6):
            await town.settle()
            await town.move(town.now + timedelta(hours=1, minutes=13))
        kinds = await town.kinds()
        assert kinds.count("NoticeAttempted") == 5
        assert (kinds.count("NoticeDelayed"), kinds[-1]) == (4, "NoticeFailed")


async def test_a_connection_lost_after_data_is_unknown_and_never_sent_again(start: Start, mail: MailServer) -> None:
    mail.drop_after_data()
    async with start() as town:
        await town.accept()
        await town.settle()
        assert len(of(await town.said(), NoticeUnknown)) == 1
        assert len(mail.taken) == 1, "it did arrive, and nobody here can know"
    async with start() as town:
        await town.move(NOON + timedelta(days=1))
        assert len(of(await town.said(), NoticeUnknown)) == 1
        assert len(mail.taken) == 1


async def test_the_language_of_the_contact_wins(start: Start, mail: MailServer, owners: Owners) -> None:
    owners.contact["language"] = "en"
    async with start() as town:
        await town.say(an_offer())
        await town.settle()
        assert owners.asked == ["matcher/volunteers/volunteer-1/contact"]
        assert "Can you go?" in mail.taken[0].get_content()


async def test_without_an_address_the_console_takes_it(start: Start, mail: MailServer, owners: Owners) -> None:
    owners.contact["email"] = None
    async with start() as town:
        await town.accept()
        await town.settle()
        assert mail.taken == []
        assert len(await town.letters()) == 1


async def test_a_person_nobody_knows_is_a_failed_notice(start: Start, owners: Owners) -> None:
    owners.answers.append(httpx.Response(404))
    async with start() as town:
        await town.accept()
        await town.settle()
        assert [data.reason for data in await town.said() if isinstance(data, NoticeFailed)] == ["contact_unknown"]


async def test_an_owner_who_is_away_delays_the_notice(start: Start, mail: MailServer, owners: Owners) -> None:
    owners.answers.append(httpx.Response(503))
    async with start() as town:
        await town.accept()
        await town.settle()
        assert await town.kinds() == ["NoticeQueued", "NoticeDelayed"]
        await town.move(NOON + timedelta(minutes=1))
        assert len(mail.taken) == 1


def written_under(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.iterdir())


async def test_no_address_is_written_anywhere(
    start: Start, tmp_path: Path, mail: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    mail.to_recipients += [f"451 <{ADDRESS}>", "250 OK", f"550 <{ADDRESS}>"]
    caplog.set_level("DEBUG", "notifier")
    async with start() as town:
        await town.accept()
        await town.accept(need="need-2")
        await town.settle()
        await town.move(NOON + timedelta(minutes=1))
        said = json.dumps([data.model_dump(mode="json") for data in await town.said()])
    stored = written_under(tmp_path)
    for secret in (ADDRESS, "13800000000"):
        assert secret not in said
        assert secret.encode() not in stored
    ours = [record for record in caplog.records if record.name.startswith(("services", "shared"))]
    assert ADDRESS not in " ".join(str(record.__dict__) for record in ours)
