"""Plays a rehearsal in this process for somebody who watches: progress bar, report, and the page left open."""

import asyncio
import json
import resource
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from linli.one_process import OneProcess, open_one_process
from linli.rehearsal.doors import SERVICES, Doors
from linli.rehearsal.production import Played, ends, play, starts
from linli.rehearsal.scenario.city import City
from linli.rehearsal.stopwatch import Stopwatch
from linli.report import print_report
from shared.runtime.log import Log
from shared.runtime.standalone import serve

_KIB = 1024  # ru_maxrss counts KiB on Linux


@dataclass(frozen=True, slots=True, kw_only=True)
class Stagecraft:
    """How a rehearsal is shown."""

    data_dir: Path | None  # kept there; a temporary folder if None
    host: str
    port: int | None  # no page if None
    figures_to: Path | None = None  # a file for what was measured, for benchmarks


async def perform(city: City, craft: Stagecraft, out: Console) -> bool:
    """Play the day, print what a mayor would ask, keep the page open if wanted; true if every guarantee held."""
    with TemporaryDirectory(prefix="linli-") as temporary:
        data_dir = craft.data_dir or Path(temporary)
        settings: dict[str, Any] = {"data_dir": data_dir, "simulated_from": starts(city), "survive": "process_crash"}
        watches: list[Stopwatch] = []

        def watched(log: Log) -> Log:
            watches.append(Stopwatch(log))
            return watches[0]

        async with open_one_process(watch_log=watched, **settings) as one, _running(one, craft) as page:
            began = time.monotonic()
            played = await _play_watched(city, one, out)
            seconds, waits, peak_mib = time.monotonic() - began, watches[0].waits(), _peak_mib()
            kept = print_report(played, out, waits=waits, seconds=seconds, peak_mib=peak_mib)
            if craft.figures_to is not None:
                figures = {
                    "seconds": seconds,
                    "facts": played.facts,
                    "peak_mib": peak_mib,
                    "first_offer_ms": {
                        "needs": waits.count,
                        "later": waits.later,
                        "median": waits.median_ms,
                        "p99": waits.p99_ms,
                    },
                    "guarantees_kept": kept,
                }
                craft.figures_to.write_text(json.dumps(figures) + "\n")
            if page is not None and craft.port is not None:
                out.print(
                    f"\nThe day is open at [bold]http://{craft.host}:{craft.port}/[/bold] until you press Ctrl-C."
                )
                await page
    return kept


@asynccontextmanager
async def _running(one: OneProcess, craft: Stagecraft) -> AsyncIterator[asyncio.Task[None] | None]:
    """Run the services, with their page if a port was given."""
    if craft.port is None:
        async with one.host.run():
            yield None
        return
    page = asyncio.create_task(serve(one.host, one.http, host_name=craft.host, port=craft.port))
    await one.host.started.wait()
    try:
        yield page
    finally:
        page.cancel()
        await asyncio.wait((page,))


async def _play_watched(city: City, one: OneProcess, out: Console) -> Played:
    doors = Doors({name: one.client(name) for name in SERVICES})
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[facts]:,} facts"))
    with Progress(*columns, TimeElapsedColumn(), console=out, transient=True) as bar:
        begin, end = starts(city), ends(city)
        line = bar.add_task(f"{begin:%a %H:%M}", total=(end - begin).total_seconds(), facts=0)

        def watch(now: datetime, facts: int) -> None:
            bar.update(
                line,
                completed=(now - begin).total_seconds(),
                facts=facts,
                description=f"{now.astimezone(begin.tzinfo):%a %H:%M}",
            )

        return await play(city, doors, machinery=one, watch=watch)


def _peak_mib() -> float:
    """Give the peak memory of this process and of its largest solver process."""
    return sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / _KIB
