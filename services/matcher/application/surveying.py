"""A whole page of one area by a better source than the factor model: only the ways of new places are asked for."""

from collections.abc import Iterable, Iterator, Sequence

from services.matcher.application.ports import TravelSource
from services.matcher.application.travel_book import Page, grown, kept_and_new
from services.matcher.domain.commands import AdmitNeed, AmendNeed, Command, OpenCanteen, PostVolunteer
from services.matcher.planning.travel import Point, Speed
from shared.contracts.places import Cell


async def survey(source: TravelSource, old: Page | None, points: Sequence[Point], speeds: Sequence[Speed]) -> Page:
    """Ask a source for what an old page of it does not know, and write a page on which all these places stand.

    Raises
    ------
    NoWays
        If the source does not know one of the ways.
    """
    kept, new = kept_and_new(old, points)
    there = await source.table(new, [*kept, *new])
    back = await source.table(kept, new)
    return grown(old, kept, new, there, back, speeds)


def cells_in(commands: Iterable[Command]) -> Iterator[Cell]:
    """Give the cells that come to a board with these commands."""
    for command in commands:
        match command:
            case AdmitNeed(request=request) | AmendNeed(request=request):
                yield request.cell
                if request.pickup is not None:
                    yield request.pickup
            case PostVolunteer(profile=profile):
                yield profile.home
            case OpenCanteen(cell=cell):
                yield cell
            case _:
                pass
