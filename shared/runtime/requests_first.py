"""Lets people go first: what a process does by itself waits for the requests it has in hand, for a bounded time.

In the embedded mode requests and followers share one event loop, first come, first served: a burst of needs would wait
behind the facts about the needs before it. Somebody looks at a screen until a request is answered; a fact can wait.
"""

import asyncio
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

_PATIENCE_S: Final = 0.05
_AT_MOST_S: Final = 1.0


class RequestsFirst:
    """The requests in hand in this process, and the queue of what goes after them.

    Parameters
    ----------
    patience_s
        How long the first in the queue waits for requests, in seconds: also under a load that never ends, one is let
        through each time.
    at_most_s
        How long a request counts as in hand, in seconds. Slow uploads and questions to a solver take long and hardly
        any processor: they hold nobody up.
    """

    def __init__(self, *, patience_s: float = _PATIENCE_S, at_most_s: float = _AT_MOST_S) -> None:
        self._patience_s = patience_s
        self._at_most_s = at_most_s
        self._in_hand: set[object] = set()
        self._free = asyncio.Event()
        self._free.set()
        self._queue = asyncio.Lock()  # first come, first served
        self.came = 0  # requests, ever

    @property
    def busy(self) -> bool:
        """True while requests are in hand."""
        return bool(self._in_hand)

    @contextmanager
    def request(self) -> Iterator[Callable[[], None]]:
        """Have a request in hand until the given function is called, at the latest until the end of the `with`."""
        one = object()

        def let_go() -> None:
            self._in_hand.discard(one)
            if not self._in_hand:
                self._free.set()

        self.came += 1
        self._in_hand.add(one)
        self._free.clear()
        timer = asyncio.get_running_loop().call_later(self._at_most_s, let_go)
        try:
            yield let_go
        finally:
            timer.cancel()
            let_go()

    async def after_you(self) -> None:
        """Return when no request is in hand, one caller at a time, or after a bounded wait."""
        async with self._queue:
            # What has just arrived at a socket becomes a request two turns of the loop later.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            try:
                async with asyncio.timeout(self._patience_s):
                    await self._free.wait()
            except TimeoutError:
                return


class Counted:
    """ASGI middleware at the door to the network: what comes through it is in hand until its answer begins."""

    def __init__(self, application: ASGIApp, requests: RequestsFirst) -> None:
        self._application = application
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and have the request in hand meanwhile; of an event stream only the beginning counts."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        with self._requests.request() as let_go:

            async def watched(message: MutableMapping[str, Any]) -> None:
                let_go()
                await send(message)

            await self._application(scope, receive, watched)
