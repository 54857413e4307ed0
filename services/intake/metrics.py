"""The numbers by which intake shows whether residents are heard and loops are closed."""

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS = (60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800)


class IntakeMetrics:
    """One set per process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.needs = Counter(
            "intake_needs",
            "Needs that came to a status. Many `unmet` or `escalated`: look at the reasons on the console's board.",
            ["status", "channel"],
            registry=registry,
        )
        self.follow_ups = Counter(
            "intake_follow_ups",
            "Reminders that somebody must ask or tell a resident. Growing: nobody works on the list; name an owner.",
            registry=registry,
        )
        self.ratings = Counter(
            "intake_ratings",
            "Answers to the one question. Many `not_good` of one day: read the remarks of those needs.",
            ["answer", "by"],
            registry=registry,
        )
        self.close_seconds = Histogram(
            "intake_close_seconds",
            "From acceptance to the closed loop. Growing medians: residents are not asked, or nobody comes.",
            ["outcome"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.import_rows = Counter(
            "intake_import_rows",
            "Lines of spreadsheets. Many `refused`: send the report back to the office that wrote the sheet.",
            ["outcome"],
            registry=registry,
        )
