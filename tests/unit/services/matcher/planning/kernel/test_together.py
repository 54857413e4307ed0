"""Coolings from hot come first, then shorter ones that begin with good routes; the best plan of all is what remains."""

import numpy as np
import pytest

from services.matcher.planning.draft import Draft
from services.matcher.planning.kernel import together
from services.matcher.planning.kernel.board import NOBODY
from services.matcher.planning.kernel.cooling import DEFAULT, Tuning
from services.matcher.planning.kernel.engine import _prepared
from services.matcher.planning.kernel.search import Search
from services.matcher.planning.params import Params
from tests.unit.services.matcher.planning.boards import a_random_board


def searches_of(seed: int, cores: int = 1) -> list[Search]:
    problem = a_random_board(seed, visits=12, meals=6, pairs=2, volunteers=5)
    made = _prepared(Draft(problem, params=Params.default()), None, seed)
    assert made is not None
    return [made[1], *(made[1].twin(seed + one) for one in range(1, cores))]


def starts_of(searches: list[Search], monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], list[float]]:
    """Search, and note how long each cooling was and where it started."""
    lengths, starts, cool = [], [], Search.cool

    def noted(self: Search, rounds: int, tuning: Tuning, *, start: float, end: float | None = None) -> None:
        lengths.append(rounds)
        starts.append(start)
        cool(self, rounds, tuning, start=start, end=end)

    monkeypatch.setattr(Search, "cool", noted)
    together.for_rounds(searches, 900, DEFAULT)
    return lengths, starts


def test_after_two_coolings_from_hot_come_shorter_and_cooler_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together.Team, "_leaves_out", lambda _: False)
    lengths, starts = starts_of(searches_of(1), monkeypatch)
    hot, *later = lengths
    assert starts == [DEFAULT.start] * 2 + [DEFAULT.again] * (len(starts) - 2)
    assert later[0] == hot
    assert len(later) > 2
    assert set(later[1:-1]) == {int(hot * together.SHORT)}
    assert sum(lengths) == 900


def test_while_a_job_is_left_out_every_other_cooling_is_from_hot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together.Team, "_leaves_out", lambda _: True)
    _, starts = starts_of(searches_of(1), monkeypatch)
    assert starts == [DEFAULT.again if done >= DEFAULT.hot and done % 2 == 0 else DEFAULT.start
                      for done in range(len(starts))]  # fmt: skip
    assert len(starts) > DEFAULT.hot


def test_a_job_that_is_left_out_is_noticed() -> None:
    searches = searches_of(1)
    on = np.flatnonzero(searches[0].board.jobs["tour"] != NOBODY)
    with together.Team(searches, DEFAULT) as team:
        team._frame = team._frame._replace(jobs=on)
        assert not team._leaves_out()
        team._best[team._best[:, 0].argmax(), 0] = 0
        assert team._leaves_out()


def test_the_best_plan_of_all_coolings_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    cool = Search.cool

    def noted(self: Search, rounds: int, tuning: Tuning, *, start: float, end: float | None = None) -> None:
        cool(self, rounds, tuning, start=start, end=end)
        seen.append(self.best_cost)

    monkeypatch.setattr(Search, "cool", noted)
    searches = searches_of(2, cores=2)
    together.for_rounds(searches, 600, DEFAULT)
    best = together.best_of(searches)
    assert best.best_cost <= min(seen)
    cost = best.best_cost
    assert best.begin(best.memory.best.copy())
    assert best.best_cost <= cost, "the tours that remain cost what is said of them"


@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_a_few_rounds_are_enough_for_a_plan(rounds: int) -> None:
    searches = searches_of(3)
    together.for_rounds(searches, rounds, DEFAULT)
    assert searches[0].rounds == rounds
