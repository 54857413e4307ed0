"""Speaks HTTP with a service in this process: the same request and answer, without a socket or a client library.

A rehearsal makes thousands of small requests; preparing each in a client took as long as a third of answering it.
"""

import asyncio
import json
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from starlette.types import ASGIApp


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back."""

    status_code: int
    headers: Mapping[str, str]  # names in small letters
    content: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """Read the body as JSON."""
        return json.loads(self.content)


class InProcess:
    """A client of one ASGI application."""

    def __init__(self, application: ASGIApp, *, host: str) -> None:
        self._application = application
        self._host = host

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
        """Make one request. A fault of the application looks as it does over the network: as a 500."""
        body, sent = _body(content, json), dict(headers or {})
        if content is None and json is not None:
            sent["Content-Type"] = "application/json"
        exchange = _Exchange(body)
        try:
            await self._application(
                self._scope(method, path, params or {}, sent, body), exchange.receive, exchange.send
            )
        except Exception:  # noqa: BLE001 - the application has logged it and answered, if it still could
            exchange.status = HTTPStatus.INTERNAL_SERVER_ERROR
        return Reply(status_code=exchange.status, headers=exchange.headers, content=b"".join(exchange.chunks))

    def _scope(
        self, method: str, path: str, params: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        sent = {"host": self._host, "content-length": str(len(body)), **headers}
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": quote(path).encode(),
            "query_string": urlencode(params).encode(),
            "root_path": "",
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()],
            "server": (self._host, 80),
            "client": ("127.0.0.1", 1),
        }


class _Exchange:
    """Both directions of one request."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self.status: int = HTTPStatus.INTERNAL_SERVER_ERROR
        self.headers: dict[str, str] = {}
        self.chunks: list[bytes] = []
        self._complete = asyncio.Event()

    async def receive(self) -> MutableMapping[str, Any]:
        """Hand over the whole body; once the answer is complete, say that the caller is gone."""
        body, self._body = self._body, None
        if body is not None:
            return {"type": "http.request", "body": body}
        await self._complete.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Take the answer in."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]
            }
        elif message["type"] == "http.response.body":
            self.chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                self._complete.set()


def _body(content: bytes | None, value: object) -> bytes:
    if content is not None:
        return content
    return b"" if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
