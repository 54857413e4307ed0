"""Ids that are derived from what they stand for, so that whoever says a thing twice says one thing."""

import hashlib


def derived_id(*parts: str) -> str:
    """Give the same id for the same parts, so that saying a thing twice cannot create it twice.

    Returns 26 hexadecimal characters (104 bits of BLAKE2b), enough for every need a city ever has.
    """
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=13)
    return digest.hexdigest()
