"""The matcher's numbers; each help text says what to do when the number moves."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_WAITS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3600)


class MatcherMetrics:
    """One set per process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.first_offer_seconds = Histogram(
            "matcher_first_offer_seconds",
            "From a need's acceptance to its first offer. p99 above 1 s: look at linli_consumer_lag, then at"
            " matcher_insertion_seconds.",
            buckets=_WAITS,
            registry=registry,
        )
        self.insertion_seconds = Histogram(
            "matcher_insertion_seconds",
            "Deciding one command of a board, planning included. p99 above 20 ms: a board has outgrown one area, or the"
            " computer is busy.",
            buckets=_SECONDS,
            registry=registry,
        )
        self.plan_seconds = Histogram(
            "matcher_plan_seconds",
            "Planning a whole board in a solver process. Near the timeout: raise LINLI_PLANNER_TIMEOUT_S or lower"
            " LINLI_PLANNER_STOP.",
            buckets=_SECONDS,
            registry=registry,
        )
        self.plans = Counter(
            "matcher_plans",
            "Plans of a solver by what became of them; after single events `improved` or not. Many `failed`: read the"
            " log for matcher.plan_failed.",
            ["outcome"],
            registry=registry,
        )
        self.unplaced = Gauge(
            "matcher_unplaced_needs",
            "Needs that nobody has in hand, by area. Rising: the board names the blocking rule; call volunteers in.",
            ["area"],
            registry=registry,
        )
        self.open_offers = Gauge(
            "matcher_open_offers",
            "Offers that wait for an answer, by area. High for long: volunteers do not see their messages; check the"
            " notifier.",
            ["area"],
            registry=registry,
        )
        self.violations = Counter(
            "matcher_invariant_violations",
            "Broken promises found on a board by the scheduled check. Any growth is a mistake of ours: read the log for"
            " matcher.invariant_broken and report it.",
            ["invariant"],
            registry=registry,
        )
        self.travel_surveys = Counter(
            "matcher_travel_surveys",
            "Surveys of an area by the street map or server, by outcome. `failed` or `late` grow: detour factors stand"
            " in; read the log for matcher.travel_unknown and run `linli doctor`.",
            ["outcome"],
            registry=registry,
        )
