"""Kitchens open and close, and every meal knows which batch it comes from."""

from services.matcher.domain.batches import candidates, choose, must_move
from services.matcher.domain.commands import CloseCanteen, OpenCanteen, Unplaceable
from services.matcher.domain.decision import Decision
from services.matcher.domain.waiting import NO_BATCH, cannot_place, release
from shared.contracts.dispatch import BatchChosen, CanteenClosed, CanteenOpened
from shared.kernel.refusals import Refusal


def open_canteen(decision: Decision, command: OpenCanteen) -> None:
    """Open a kitchen, or change what it cooks."""
    decision.say(
        CanteenOpened(
            canteen=command.canteen,
            name_zh=command.name_zh,
            name_en=command.name_en,
            cell=command.cell,
            batches=command.batches,
        )
    )
    gone = [
        need
        for need in decision.board.needs.values()
        if need.canteen == command.canteen and all(need.batch != batch.id for batch in command.batches)
    ]
    _choose_again(decision, [need.id for need in gone])
    _choose_again(decision, [need.id for need in decision.board.needs.values() if need.wants_meals and not need.batch])
    decision.everything = True
    decision.retime = True


def close_canteen(decision: Decision, command: CloseCanteen) -> None:
    """Close a kitchen: meals that have left it stay on their way, all others come from elsewhere."""
    canteen = decision.board.canteens.get(command.canteen)
    if canteen is None:
        raise Refusal("canteen.unknown", "没有这个食堂。", "This canteen is not open in this area.")
    if canteen.closed_from is not None and canteen.closed_from <= command.closed_from:
        return
    decision.say(CanteenClosed(canteen=command.canteen, closed_from=command.closed_from, reason=command.reason))
    _choose_again(decision, [need.id for need in must_move(decision.board, command.canteen)])
    decision.retime = True


def _choose_again(decision: Decision, needs: list[str]) -> None:
    for need_id in needs:
        need = decision.board.needs[need_id]
        if all(slot.picked_up_at is not None for slot in need.slots):
            continue
        chosen = choose(decision.board, need_id, need.request, decision.at)
        if chosen == (need.canteen, need.batch):
            continue
        decision.say(BatchChosen(need=need_id, canteen=chosen[0], batch=chosen[1]))
        if chosen == (None, None):
            release(decision, decision.board.needs[need_id], reason="no_meal")
        decision.to_place[need_id] = None


def has_meal(decision: Decision, need_id: str) -> bool:
    """Make sure that a meal that is to be brought comes from a batch that still has it; else say why not."""
    need = decision.board.needs[need_id]
    if not need.wants_meals or need.under_way:
        return True
    possible = candidates(decision.board, need_id, need.request, decision.at)
    if (need.canteen, need.batch) not in possible:
        canteen, batch = possible[0] if possible else (None, None)
        if (canteen, batch) != (need.canteen, need.batch):
            decision.say(BatchChosen(need=need_id, canteen=canteen, batch=batch))
    if not possible:
        cannot_place(
            decision,
            Unplaceable(
                need=need_id,
                rule=NO_BATCH,
                zh="没有食堂还有这一时段、这种饮食的餐。请加做或改时间。",
                en="No canteen has a meal of this diet left in time. Cook more, or agree on another time.",
            ),
        )
    return bool(possible)
