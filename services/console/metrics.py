"""The console's own numbers. A help text says what to do when the number moves."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class ConsoleMetrics:
    """One set per process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.archived = Counter(
            "console_archived_facts",
            "Facts new in the archive. Standing still while linli_facts_published grows: look at linli_consumer_lag.",
            registry=registry,
        )
        self.repeated = Counter(
            "console_repeated_facts",
            "Facts heard again. A few after a crash are normal. Steadily many: a producer repeats itself.",
            registry=registry,
        )
        self.unshown = Counter(
            "console_unshown_facts",
            "Facts a read model could not take in; they are in the archive. Any growth is a fault: read the log.",
            ["reader"],
            registry=registry,
        )
        self.streams = Gauge(
            "console_open_streams",
            "Pages that are kept up to date now. Near LINLI_MOST_STREAMS: raise it or add a replica.",
            registry=registry,
        )
        self.render_seconds = Histogram(
            "console_render_seconds",
            "Time to draw a page. Above 0.1 s: an area has too many open needs for one page; look at who is waiting.",
            buckets=(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1),
            registry=registry,
        )
