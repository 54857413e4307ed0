import json
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest

from services.matcher.adapters.travel.osrm import OsrmServer
from services.matcher.application.ports import NoWays
from tests.osrm_like import answer
from tests.street_grid import corner

PROFILES = {"walk": "foot", "e_bike": "bike", "car": "car"}
PLACES = [corner(0, 0), corner(3, 1), corner(2, 5)]

Change = Callable[[dict[str, Any]], Any]


def server(
    change: Change | None = None, *, url: str = "http://osrm", asked: list[httpx.URL] | None = None
) -> OsrmServer:
    def reply(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request.url)
        status, found = answer(request.url.raw_path.decode())
        if change is not None:
            found = change(found)
        return httpx.Response(status, content=found if isinstance(found, bytes) else json.dumps(found))

    return OsrmServer(url, PROFILES, client=httpx.AsyncClient(transport=httpx.MockTransport(reply)))


def hole(found: dict[str, Any]) -> dict[str, Any]:
    found["durations"][0][2] = None
    return found


def endless(what: str) -> Change:
    def change(found: dict[str, Any]) -> dict[str, Any]:
        found[what][0][1] = 1e12
        return found

    return change


def shorter(found: dict[str, Any]) -> dict[str, Any]:
    found["durations"] = found["durations"][:-1]
    return found


def negative(found: dict[str, Any]) -> dict[str, Any]:
    found["durations"][1][0] = -1
    return found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (hole, "no way from the place at 105.280, 29.330 to the place at 105.284, 29.339"),
        (negative, "knows no way from"),
        (endless("durations"), "no way from the place at 105.280, 29.330 .* within a day"),
        (endless("distances"), "no way from the place at 105.280, 29.330 .* within a day"),
        (shorter, "are not 3 x 3"),
        (lambda found: found | {"sources": []}, "0 streets for 3 places"),
        (lambda found: {key: found[key] for key in found if key != "distances"}, "does not answer as OSRM"),
        (lambda found: found | {"durations": "soon"}, "does not answer as OSRM"),
        (lambda found: found | {"durations": 3}, "does not answer as OSRM"),
        (lambda found: found | {"sources": [1, 2, 3]}, "does not answer as OSRM"),
        (lambda _: {"code": "NoSegment", "message": "Could not find a matching segment"}, "matching segment"),
        (lambda _: [], "refuses the profile foot"),
        (lambda _: b"<html>hello</html>", "does not answer with JSON"),
    ],
)
async def test_a_bad_answer_is_named_and_never_half_taken(change: Change, said: str) -> None:
    with pytest.raises(NoWays, match=said):
        await server(change).table(PLACES, PLACES)


async def test_a_server_that_is_away_is_named() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused", request=request)

    client = httpx.AsyncClient(transport=httpx.MockTransport(refuse))
    with pytest.raises(NoWays, match="http://osrm does not answer"):
        await OsrmServer("http://osrm", PROFILES, client=client).table(PLACES, PLACES)


async def test_a_mode_without_a_profile_is_named() -> None:
    with pytest.raises(NoWays, match="no profile for e_bike"):
        await OsrmServer("http://osrm", {"walk": "foot"}, client=server()._client).table(PLACES, PLACES)


async def test_many_places_are_asked_for_in_parts_that_fit_together() -> None:
    places = [corner(number / 20, number / 30) for number in range(120)]
    asked: list[httpx.URL] = []
    table = await server(asked=asked).table(places, places)
    assert len(asked) == 3 * 3 * 3
    one = await server().table([places[7]], [places[111]])
    assert table.seconds[2][7, 111] == pytest.approx(one.seconds[2][0, 0], abs=0.2)
    assert np.count_nonzero(table.metres) == 120 * 119


async def test_an_address_may_hold_the_profile() -> None:
    asked: list[httpx.URL] = []
    await server(asked=asked, url="http://{profile}.osrm/").table(PLACES, PLACES)
    assert [url.host for url in asked] == ["foot.osrm", "bike.osrm", "car.osrm"]


async def test_no_door_is_sent() -> None:
    """Six decimals of a coarse cell are a cell; the request names nothing else."""
    asked: list[httpx.URL] = []
    await server(asked=asked).table([(105.284, 29.339)], [(105.285, 29.339)])
    assert asked[0].path == "/table/v1/foot/105.284000,29.339000;105.285000,29.339000"
