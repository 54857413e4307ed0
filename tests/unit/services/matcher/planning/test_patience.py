"""A small question is looked through whatever the clock says; a large one until its time is over."""

from math import inf

from services.matcher.planning.patience import Patience


def test_some_looks_are_always_allowed_and_more_only_while_there_is_time() -> None:
    late, early = Patience(0.0), Patience(inf)
    allowed = [late.lasts() for _ in range(1_000)]
    assert allowed == sorted(allowed, reverse=True)  # never again after the first no
    assert 25 < sum(allowed) < 1_000
    assert late.is_over
    assert all(early.lasts() for _ in range(1_000))
    assert not early.is_over
