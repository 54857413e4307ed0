"""A server on 127.0.0.1 that answers like OSRM's table service, for a town whose streets run north and east."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from services.matcher.planning.travel import Point, great_circle_between
from tests.street_grid import corner

METRES_A_SECOND = {"foot": 1.25, "bike": 4.2, "car": 5.6}
TOWN_REACHES_M = 5000


def answer(path: str) -> tuple[int, Any]:
    """Answer one request, as OSRM's HTTP API describes."""
    url = urlsplit(path)
    _, table, _, profile, places = url.path.split("/")
    if table != "table" or profile not in METRES_A_SECOND:
        return 400, {"code": "InvalidUrl", "message": "URL string malformed"}
    points = [(float(lon), float(lat)) for lon, lat in (place.split(",") for place in places.split(";"))]
    if len(points) > 100:
        return 400, {"code": "TooBig", "message": "Too many table coordinates"}
    query = parse_qs(url.query)
    sources, destinations = (
        [points[int(one)] for one in query[key][0].split(";")] for key in ("sources", "destinations")
    )
    metres = [[_metres(one, other) for other in destinations] for one in sources]
    return 200, {
        "code": "Ok",
        "durations": [[round(way / METRES_A_SECOND[profile], 1) for way in row] for row in metres],
        "distances": [[round(way, 1) for way in row] for row in metres],
        "sources": [_waypoint(one) for one in sources],
        "destinations": [_waypoint(one) for one in destinations],
    }


def _metres(one: Point, other: Point) -> float:
    corner_ = (other[0], one[1])
    legs = great_circle_between([corner_], [one, other])[0]
    return float(legs.sum())


def _waypoint(place: Point) -> dict[str, Any]:
    away = float(great_circle_between([place], [corner(5, 5)])[0, 0])
    return {"distance": max(0.0, away - TOWN_REACHES_M), "location": list(place), "name": "", "hint": ""}


@contextmanager
def osrm_like() -> Iterator[str]:
    """Serve until the end of the block; give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, found = answer(self.path)
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
