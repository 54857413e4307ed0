"""Whatever is told to a need in whatever order: its state is the fold of its facts, byte for byte."""

import json
from datetime import timedelta
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.intake.domain.commands import Amend, Command, HearTold, Progress, Reopen, Review, Tick, Withdraw
from services.intake.domain.need import LONGEST_TIMELINE, Need, evolve, nothing_yet
from services.intake.domain.rules import decide
from shared.contracts.fact import FactData
from shared.contracts.wire import FACT_TYPES
from shared.kernel.refusals import Refusal
from tests.unit.services.intake.givens import NOON, asked, rated

STATE = TypeAdapter(Need)

progresses = st.builds(
    partial(Progress, at=NOON, owner="street", next_action_at=NOON),
    status=st.sampled_from(["dispatched", "taken", "in_service", "done", "unmet", "escalated"]),
    volunteer=st.sampled_from(["volunteer-1", "volunteer-2"]),
)
losses = st.builds(
    partial(Progress, at=NOON, status="dispatched", lost=True),
    volunteer=st.sampled_from(["volunteer-1", "volunteer-2"]),
)
commands: st.SearchStrategy[Command] = st.one_of(
    progresses,
    losses,
    st.builds(partial(Review, reason="r", at=NOON), accept=st.booleans()),
    st.builds(partial(Amend, at=NOON), meals=st.integers(0, 3), diet=st.frozensets(st.sampled_from("abc"))),
    st.just(Withdraw(reason="w", at=NOON)),
    st.booleans().map(lambda good: rated(good=good)),
    st.just(Reopen(reason="again", at=NOON + timedelta(hours=2))),
    st.sampled_from(["unmet", "refused", "withdrawn", "done"]).map(lambda name: HearTold(template=name, at=NOON)),
    st.integers(0, 200).map(lambda hours: Tick(at=NOON + timedelta(hours=hours))),
)


def live(told: list[Command]) -> tuple[Need, list[FactData]]:
    need, facts = nothing_yet("need-1"), list[FactData]()
    for command in told:
        try:
            said = decide(need, command)
        except Refusal:
            continue
        for fact in said:
            need = evolve(need, fact)
            facts.append(fact)
    return need, facts


@settings(max_examples=200, deadline=None)
@given(review=st.booleans(), told=st.lists(commands, max_size=40))
def test_the_state_is_a_fold_over_the_facts_as_they_lie_in_the_log(review: bool, told: list[Command]) -> None:  # noqa: FBT001
    need, facts = live([asked(review=review), *told])
    written = [(fact.TYPE, json.loads(fact.model_dump_json())) for fact in facts]
    replayed = nothing_yet("need-1")
    for kind, data in written:
        replayed = evolve(replayed, FACT_TYPES[kind].model_validate(data))
    assert STATE.dump_json(replayed) == STATE.dump_json(need)
    assert STATE.validate_json(STATE.dump_json(need)) == need


@settings(max_examples=200, deadline=None)
@given(review=st.booleans(), told=st.lists(commands, max_size=40))
def test_every_need_has_ended_or_has_somebody_who_looks_after_it(review: bool, told: list[Command]) -> None:  # noqa: FBT001
    need, _ = live([asked(review=review), *told])
    on_the_board = need.status in ("accepted", "dispatched", "taken", "in_service")
    owned = need.owner is not None and need.next_action_at is not None
    assert need.closed or on_the_board or owned


@settings(max_examples=100, deadline=None)
@given(told=st.lists(commands, max_size=60))
def test_a_round_closes_at_most_once(told: list[Command]) -> None:
    _, facts = live([asked(), *told])
    closed = 0
    for fact in facts:
        name = fact.TYPE.split(".")[2]
        closed = 0 if name == "reopened" else closed + (name == "closed")
        assert closed <= 1


def test_a_story_without_end_stays_small() -> None:
    flapping = [
        Progress(status=status, at=NOON, volunteer="volunteer-1", lost=status == "dispatched")
        for _ in range(300)
        for status in ("taken", "dispatched")
    ]
    need, _ = live([asked(), *flapping])
    assert len(need.timeline) == LONGEST_TIMELINE
    assert need.timeline[0].what == "accepted"
