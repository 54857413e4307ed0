"""With OpenTelemetry a story is one trace across facts; without it nothing is asked for and nothing is slower."""

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.kernel.refusals import Refusal
from shared.runtime.aggregates import Told
from shared.runtime.service import Environment
from shared.runtime.traces import trace_to, trace_with, traces
from tests.unit.shared.runtime.counters import NOW, Command, Count, a_fact, count, counters, opened

STORY = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{STORY}-b7ad6b7169203331-01"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Environment]:
    async with opened(tmp_path) as (environment, _):
        yield environment


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    end = trace_with(SimpleSpanProcessor(exporter), service="counter")
    yield exporter
    end()


async def test_facts_carry_the_trace_of_the_step_that_said_them(
    world: Environment, spans: InMemorySpanExporter
) -> None:
    told: Told[Command] = Told(command=Count(reason="why"), at=NOW, traceparent=TRACEPARENT)
    (fact,) = (await counters(world.documents, world.log, world.metrics).step("a", [told])).facts
    (span,) = spans.get_finished_spans()
    assert span.name == "step counter.counters"
    assert fact.traceparent == f"00-{STORY}-{span.context.span_id:016x}-01"


async def test_what_follows_from_a_fact_belongs_to_its_trace(world: Environment, spans: InMemorySpanExporter) -> None:
    because = a_fact().model_copy(update={"traceparent": TRACEPARENT})
    (fact,) = (await counters(world.documents, world.log, world.metrics).step("a", [count(because=because)])).facts
    assert fact.traceparent is not None
    assert fact.traceparent.split("-")[1] == STORY


async def test_without_tracing_the_callers_trace_is_handed_on(world: Environment) -> None:
    told: Told[Command] = Told(command=Count(reason="why"), at=NOW, traceparent=TRACEPARENT)
    (fact,) = (await counters(world.documents, world.log, world.metrics).step("a", [told])).facts
    assert fact.traceparent == TRACEPARENT


def test_a_span_without_tracing_is_nothing() -> None:
    with traces.span("nothing") as traceparent:
        assert traceparent is None


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(Refusal, match=r"pip install linli\[otel\]"):
        trace_to("http://127.0.0.1:4318", service="counter")
