"""Looks at areas and needs at the present moment, for pages, streams and programs alike."""

from datetime import tzinfo
from typing import Final

from services.console.application.area_view import view_area
from services.console.application.city_view import CityView, view_city
from services.console.application.names import Names
from services.console.application.ports import Areas, FactArchive
from services.console.application.rows import AreaView
from services.console.application.story import Story, tell
from shared.contracts.wire import read_fact
from shared.kernel.moments import Clock

_MOST_FACTS_OF_A_NEED: Final = 2000


class Looks:
    """What can be seen now."""

    def __init__(self, areas: Areas, archive: FactArchive, *, clock: Clock, zone: tzinfo, names: Names) -> None:
        self._areas = areas
        self._archive = archive
        self._clock = clock
        self.names = names
        self.zone = zone

    async def city(self) -> CityView:
        """Look at all areas."""
        return view_city(await self._areas.all(), names=self.names, now=self._clock.now(), zone=self.zone)

    async def area(self, area_id: str) -> AreaView | None:
        """Look at one area."""
        area = await self._areas.get(area_id)
        if area is None:
            return None
        return view_area(area, names=self.names, now=self._clock.now(), zone=self.zone)

    async def story(self, need: str) -> Story | None:
        """Tell the story of a need from the archive."""
        kept = await self._archive.about(need, limit=_MOST_FACTS_OF_A_NEED)
        return tell(need, self.names, (read_fact(one.body) for one in kept))
