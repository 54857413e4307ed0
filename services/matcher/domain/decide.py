"""Which rule answers which command; what must be planned is left to the application."""

from services.matcher.domain import commands as asked
from services.matcher.domain.adopt import adopt
from services.matcher.domain.decision import Decision
from services.matcher.domain.kitchens import close_canteen, open_canteen
from services.matcher.domain.needs import admit, amend, drop, give_up_by
from services.matcher.domain.offers import accept, refuse
from services.matcher.domain.posts import post, unpost
from services.matcher.domain.tick import tick
from services.matcher.domain.visits import complete, fail, pick_up, start


def decide(decision: Decision, command: asked.Command) -> None:  # noqa: C901, PLR0912 - one line per command
    """Say what follows from the command by the rules alone.

    Raises
    ------
    Refusal
        If a rule says no.
    """
    match command:
        case asked.AdmitNeed():
            admit(decision, command)
        case asked.AmendNeed():
            amend(decision, command)
        case asked.DropNeed():
            drop(decision, command)
        case asked.PostVolunteer():
            post(decision, command)
        case asked.UnpostVolunteer():
            unpost(decision, command)
        case asked.OpenCanteen():
            open_canteen(decision, command)
        case asked.CloseCanteen():
            close_canteen(decision, command)
        case asked.AdoptPlan():
            adopt(decision, command)
        case asked.AcceptOffer():
            accept(decision, command)
        case asked.RefuseOffer():
            refuse(decision, command)
        case asked.PickUp():
            pick_up(decision, command)
        case asked.Start():
            start(decision, command)
        case asked.Complete():
            complete(decision, command)
        case asked.Fail():
            fail(decision, command)
        case asked.GiveUp():
            give_up_by(decision, command)
        case asked.Tick():
            tick(decision)
        case _:
            raise TypeError(f"{type(command).__name__} is no command of a board.")
