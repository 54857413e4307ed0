"""Ids are plain strings with a name, so that a volunteer is never passed where a need is meant."""

import hashlib
from typing import NewType

AreaId = NewType("AreaId", str)  # administrative code of a street or town, for example 511083001
CommunityId = NewType("CommunityId", str)
NeedId = NewType("NeedId", str)
ResidentId = NewType("ResidentId", str)
VolunteerId = NewType("VolunteerId", str)
CanteenId = NewType("CanteenId", str)
OfferId = NewType("OfferId", str)
NoticeId = NewType("NoticeId", str)


def derived_id(*parts: str) -> str:
    """Give the same id for the same parts, so that saying a thing twice cannot create it twice.

    Returns 26 hexadecimal characters (104 bits of BLAKE2b), enough for every need a city ever has.
    """
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=13)
    return digest.hexdigest()
