"""Pictures follow the archive: duplicates change nothing, and a restart gives the same picture."""

from zoneinfo import ZoneInfo

from prometheus_client import CollectorRegistry
from pydantic import TypeAdapter

from services.console.adapters.archive import Archive
from services.console.adapters.areas import LiveAreas
from services.console.adapters.books import Books
from services.console.adapters.keeper import Keeper
from services.console.domain.area import Area
from services.console.metrics import ConsoleMetrics
from shared.runtime.documents import Documents
from tests.unit.services.console import a_day
from tests.unit.services.console.history import AREA, History, a_request, again, minutes


class Console:
    """One replica."""

    def __init__(self, documents: Documents) -> None:
        archive = Archive(documents)
        self.registry = CollectorRegistry()
        metrics = ConsoleMetrics(self.registry)
        self.areas = LiveAreas(archive, documents, ZoneInfo("Asia/Shanghai"), metrics)
        self.books = Books(archive)
        self.keep = Keeper(archive, self.areas, self.books, metrics, save_every_s=5).keep

    async def shown(self) -> bytes:
        """Give the area's picture, byte by byte."""
        area = await self.areas.get(AREA)
        assert area is not None
        return TypeAdapter(Area).dump_json(area)

    def unshown(self) -> float:
        return self.registry.get_sample_value("console_unshown_facts_total", {"reader": "areas"}) or 0.0


async def test_a_batch_that_comes_again_changes_nothing(documents: Documents) -> None:
    once = Console(documents)
    history = a_day.lunch_time()
    await once.keep(history.facts)
    before = await once.shown()
    await once.keep(history.facts[3:20])
    await once.keep(again([one for one in history.facts if one.topic == "dispatch.v1"], from_offset=900))
    assert await once.shown() == before
    assert (await once.books.ledger()).facts == len(history.facts)
    assert once.unshown() == 0


async def test_batches_give_the_same_picture_as_single_facts(documents: Documents) -> None:
    whole = Console(documents)
    for one in a_day.lunch_time().facts:
        await whole.keep([one])
    one_by_one = await whole.shown()
    fresh = Console(documents)
    await fresh.areas.catch_up()
    assert await fresh.shown() == one_by_one


async def test_a_restart_reads_the_saved_picture_and_only_what_came_after(documents: Documents) -> None:
    first = Console(documents)
    history = a_day.lunch_time()
    await first.keep(history.facts[:20])
    await first.areas.save()
    await first.keep(history.facts[20:])  # and is killed before the next save

    second = Console(documents)
    await second.areas.catch_up()

    assert await second.shown() == await first.shown()


async def test_a_replica_that_has_read_less_does_not_overwrite_who_has_read_more(documents: Documents) -> None:
    behind, ahead = Console(documents), Console(documents)
    history = a_day.lunch_time()
    await behind.keep(history.facts[:10])
    await ahead.keep(history.facts)
    await ahead.areas.save()
    await behind.areas.save()

    third = Console(documents)
    await third.areas.catch_up()

    assert await third.shown() == await ahead.shown()


async def test_two_replicas_that_hear_different_partitions_show_the_same(documents: Documents) -> None:
    one, other = Console(documents), Console(documents)
    there = History(area="elsewhere", partition=3)
    a_day.accept(there, "n", a_request())
    await one.keep(a_day.lunch_time().facts)
    await other.keep(there.facts)
    await one.areas.catch_up()
    await other.areas.catch_up()
    assert await one.areas.all() == await other.areas.all()
    assert [area.id for area in await one.areas.all()] == [AREA, "elsewhere"]


async def test_whoever_waits_for_an_area_is_told_of_its_next_fact_only(documents: Documents) -> None:
    console = Console(documents)
    await console.keep(a_day.lunch_time().facts)
    seen = console.areas.revision(AREA)
    there = History(area="elsewhere", partition=3)
    a_day.accept(there, "n", a_request())
    await console.keep(there.facts)
    assert console.areas.revision(AREA) == seen
    news = a_day.lunch_time()
    a_day.accept(news, "new", a_request(), 46)
    await console.keep(news.facts[-2:])
    await console.areas.wait_beyond(AREA, seen)
    area = await console.areas.get(AREA)
    assert area is not None
    assert area.needs["new"].since == minutes(46)
