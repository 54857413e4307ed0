"""Replaying a conversation's facts from the wire gives the same bytes, whatever happened."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.notifier.domain.conversation import Conversation, evolve, next_due
from services.notifier.domain.decide import Clear, Command, attempt_id, decide
from services.notifier.domain.templates import TEMPLATES
from shared.contracts.fact import FactData
from shared.contracts.wire import FACT_TYPES
from shared.kernel.refusals import Refusal
from tests.unit.services.notifier.conversations import (
    KNOWN,
    NOON,
    RESIDENTS,
    a_report,
    a_tell,
    an_attempt,
)

CODEC = TypeAdapter(Conversation)
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["tell", "attempt", "report", "clear"]),
        st.integers(0, 40),
        st.sampled_from(sorted(TEMPLATES)),
        st.sampled_from(["sent", "delayed", "failed", "unknown", "not_sent"]),
        st.integers(0, 8 * 3600),
    ),
    max_size=40,
)
EVERYTHING = KNOWN | {"reason": "没有人手", "starts_at": NOON.isoformat(), "expires_at": NOON.isoformat()}


def a_command(state: Conversation, move: Any, at: datetime) -> Command:
    kind, number, template, result, _ = move
    if kind == "tell" or not state.notices:
        return a_tell(template, number, at=at, params=EVERYTHING)
    notice = next_due(state, at) or state.notices[number % len(state.notices)]
    if kind == "attempt":
        return an_attempt(notice.id, at=at)
    if kind == "report":
        return a_report(notice.id, notice.attempt or attempt_id(notice), result, at=at, reason="smtp_451")
    return Clear(notice=notice.id, by="community_worker")


def from_the_wire(data: FactData) -> FactData:
    return FACT_TYPES[data.TYPE].model_validate_json(data.model_dump_json())


@given(MOVES)
def test_a_replay_is_byte_equal_and_the_state_survives_the_store(moves: list[Any]) -> None:
    state, said, at = Conversation(id=RESIDENTS), list[FactData](), NOON
    for move in moves:
        at += timedelta(seconds=move[-1])
        try:
            facts = decide(state, a_command(state, move, at))
        except Refusal:
            continue
        said += facts
        for data in facts:
            state = evolve(state, data)
        state = CODEC.validate_json(CODEC.dump_json(state))
    replayed = Conversation(id=RESIDENTS)
    for data in said:
        replayed = evolve(replayed, from_the_wire(data))
    assert CODEC.dump_json(replayed) == CODEC.dump_json(state)


@given(MOVES)
def test_a_due_conversation_always_moves_on_when_it_is_served(moves: list[Any]) -> None:
    """Otherwise a clock that stands still would never let the day settle."""
    state, at = Conversation(id=RESIDENTS), NOON
    for move in moves:
        at += timedelta(seconds=move[-1])
        try:
            for data in decide(state, a_command(state, move, at)):
                state = evolve(state, data)
        except Refusal:
            continue
    for _ in range(500):
        notice = next_due(state, at)
        if notice is None:
            return
        serving: Command = (
            an_attempt(notice.id, at=at)
            if notice.status == "waiting"
            else a_report(notice.id, notice.attempt or "", "not_sent", at=at)
        )
        for data in decide(state, serving):
            state = evolve(state, data)
    raise AssertionError(f"still due at {at}: {next_due(state, at)}")
