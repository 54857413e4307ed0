"""The file of each need as a document: what was asked, the note, what people said about it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pydantic import TypeAdapter

from services.intake.application.ports import Particulars, Remark
from shared.kernel.refusals import NotNow
from shared.runtime.documents import Collection, Conflict, Document, Documents

PARTICULARS: Final = Collection(name="intake.particulars")
MOST_REMARKS: Final = 50
_CODEC: Final = TypeAdapter(Particulars)
_MOST_TRIES: Final = 10


class ParticularsDocuments:
    """The files over the document store."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def add(self, particulars: Sequence[Particulars]) -> None:
        """Open files; one that is there already stays as it is."""
        new = [Document(id=one.need, version=1, state=_CODEC.dump_json(one)) for one in particulars]
        await self._documents.add(PARTICULARS.name, new)

    async def find(self, need: str) -> Particulars | None:
        """Give the file of a need."""
        document = await self._documents.load(PARTICULARS.name, need)
        return None if document is None else _CODEC.validate_json(document.state)

    async def write(self, need: str, *, note: str | None = None, remark: Remark | None = None) -> None:
        """Change the note or add a remark; what is written already is not written twice."""
        for _ in range(_MOST_TRIES):
            document = await self._documents.load(PARTICULARS.name, need)
            if document is None:
                return
            before = _CODEC.validate_json(document.state)
            after = _written(before, note, remark)
            if after == before:
                return
            changed = Document(id=need, version=document.version + 1, state=_CODEC.dump_json(after))
            try:
                await self._documents.save(PARTICULARS.name, changed)
            except Conflict:
                continue
            return
        raise NotNow(f"the file of need {need} was changed by others {_MOST_TRIES} times in a row")


def _written(file: Particulars, note: str | None, remark: Remark | None) -> Particulars:
    if note is not None:
        file = replace(file, note=note)
    if remark is not None and remark not in file.remarks:
        file = replace(file, remarks=(*file.remarks, remark)[-MOST_REMARKS:])
    return file
