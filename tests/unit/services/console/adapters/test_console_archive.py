"""The archive neither misses nor repeats a fact, whatever the log does."""

from services.console.adapters.archive import Archive
from services.console.application.cursor import read_cursor, write_cursor
from shared.contracts.dispatch import NeedUnplaced
from shared.contracts.fact import Fact
from shared.contracts.needs import NeedAccepted
from shared.contracts.wire import read_fact
from shared.runtime.documents import Documents
from tests.unit.services.console.history import History, a_request, again, minutes


def a_history(area: str, partition: int, needs: int) -> History:
    history = History(area=area, partition=partition)
    for number in range(needs):
        need = f"{area}-need-{number}"
        history.say(minutes(number), need, NeedAccepted(request=a_request()))
        history.say(minutes(number), area, NeedUnplaced(need=need, rule="no_skill", zh="缺电工", en="no electrician"))
    return history


async def read_all(archive: Archive, *, limit: int, where: dict[str, str] | None = None) -> list[Fact]:
    cursor, read = "", list[Fact]()
    while (page := await archive.page(read_cursor(cursor), limit=limit, where=where)).facts:
        read += [read_fact(kept.body) for kept in page.facts]
        cursor = write_cursor(page.positions)
    return read


async def test_paging_gives_every_fact_once_over_topics_and_partitions(documents: Documents) -> None:
    archive = Archive(documents)
    everything = [a_history(f"area-{partition}", partition, 5 + partition) for partition in range(3)]
    for history in everything:
        assert await archive.add(history.facts) == len(history.facts)

    for limit in (1, 3, 7, 1000):
        read = await read_all(archive, limit=limit)
        assert sorted(fact.id for fact in read) == sorted(fact.id for one in everything for fact in one.said())


async def test_a_fact_is_kept_as_it_was_said(documents: Documents) -> None:
    archive = Archive(documents)
    history = a_history("area-0", 0, 1)
    await archive.add(history.facts)
    read = {fact.id: fact for fact in await read_all(archive, limit=10)}
    assert read == {fact.id: fact for fact in history.said()}


async def test_a_batch_that_comes_again_adds_nothing(documents: Documents) -> None:
    archive = Archive(documents)
    history = a_history("area-0", 0, 4)
    await archive.add(history.facts)
    assert await archive.add(history.facts) == 0
    assert len(await read_all(archive, limit=3)) == len(history.facts)


async def test_a_fact_published_twice_is_kept_once_and_its_neighbours_too(documents: Documents) -> None:
    archive = Archive(documents)
    history = a_history("area-0", 0, 4)
    await archive.add(history.facts)
    late = history.say(minutes(9), "late", NeedAccepted(request=a_request()))
    repeated = again([one for one in history.facts if one.topic == "needs.v1"], from_offset=50)
    assert await archive.add([*repeated[:4], history.facts[-1]]) == 1
    read = await read_all(archive, limit=2)
    assert len(read) == len(history.facts)
    assert late in read


async def test_a_cursor_kept_for_later_gives_only_what_came_since(documents: Documents) -> None:
    archive = Archive(documents)
    history = a_history("area-0", 0, 3)
    await archive.add(history.facts)
    seen = await archive.page({}, limit=1000)
    other = a_history("area-1", 5, 1)
    news = history.say(minutes(5), "later", NeedAccepted(request=a_request()))
    await archive.add([history.facts[-1], *other.facts])

    page = await archive.page(seen.positions, limit=1000)

    assert sorted(kept.id for kept in page.facts) == sorted([news.id, *(fact.id for fact in other.said())])


async def test_a_subject_is_read_in_the_order_of_its_sequence(documents: Documents) -> None:
    archive = Archive(documents)
    await archive.add(a_history("area-0", 0, 30).facts)
    read = await read_all(archive, limit=7, where={"subject": "area-0"})
    assert [fact.sequence for fact in read] == list(range(1, 31))


async def test_an_area_is_read_alone(documents: Documents) -> None:
    archive = Archive(documents)
    one, other = a_history("area-0", 0, 3), a_history("area-1", 0, 3)
    await archive.add(one.facts)
    await archive.add(again(other.facts, from_offset=100))
    read = await read_all(archive, limit=2, where={"area": "area-1"})
    assert sorted(fact.id for fact in read) == sorted(fact.id for fact in other.said())
