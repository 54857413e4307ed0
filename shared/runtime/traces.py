"""Optional traces: spans around requests, steps and batches, joined across services by `traceparent` in the facts.

Nothing here imports OpenTelemetry until somebody asks for it: one computer needs no extra, and without an endpoint a
span costs one comparison.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final

from shared.kernel.refusals import Refusal

Open = Callable[[str, str | None, Mapping[str, str]], AbstractContextManager[str | None]]

_NOTHING: Final[AbstractContextManager[str | None]] = nullcontext(None)


class Traces:
    """Where this process sends its spans; by default nowhere."""

    def __init__(self, opener: Open | None = None) -> None:
        self._open = opener

    def span(self, name: str, *, parent: str | None = None, **attributes: str) -> AbstractContextManager[str | None]:
        """Measure what happens inside the `with`; gives the `traceparent` to hand on, None without tracing.

        Attributes never carry personal data: they are names of services, collections, topics and routes.
        """
        return _NOTHING if self._open is None else self._open(name, parent, attributes)


traces = Traces()
"""The process's own, silent until `trace_to` is called. Like `logging`, there is one per process."""


def trace_to(endpoint: str, *, service: str) -> Callable[[], None]:
    """Send the spans of this process to an OTLP/HTTP endpoint; call what is returned before the process ends.

    Raises
    ------
    Refusal
        If OpenTelemetry is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise Refusal(
            "traces.not_installed",
            "已设置 LINLI_OTEL_ENDPOINT，但未安装 OpenTelemetry：请运行 pip install linli[otel]，或取消该设置。",
            "LINLI_OTEL_ENDPOINT is set but OpenTelemetry is not installed: pip install linli[otel], or unset it.",
        ) from error
    url = endpoint if endpoint.endswith("/v1/traces") else f"{endpoint.rstrip('/')}/v1/traces"
    return trace_with(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)), service=service)


def trace_with(processor: Any, *, service: str) -> Callable[[], None]:
    """Hand the spans of this process to a span processor of the OpenTelemetry SDK."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": service, "service.namespace": "linli"}))
    provider.add_span_processor(processor)
    traces._open = _opener(provider.get_tracer("linli"))  # noqa: SLF001 - the module's own object

    def end() -> None:
        traces._open = None  # noqa: SLF001
        provider.shutdown()

    return end


def _opener(tracer: Any) -> Open:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    propagator = TraceContextTextMapPropagator()

    @contextmanager
    def opened(name: str, parent: str | None, attributes: Mapping[str, str]) -> Iterator[str | None]:
        # Without a parent of its own a span belongs to the one it is opened in.
        above = propagator.extract({"traceparent": parent}) if parent else None
        with tracer.start_as_current_span(name, context=above, attributes=dict(attributes)):
            carrier: dict[str, str] = {}
            propagator.inject(carrier)
            yield carrier.get("traceparent")

    return opened
