"""E-mail over SMTP. What the server said decides: later, never, or 'nobody knows'.

Reasons carry reply codes only: what servers write after the code often repeats the address.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final, Literal

import aiosmtplib

from services.notifier.application.ports import Letter, Outcome, Result

_PERMANENT: Final = 500
_HANDSHAKES: Final = (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPHeloError, aiosmtplib.SMTPAuthenticationError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where letters are handed over, and as whom."""

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"]
    user: str | None
    password: str | None = field(repr=False)
    sender: str
    timeout_s: float


class EmailChannel:
    """Hands each letter to the SMTP server, one connection a letter."""

    name = "e-mail"

    def __init__(self, server: Server) -> None:
        self._server = server

    async def send(self, letter: Letter) -> Result:
        """Deliver the letter to the server; a connection lost while it judges the text leaves the result unknown."""
        server = self._server
        if letter.address is None:
            return Result(kind="failed", reason="no_address")
        try:
            mail = _mail(letter, server.sender).as_bytes()
        except ValueError:
            return Result(kind="failed", reason="address_not_usable")
        client = self._client()
        try:
            async with asyncio.timeout(server.timeout_s):
                await client.connect()
                await client.mail(server.sender)
                await client.rcpt(letter.address)
        except aiosmtplib.SMTPResponseException as error:
            client.close()
            return _answered(error, about_us=isinstance(error, _HANDSHAKES))
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            return Result(kind="delayed", reason=f"smtp_{type(error).__name__}")
        return await self._hand_over(client, mail)

    async def outcome(self, attempt: str) -> Outcome:  # noqa: ARG002 - SMTP has no way to ask
        """SMTP cannot be asked about the past."""
        return "unknown"

    async def _hand_over(self, client: aiosmtplib.SMTP, mail: bytes) -> Result:
        try:
            async with asyncio.timeout(self._server.timeout_s):
                await client.data(mail)
        except aiosmtplib.SMTPResponseException as error:
            client.close()
            return _answered(error, about_us=False)
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            return Result(kind="unknown", reason=f"smtp_{type(error).__name__}_after_data")
        await self._say_goodbye(client)
        return Result(kind="sent")

    @staticmethod
    async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
        """QUIT as RFC 5321 asks; the letter is accepted already, so nothing that goes wrong here matters."""
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit(timeout=2)
        client.close()

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            timeout=server.timeout_s,
        )


def _answered(error: aiosmtplib.SMTPResponseException, *, about_us: bool) -> Result:
    """Read the reply code. A refusal of ourselves is the operator's to repair, so the letter waits."""
    permanent = error.code >= _PERMANENT and not about_us
    return Result(kind="failed" if permanent else "delayed", reason=f"smtp_{error.code}")


def _mail(letter: Letter, sender: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = letter.address
    mail["Subject"] = " ".join(letter.subject.split())
    mail["Date"] = letter.at
    mail["Message-ID"] = f"<{letter.attempt}@{sender.rpartition('@')[2] or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday answers, please
    mail.set_content(letter.text + "\n")
    return mail
