"""Asks the owner of a person's data how to reach them, each time, and forgets the answer."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from services.notifier.application.ports import Contact
from shared.contracts.notices import RecipientKind
from shared.kernel.refusals import NotNow

_OWNERS: Final[dict[RecipientKind, tuple[str, str]]] = {
    "resident": ("intake", "residents"),
    "volunteer": ("matcher", "volunteers"),
}


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    email: str | None = None
    phone: str | None = None
    language: str = "zh"


class PeersContacts:
    """Intake knows residents, the matcher knows volunteers."""

    def __init__(self, peers: Callable[[str], httpx.AsyncClient]) -> None:
        self._peers = peers

    async def of(self, kind: RecipientKind, recipient: str) -> Contact | None:
        """Ask for a contact; None if nobody knows the person."""
        if kind not in _OWNERS:
            return None
        service, people = _OWNERS[kind]
        try:
            answer = await self._peers(service).get(f"/{people}/{quote(recipient, safe='')}/contact")
        except httpx.HTTPError as error:
            raise NotNow(f"{service} does not answer ({type(error).__name__})") from error
        if answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            return None
        if answer.status_code != HTTPStatus.OK:
            raise NotNow(f"{service} answered {answer.status_code}")
        return _contact(service, answer)


def _contact(service: str, answer: httpx.Response) -> Contact:
    try:
        read = _Answer.model_validate_json(answer.content)
    except ValidationError:
        # `from None`: the error repeats its input, which is personal data.
        raise NotNow(f"{service} sent a contact that cannot be read") from None
    return Contact(language="en" if read.language == "en" else "zh", email=read.email or None, phone=read.phone)
