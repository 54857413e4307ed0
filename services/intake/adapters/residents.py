"""Residents as documents: one each, overwritten by the latest word."""

import asyncio
from collections.abc import Sequence
from typing import Final

from pydantic import TypeAdapter

from services.intake.application.resident import Resident
from shared.kernel.refusals import NotNow
from shared.runtime.documents import Collection, Conflict, Document, Documents

RESIDENTS: Final = Collection(name="intake.residents")
_CODEC: Final = TypeAdapter(Resident)
_MOST_TRIES: Final = 10


class ResidentDocuments:
    """The register of residents over the document store."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def keep(self, residents: Sequence[Resident]) -> None:
        """Remember how they are reached; of several entries for one resident the last counts."""
        latest = {resident.id: resident for resident in residents}
        await asyncio.gather(*(self._keep(resident_id, resident) for resident_id, resident in latest.items()))

    async def find(self, resident_id: str) -> Resident | None:
        """Give how a resident is reached."""
        document = await self._documents.load(RESIDENTS.name, resident_id)
        return None if document is None else _CODEC.validate_json(document.state)

    async def _keep(self, resident_id: str, resident: Resident) -> None:
        state = _CODEC.dump_json(resident)
        for _ in range(_MOST_TRIES):
            stored = await self._documents.load(RESIDENTS.name, resident_id)
            if stored is not None and stored.state == state:
                return
            version = stored.version + 1 if stored else 1
            try:
                await self._documents.save(RESIDENTS.name, Document(id=resident_id, version=version, state=state))
            except Conflict:
                continue
            return
        raise NotNow(f"resident {resident_id} was changed by others {_MOST_TRIES} times in a row")
