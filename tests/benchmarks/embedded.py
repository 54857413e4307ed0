"""The embedded mode without Kafka: facts through intake over one SQLite file, and steps of one small aggregate."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final, Literal

from shared.contracts.topics import DISPATCH
from shared.runtime.aggregates import Told
from shared.runtime.environment import open_embedded
from shared.runtime.log import Outgoing
from shared.runtime.settings import RuntimeSettings
from tests.benchmarks import contenders
from tests.benchmarks.contenders import See
from tests.benchmarks.figures import Figure, Measured
from tests.benchmarks.load import AREAS, Load, make_load
from tests.benchmarks.watch import Stopwatch, Took

FACTS: Final = 6000
STEPS: Final = 3000
HANDS: Final = 50  # aggregates that are told something at the same time
ROUNDS: Final = 3
HOW: Final = f"One process, one SQLite file; {FACTS:,} facts or {STEPS:,} steps, median of {ROUNDS} rounds."

Survive = Literal["power_loss", "process_crash"]
SURVIVES: Final[tuple[Survive, ...]] = ("process_crash", "power_loss")
SERVICES: Final = (("intake, a write a fact", contenders.intake), ("a board an area", contenders.boards))


def measure() -> Measured:
    """Measure facts and steps with both promises about what a write survives."""
    figures: list[Figure] = []
    for survive in SURVIVES:
        for name, build in SERVICES:
            rates = [_rate(FACTS, asyncio.run(_facts(build, survive, f"{name} {number}"))) for number in range(ROUNDS)]
            figures.append(_figure(f"facts: {name}; {survive}", rates, "facts/s"))
        rates = [_rate(STEPS, asyncio.run(_steps_at_once(survive))) for _ in range(ROUNDS)]
        figures.append(_figure(f"steps, {HANDS} at once; {survive}", rates, "steps/s"))
        rates = [_rate(STEPS, asyncio.run(_steps_in_a_row(survive))) for _ in range(ROUNDS)]
        figures.append(_figure(f"steps, one after another; {survive}", rates, "steps/s"))
    return Measured(part="embedded", how=HOW, figures=tuple(figures))


def _rate(count: int, took: Took) -> tuple[float, float]:
    return count / took.wall, took.processor / count * 1e6


def _figure(what: str, rates: Sequence[tuple[float, float]], unit: str) -> Figure:
    rounds = ", ".join(f"{rate:,.0f}" for rate, _ in rates)
    processor = median(us for _, us in rates)
    note = f"rounds: {rounds}; {processor:,.0f} µs of processor each"
    return Figure(what=what, value=median(rate for rate, _ in rates), unit=unit, note=note)


async def _facts(build: contenders.Build, survive: Survive, name: str) -> Took:
    load = make_load(name, facts=FACTS)
    with TemporaryDirectory(prefix="linli-bench-") as folder:
        settings = RuntimeSettings(data_dir=Path(folder), survive=survive)
        async with open_embedded(settings) as (environment, connect):
            await environment.log.prepare([DISPATCH.name])
            messages = [Outgoing(topic=DISPATCH.name, key=area, body=body) for area, body in load.messages]
            await environment.log.publish(messages)
            return await contenders.run_through(environment, connect, build(environment, load), facts=FACTS)


async def _steps_at_once(survive: Survive) -> Took:
    return await _steps(survive, names=[f"{AREAS[0]}{number:03}" for number in range(HANDS)], each=STEPS // HANDS)


async def _steps_in_a_row(survive: Survive) -> Took:
    return await _steps(survive, names=[AREAS[0]], each=STEPS)


async def _steps(survive: Survive, *, names: Sequence[str], each: int) -> Took:
    """Give what it takes for `each` steps of every aggregate: decided, saved and published, one command a step."""
    with TemporaryDirectory(prefix="linli-bench-") as folder:
        async with open_embedded(RuntimeSettings(data_dir=Path(folder), survive=survive)) as (environment, _):
            service = contenders.boards(environment, Load(needs=(), messages=())).service
            await environment.documents.prepare(service.collections)
            await environment.log.prepare([])
            (aggregates,) = service.aggregates

            async def walk(name: str) -> None:
                for _ in range(each):
                    await aggregates.step(name, [Told(command=See(), at=environment.clock.now())])

            watch = Stopwatch()
            watch.start()
            await asyncio.gather(*(walk(name) for name in names))
            return watch.stop()
