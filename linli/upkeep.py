"""What an operator does with a database by hand: replay it, read its facts, look after dead letters."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console
from rich.table import Table

from linli.one_process import build_services
from linli.starting import CannotStartError, check_start, check_store
from services.console.adapters.archive import FACTS
from shared.contracts.fact import Fact
from shared.contracts.wire import read_fact
from shared.kernel.refusals import NotNow, Refusal
from shared.runtime import dead_letters
from shared.runtime.documents import Documents
from shared.runtime.environment import SQLITE_NAME, open_distributed, open_embedded
from shared.runtime.replay import Difference, replay
from shared.runtime.service import Environment
from shared.runtime.settings import RuntimeSettings

_PAGE: Final = 1000
_GLANCE_S: Final = 1.0  # between two looks for new facts
_MOST_SHOWN: Final = 20


class NothingHereError(Exception):
    """There is no database where one was looked for."""


@asynccontextmanager
async def _opened(data: Path | None) -> AsyncIterator[Environment]:
    """Open the stores that the settings name, beside whatever may be running on them."""
    chosen = _chosen(data)
    check_store(**chosen)
    settings = RuntimeSettings(**chosen)
    if settings.mode == "distributed":
        async with open_distributed(settings, "console") as (environment, _):
            yield environment
        return
    if not (settings.data_dir / SQLITE_NAME).exists():
        raise NothingHereError(
            f"There is no {SQLITE_NAME} in {settings.data_dir}. Name its folder with --data, or set LINLI_DATA_DIR."
        )
    async with open_embedded(settings) as (environment, _):
        yield environment


def _chosen(data: Path | None) -> dict[str, Any]:
    return {"data_dir": data} if data else {}


async def differences_in(data: Path | None) -> tuple[int, list[Difference]]:
    """Replay every aggregate of every service; give how many there are, and what differs from its facts."""
    check_start(**_chosen(data))
    compared, differences = 0, list[Difference]()
    async with _opened(data) as environment:
        for service in build_services(environment).values():
            for aggregates in service.aggregates:
                facts = [fact async for fact in _archived(environment.documents, aggregates.kind.topic)]
                differences += await replay(aggregates, environment.documents, facts)
                compared += await environment.documents.count(aggregates.kind.collection.name)
    return compared, differences


async def _archived(documents: Documents, topic: str) -> AsyncIterator[Fact]:
    after = ""
    while page := await documents.find(FACTS.name, prefix=f"{topic}/", after=after, limit=_PAGE):
        for document in page:
            yield read_fact(document.state)
        after = page[-1].id


async def replay_all(data: Path | None, out: Console) -> bool:
    """Replay and print; true if every aggregate is what its facts say."""
    with out.status("Computing every aggregate anew from its facts …"):
        compared, differences = await differences_in(data)
    for one in differences[:_MOST_SHOWN]:
        out.print(f"[red]✗[/red] {one.collection} {one.id}: {one.kind.replace('_', ' ')}: {one.detail}")
    if len(differences) > _MOST_SHOWN:
        out.print(f"… and {len(differences) - _MOST_SHOWN} more")
    out.print(f"{compared:,} aggregates compared, {len(differences)} differ")
    return not differences


def print_facts(url: str, *, subject: str | None, follow: bool) -> None:
    """Print facts as JSON lines, and with `follow` go on as they happen."""
    with httpx.Client(base_url=url, timeout=30) as console:
        cursor = ""
        while True:
            cursor, facts = _page(console, cursor, subject)
            for fact in facts:
                print(fact)  # noqa: T201 - this is the command's output, for other programs to read
            if len(facts) < _PAGE and not follow:
                return
            if not facts:
                time.sleep(_GLANCE_S)  # nothing new; a person may press Ctrl-C


def all_facts(url: str) -> Iterator[Fact]:
    """Give every fact that the console has kept until now."""
    with httpx.Client(base_url=url, timeout=30) as console:
        cursor = ""
        while True:
            cursor, facts = _page(console, cursor, None)
            yield from (read_fact(fact.encode()) for fact in facts)
            if len(facts) < _PAGE:
                return


def _page(console: httpx.Client, cursor: str, subject: str | None) -> tuple[str, list[str]]:
    params = {"after": cursor, "limit": str(_PAGE)} | ({"subject": subject} if subject else {})
    try:
        response = console.get("/facts", params=params)
    except httpx.HTTPError as error:
        raise NothingHereError(
            f"The console does not answer at {console.base_url} ({error}). Start it with `linli up`, or give --url."
        ) from error
    if not response.is_success:
        raise NothingHereError(
            f"The console does not give its facts at {console.base_url} ({response.status_code}"
            f" {response.reason_phrase}). Is that its address? Give it with --url."
        )
    page = response.json()
    return page["next"], [json.dumps(fact, ensure_ascii=False) for fact in page["facts"]]


async def list_dead_letters(data: Path | None, out: Console) -> None:
    """Print every dead letter with where it came from and why."""
    async with _opened(data) as environment:
        letters = await dead_letters.list_dead_letters(environment.log)
    if not letters:
        out.print("No dead letters.")
        return
    table = Table("topic", "partition", "offset", "at", "bytes", "sent again", "reason")
    for one in letters:
        again = "yes" if one.resent else "no"
        table.add_row(one.topic, str(one.partition), str(one.offset), one.at, str(one.size), again, one.reason)
    out.print(table)


async def resend_dead_letters(data: Path | None, topic: str, offsets: list[int], partition: int, out: Console) -> None:
    """Send the chosen letters again."""
    async with _opened(data) as environment:
        sent = await dead_letters.resend(environment.log, topic, offsets, partition=partition)
    out.print(f"{len(sent)} sent again, {len(set(offsets)) - len(sent)} had been sent before")


EXPECTED: Final = (NothingHereError, CannotStartError, NotNow, Refusal, httpx.InvalidURL)
"""What can go wrong for reasons that the operator can put right; the message says how."""
