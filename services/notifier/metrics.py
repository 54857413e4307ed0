"""The notifier's metrics: does everybody know what happened, and how soon."""

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600)


class NotifierMetrics:
    """One set per process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.sent = Counter(
            "notifier_sent_notices",
            "Notices a channel took. None at a busy hour: look at notifier_delayed_notices and the channel's provider.",
            ["template", "channel"],
            registry=registry,
        )
        self.delayed = Counter(
            "notifier_delayed_notices",
            "Attempts put off by a channel. Growing: the provider or the owner of addresses is away; nothing is lost.",
            ["channel"],
            registry=registry,
        )
        self.failed = Counter(
            "notifier_failed_notices",
            "Notices given to a person to tell. Any growth: GET /notices?status=failed shows whom to call.",
            ["template", "channel"],
            registry=registry,
        )
        self.unknown = Counter(
            "notifier_unknown_notices",
            "Notices that may or may not have gone out. Any growth: GET /notices?status=unknown; ask, then clear.",
            ["template", "channel"],
            registry=registry,
        )
        self.seconds_to_sent = Histogram(
            "notifier_fact_to_sent_seconds",
            "From the fact (or the end of quiet hours) to the channel's yes. Above 60: raise LINLI_NOTICES_AT_ONCE.",
            buckets=_SECONDS,
            registry=registry,
        )
