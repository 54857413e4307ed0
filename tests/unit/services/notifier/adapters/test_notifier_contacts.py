"""Contacts are asked for each time, and every way of not getting one has its own meaning."""

import httpx
import pytest

from services.notifier.adapters.contacts import PeersContacts
from services.notifier.application.ports import Contact
from shared.kernel.refusals import NotNow


def contacts(answer: httpx.Response | Exception, asked: list[str] | None = None) -> PeersContacts:
    def handle(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(str(request.url))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def peers(service: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(handle), base_url=f"http://{service}")

    return PeersContacts(peers)


async def test_residents_are_asked_of_intake_and_volunteers_of_the_matcher() -> None:
    asked: list[str] = []
    found = contacts(httpx.Response(200, json={"name": "", "email": "a@example.org", "language": "en"}), asked)
    assert await found.of("resident", "r/1") == Contact(language="en", email="a@example.org")
    await found.of("volunteer", "v1")
    assert asked == ["http://intake/residents/r%2F1/contact", "http://matcher/volunteers/v1/contact"]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_person_the_owner_does_not_know_is_nobody(status: int) -> None:
    assert await contacts(httpx.Response(status)).of("resident", "r1") is None


async def test_a_community_worker_has_no_address_here() -> None:
    assert await contacts(httpx.Response(200, json={})).of("community_worker", "w1") is None


@pytest.mark.parametrize(
    "answer",
    [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.Response(503), httpx.Response(500)],
)
async def test_an_owner_who_is_away_means_later(answer: httpx.Response | Exception) -> None:
    with pytest.raises(NotNow):
        await contacts(answer).of("resident", "r1")


async def test_an_answer_that_cannot_be_read_repeats_nothing_of_it() -> None:
    with pytest.raises(NotNow) as error:
        await contacts(httpx.Response(200, json={"email": ["13800000000"]})).of("resident", "r1")
    assert "13800000000" not in str(error.value)
    assert error.value.__cause__ is None


def test_a_contact_does_not_print_its_address() -> None:
    assert "a@example.org" not in repr(Contact(language="zh", email="a@example.org", phone="13800000000"))
