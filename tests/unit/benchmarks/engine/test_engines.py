"""Every engine that is installed says a board with pairs, hot meals, skills and two depots in its own words."""

import pytest

from tests.benchmarks.engine.engines import ENGINES, Crew, installed
from tests.benchmarks.engine.generated import hot_city
from tests.benchmarks.engine.instances import Instance, price
from tests.benchmarks.engine.li_lim import generated


@pytest.mark.parametrize(
    "one", [hot_city(1, stops=12, vehicles=3), generated("LC1", 1, pairs=4)], ids=lambda one: one.name
)
@pytest.mark.parametrize("engine", installed(name for name in ENGINES if name != "pyvrp-fleet"))
def test_a_plan_keeps_every_rule(engine: str, one: Instance) -> None:
    routes = Crew(1, [engine]).solve(engine, one, 0.2, 1).routes
    assert price(one, routes).left_out < one.jobs
