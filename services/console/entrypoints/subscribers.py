"""What the console does with what it hears: keep it, then show it."""

from collections.abc import Awaitable, Callable, Sequence

from shared.contracts.topics import TOPICS
from shared.runtime.log import Received, Subscription

Keep = Callable[[Sequence[Received]], Awaitable[None]]


def subscriptions(keep: Keep) -> tuple[Subscription, ...]:
    """Hear every topic in one subscription, so that an area's facts are taken in together."""
    return (Subscription(topics=tuple(topic.name for topic in TOPICS), group="console", handler=keep),)
