"""Facts through a service on a real Kafka: batch, decide, save, publish, beside raw aiokafka in the same run."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, Literal

from rich.console import Console

from deploy.local.probes import free_port
from deploy.local.servers import LocalKafka, LocalMongo, MissingTool
from shared.runtime.documents import Documents
from shared.runtime.environment import SQLITE_NAME, open_distributed
from shared.runtime.mongo import MongoDocuments
from shared.runtime.settings import RuntimeSettings
from shared.runtime.sqlite import SqliteDocuments, SqliteFile
from tests.benchmarks import broker, contenders, yardsticks
from tests.benchmarks.figures import Figure, Measured
from tests.benchmarks.load import Load, make_load
from tests.benchmarks.memory import MemoryDocuments
from tests.benchmarks.watch import Took

FACTS: Final = 6000
ROUNDS: Final = 3
RAW: Final = "raw aiokafka and pydantic"
TARGET: Final = "≥ 0.4"
HOW: Final = (
    f"{FACTS:,} dispatch facts from a real Kafka (8 partitions), each answered with one; median of {ROUNDS} rounds."
)
Contender = Callable[[str, Load], Awaitable[Took]]
Open = Callable[[Path], Documents]


def measure() -> Measured:
    """Start the servers, let every contender take its turn in every round, stop the servers."""
    with TemporaryDirectory(prefix="linli-bench-") as folder, ExitStack() as stack:
        home = Path(folder)
        kafka, mongo = LocalKafka(home, free_port()), LocalMongo(home, free_port())
        try:
            for server in (kafka, mongo):
                stack.callback(server.stop)
                server.start()
        except MissingTool as missing:
            return Measured(part="pipeline", how=HOW, missing=(f"Kafka and the MongoDB stand-in: {missing}",))
        return asyncio.run(_measure(kafka.address, mongo.url, home))


async def _measure(kafka: str, mongo: str, home: Path) -> Measured:
    await broker.prepare(kafka)
    rounds: dict[str, list[Took]] = defaultdict(list)
    everybody = _everybody(kafka, mongo, home)
    await _take_turns(everybody, kafka, rounds=1, took=defaultdict(list))  # everything is loaded and warm after it
    await _take_turns(everybody, kafka, rounds=ROUNDS, took=rounds)
    return Measured(part="pipeline", how=HOW, figures=tuple(_figure(name, rounds) for name in rounds))


def _figure(name: str, rounds: Mapping[str, list[Took]]) -> Figure:
    yardstick, own = rounds[RAW], rounds[name]
    wall = median(one.wall for one in own)
    processor = median(one.processor for one in own)
    return Figure(
        what=name,
        value=FACTS / wall,
        unit="facts/s",
        ratio=median(one.wall for one in yardstick) / wall,
        target=TARGET if name.startswith("service") else "",
        note=f"rounds: {', '.join(f'{FACTS / one.wall:,.0f}' for one in own)}; {processor / FACTS * 1e6:,.0f} µs of"
        f" processor each, {median(one.processor for one in yardstick) / processor:.2f} of the yardstick",
    )


def _everybody(kafka: str, mongo: str, home: Path) -> Mapping[str, Contender]:
    stores: dict[str, Open] = {
        "SQLite, process_crash": lambda folder: _sqlite(folder, survive="process_crash"),
        "SQLite, power_loss": lambda folder: _sqlite(folder, survive="power_loss"),
        "MongoDB stand-in": lambda _folder: MongoDocuments(mongo, service="bench"),
        "memory": lambda _folder: MemoryDocuments(),
    }
    services: dict[str, contenders.Build] = {
        "intake, a write a fact": contenders.intake,
        "a board an area": contenders.boards,
    }
    everybody: dict[str, Contender] = {
        RAW: lambda group, _load: yardsticks.raw(kafka, group, FACTS),
        "FastStream in batches, alone": lambda group, _load: yardsticks.faststream(kafka, group, FACTS),
    }
    for (service, build), (store, open_store) in itertools.product(services.items(), stores.items()):
        everybody[f"service: {service}; {store}"] = _through(kafka, home, build, open_store)
    return everybody


async def _take_turns(
    everybody: Mapping[str, Contender], kafka: str, *, rounds: int, took: dict[str, list[Took]]
) -> None:
    """Let each have its own load in each round, so that the machine's mood of a moment meets all of them."""
    out = Console(stderr=True)
    for number in range(rounds):
        for name, contender in everybody.items():
            load = make_load(f"{name} {number} of {rounds}", facts=FACTS)
            group = "intake" if "intake" in name else "boards" if "board" in name else "yardstick"
            await broker.lay_out(kafka, load, group)
            took[name].append(await contender(group, load))
            rate = FACTS / took[name][-1].wall
            out.print(f"  {number + 1}/{rounds}  {rate:>8,.0f} facts/s  {name}", highlight=False)


def _through(kafka: str, home: Path, build: contenders.Build, open_store: Open) -> Contender:
    async def run(_group: str, load: Load) -> Took:
        settings = RuntimeSettings(mode="distributed", kafka=kafka)
        with TemporaryDirectory(dir=home) as folder:
            documents = open_store(Path(folder))
            async with open_distributed(settings, "bench") as (opened, connect):
                environment = replace(opened, documents=documents)
                try:
                    return await contenders.run_through(environment, connect, build(environment, load), facts=FACTS)
                finally:
                    await documents.close()

    return run


def _sqlite(folder: Path, *, survive: Literal["power_loss", "process_crash"]) -> SqliteDocuments:
    return SqliteDocuments(SqliteFile(folder / SQLITE_NAME, survive=survive))
