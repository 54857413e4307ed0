"""Chance without order: what happens to one person or need depends on its own keys, never on who was asked before."""

import heapq
from collections.abc import Mapping
from hashlib import blake2b
from random import Random
from typing import TypeVar

Key = TypeVar("Key")

_DRAW_BYTES = 7  # 56 bits: more than a float can tell apart below 1


def _digest(seed: int, keys: tuple[object, ...]) -> int:
    text = "\x1f".join([str(seed), *map(str, keys)])
    return int.from_bytes(blake2b(text.encode(), digest_size=_DRAW_BYTES).digest())


def chance(seed: int, *keys: object) -> float:
    """Return a number in [0, 1) that is the same whenever the seed and the keys are the same."""
    return (_digest(seed, keys) >> 3) / 2**53


def dice(seed: int, *keys: object) -> Random:
    """Return the entity's own generator, so that adding an entity shifts no other."""
    return Random(_digest(seed, keys))


def pick(dice_of_one: Random, weighted: Mapping[Key, float]) -> Key:
    """Draw one of the keys by its weight."""
    return dice_of_one.choices(list(weighted), weights=list(weighted.values()))[0]


def turns(weights: Mapping[Key, float], count: int) -> tuple[Key, ...]:
    """Give count seats to the keys in proportion to their weights, one seat after the other.

    Sainte-Laguë's method: every beginning of the result is itself proportional, and a longer result begins with the
    shorter one, so a city can grow without moving anybody.
    """
    if count > 0 and not any(weight > 0 for weight in weights.values()):
        raise ValueError(f"{count} seats and nobody to give them to: at least one weight must be above zero.")
    queue = [(-weight, place, 0, key) for place, (key, weight) in enumerate(weights.items()) if weight > 0]
    heapq.heapify(queue)
    seated = []
    for _ in range(count):
        _, place, seats, key = heapq.heappop(queue)
        seated.append(key)
        heapq.heappush(queue, (-weights[key] / (2 * seats + 3), place, seats + 1, key))
    return tuple(seated)


def seats(weights: Mapping[Key, float], count: int) -> dict[Key, tuple[int, ...]]:
    """Return for every key the positions that `turns` gives it, counted from 0."""
    positions: dict[Key, list[int]] = {key: [] for key in weights}
    for position, key in enumerate(turns(weights, count)):
        positions[key].append(position)
    return {key: tuple(held) for key, held in positions.items()}
