"""The HTTP doors of the four services, as people and offices use them: patient when a service is away."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Protocol

import httpx

SERVICES: Final = ("intake", "matcher", "notifier", "console")
_PAUSE_S: Final = 0.2


class Reply(Protocol):
    """An HTTP response, as far as it is looked at here."""

    @property
    def status_code(self) -> int:
        """The status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, by their names in small letters."""
        ...

    @property
    def text(self) -> str:
        """The body as text."""
        ...

    def json(self) -> Any:
        """Read the body as JSON."""
        ...


class Client(Protocol):
    """Whoever carries a request to a service: `httpx.AsyncClient`, or a client in the same process."""

    async def request(  # noqa: PLR0913 - an HTTP request has this many parts
        self,
        method: str,
        path: str,
        /,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
        json: object = None,
    ) -> Reply:
        """Make one request."""
        ...


class CityAwayError(Exception):
    """A service did not come back within the patience of the rehearsal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service said."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        """True when the service did what was asked."""
        return self.status < HTTPStatus.BAD_REQUEST

    @property
    def code(self) -> str:
        """The stable code of a problem, for example `offer.expired`; empty if all is well."""
        return "" if self.ok else str(self.body.get("type", "")).removeprefix("urn:linli:problem:")


class Doors:
    """Calls services by name; a call that fails because a service is away is made again, with the same key."""

    def __init__(self, clients: Mapping[str, Client], *, patience_s: float = 120.0) -> None:
        self._clients = clients
        self._patience_s = patience_s
        self.came_back: Callable[[], Awaitable[None]] | None = None
        """Called after a service was away, before the call is made again: the rehearsal sets its clock anew."""

    async def call(  # noqa: PLR0913 - an HTTP request has this many parts
        self,
        service: str,
        method: str,
        path: str,
        *,
        json: object = None,
        content: bytes | None = None,
        key: str | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make one request.

        Raises
        ------
        CityAwayError
            If the service does not answer within the patience.
        """
        headers = {"Idempotency-Key": key} if key else {}
        if content is not None:
            headers["Content-Type"] = "text/csv"
        request: dict[str, Any] = {"json": json} if json is not None else {}
        deadline = asyncio.get_running_loop().time() + self._patience_s
        while True:
            try:
                response = await self._clients[service].request(
                    method, path, headers=headers, content=content, params=params, **request
                )
                if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                    return Answer(status=response.status_code, body=_body(response))
                reason = response.text
            except httpx.TransportError as error:
                reason = repr(error)
            if asyncio.get_running_loop().time() > deadline:
                raise CityAwayError(f"{service} did not answer {method} {path} for {self._patience_s:.0f} s: {reason}")
            await self._until_ready(service, deadline)

    async def _until_ready(self, service: str, deadline: float) -> None:
        """Ask until the service can work again, then tell whoever must know."""
        while asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(_PAUSE_S)
            try:
                response = await self._clients[service].request("GET", "/internal/ready")
            except httpx.TransportError:
                continue
            if response.status_code == HTTPStatus.OK:
                break
        if self.came_back is not None:
            await self.came_back()


def _body(response: Reply) -> Any:
    if "json" in response.headers.get("content-type", ""):
        return response.json()
    return response.text
