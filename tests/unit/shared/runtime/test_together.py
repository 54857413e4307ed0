"""What many ask for in one turn of the loop is asked for once, and everybody gets their own answer."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.kernel.refusals import NotNow
from shared.runtime.together import Together


class Store:
    """Doubles numbers; does not like odd ones."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[int]]] = []
        self.away: Exception | None = None
        self.answers = asyncio.Event()
        self.answers.set()
        self.called = asyncio.Event()

    async def double(self, key: str, numbers: Sequence[int]) -> list[int | Exception]:
        self.calls.append((key, list(numbers)))
        self.called.set()
        await self.answers.wait()
        if self.away is not None:
            raise self.away
        return [ValueError(f"{number} is odd") if number % 2 else 2 * number for number in numbers]


async def test_one_turn_is_one_call_for_each_key() -> None:
    store = Store()
    together = Together(store.double, most=200)
    assert [*await asyncio.gather(together("a", 2), together("b", 4), together("a", 6))] == [4, 8, 12]
    assert store.calls == [("a", [2, 6]), ("b", [4])]


async def test_each_is_judged_alone() -> None:
    together = Together(Store().double, most=200)
    answers = await asyncio.gather(together("a", 2), together("a", 3), return_exceptions=True)
    assert answers[0] == 4
    assert isinstance(answers[1], ValueError)


async def test_too_many_are_several_calls() -> None:
    store = Store()
    together = Together(store.double, most=2)
    assert await asyncio.gather(*(together("a", number) for number in (2, 4, 6))) == [4, 8, 12]
    assert store.calls == [("a", [2, 4]), ("a", [6])]


async def test_a_store_that_is_away_is_away_for_everybody() -> None:
    store = Store()
    store.away = NotNow("gone")
    together = Together(store.double, most=200)
    answers = await asyncio.gather(together("a", 2), together("a", 4), return_exceptions=True)
    assert [type(one) for one in answers] == [NotNow, NotNow]


async def test_who_stops_waiting_takes_nobody_along() -> None:
    store = Store()
    store.answers.clear()
    together = Together(store.double, most=200)
    impatient, patient = asyncio.create_task(together("a", 2)), asyncio.create_task(together("a", 4))
    await store.called.wait()
    impatient.cancel()
    store.answers.set()
    assert await patient == 8
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_finishing_waits_for_what_was_asked_for() -> None:
    store = Store()
    together = Together(store.double, most=200)
    asked = asyncio.create_task(together("a", 2))
    await asyncio.sleep(0)
    await together.finish()
    assert store.calls == [("a", [2])]
    assert await asked == 4
