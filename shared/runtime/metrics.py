"""The metrics of the plumbing. A help text says what to do when the number moves, not only what it counts."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class RuntimeMetrics:
    """One set per process; every metric has the label `service`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.facts_handled = Counter(
            "linli_facts_handled",
            "Facts handled. If it stands still while linli_consumer_lag grows, restart the service and read its log.",
            ["service", "topic"],
            registry=registry,
        )
        self.facts_published = Counter(
            "linli_facts_published",
            "Facts written to the log. Fewer than usual at a busy hour: look at the service's HTTP errors first.",
            ["service", "topic"],
            registry=registry,
        )
        self.dead_letters = Counter(
            "linli_dead_letters",
            "Messages that could not be handled. Any growth: `linli dead-letters list` names the reason.",
            ["service", "topic"],
            registry=registry,
        )
        self.retries = Counter(
            "linli_batch_retries",
            "Batches tried again because something was away. Growing for minutes: check the database and the broker.",
            ["service"],
            registry=registry,
        )
        self.conflicts = Counter(
            "linli_write_conflicts",
            "Writes that lost a race and decided again. Many: two processes work on one area; check group assignment.",
            ["service", "collection"],
            registry=registry,
        )
        self.refusals = Counter(
            "linli_refusals",
            "Commands that a rule refused. A sudden rise of one code: a screen or an importer sends the wrong thing.",
            ["service", "code"],
            registry=registry,
        )
        self.batch_seconds = Histogram(
            "linli_batch_seconds",
            "Time to handle one batch of facts. Above 1 s: look at the database's latency.",
            ["service"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.http_seconds = Histogram(
            "linli_http_seconds",
            "Time to answer an HTTP request. p95 above 50 ms at normal load: look at linli_batch_seconds and the CPU.",
            ["service", "method", "route", "status"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.lag = Gauge(
            "linli_consumer_lag",
            "Messages in the log that are not handled yet. Growing for minutes: look at linli_batch_retries first.",
            ["service", "topics"],
            registry=registry,
        )
        self.unrelayed = Gauge(
            "linli_outbox_unrelayed",
            "Documents whose facts are not published yet. Above 0 for minutes: the broker is away.",
            ["service"],
            registry=registry,
        )
