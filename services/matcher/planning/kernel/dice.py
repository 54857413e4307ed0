"""Repeatable randomness inside kernels: SplitMix64 (Steele, Lea, Flood 2014) on one word of memory."""

from math import log

import numpy as np

from services.matcher.planning.kernel.compiled import Array, compiled

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
TINY = 1e-300  # keeps the logarithm of a rolled zero finite
S11, S27, S30, S31 = np.uint64(11), np.uint64(27), np.uint64(30), np.uint64(31)


def seed_of(seed: int) -> Array:
    """Make dice for a seed; different seeds give unrelated rolls."""
    return np.array([(seed * 0xD1342543DE82EF95 + 0x2545F4914F6CDD1D) % 2**64], dtype=np.uint64)


@compiled
def roll(dice: Array) -> float:
    """Return a number in [0, 1)."""
    dice[0] += GOLDEN
    word = dice[0]
    word = (word ^ (word >> S30)) * MIX_1
    word = (word ^ (word >> S27)) * MIX_2
    word ^= word >> S31
    return float(word >> S11) * (1.0 / 9007199254740992.0)


@compiled
def throw(dice: Array, sides: int) -> int:
    """Return a whole number in [0, sides)."""
    return min(int(roll(dice) * sides), sides - 1)


@compiled
def log_roll(dice: Array) -> float:
    """Return the natural logarithm of a number in (0, 1)."""
    return log(roll(dice) + TINY)
