"""Looks for what would keep Linli from starting, so that a wrong setting ends with its remedy, not a traceback."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.console.settings import ConsoleSettings
from services.intake.settings import IntakeSettings
from services.matcher.settings import MatcherSettings
from services.notifier.settings import NotifierSettings
from shared.catalogue.city import CityError, load_city
from shared.catalogue.load import CatalogueError, load_catalogue
from shared.runtime.environment import SQLITE_NAME
from shared.runtime.settings import RuntimeSettings, faults_in

try:
    import fcntl
except ImportError:  # Windows: two at once are not noticed there
    fcntl = None  # type: ignore[assignment]

_ALL_SETTINGS: Final = (IntakeSettings, MatcherSettings, NotifierSettings, ConsoleSettings)
_SQLITE_BEGINS: Final = b"SQLite format 3\0"
_LOCK_NAME: Final = "linli.lock"


class CannotStartError(Exception):
    """Something has to be put right first; the message says what, and how."""


def check_store(**chosen: Any) -> None:
    """Raise `CannotStartError` if the settings do not fit or the database cannot be opened.

    `chosen` are settings that override the environment, for example `data_dir`.
    """
    _stop_at(faults_of_settings(**chosen))
    _stop_at([fault_of_data_dir(RuntimeSettings(**chosen))])


def check_start(**chosen: Any) -> None:
    """Raise `CannotStartError` if the services could not be started; `chosen` as for `check_store`."""
    check_store(**chosen)
    settings = IntakeSettings(**chosen)
    _stop_at([fault_of_catalogue(settings), fault_of_city(settings), fault_of_timezone(settings)])


def _stop_at(faults: list[str]) -> None:
    if said := [fault for fault in faults if fault]:
        raise CannotStartError(" ".join(said))


def check_no_database(folder: Path) -> None:
    """Raise `CannotStartError` if a database lies there: a day is played once, from its beginning."""
    if (folder / SQLITE_NAME).exists():
        raise CannotStartError(f"There is a database in {folder} already. Name another folder, or move it away.")


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other processes out of the folder meanwhile; make it if missing.

    The system itself frees the lock when the process ends, however it ends, so the file that stays means nothing.

    Raises
    ------
    CannotStartError
        If another process is in there.
    """
    if fcntl is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK_NAME).open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStartError(
                f"Another Linli uses the folder {folder}. Stop it first, or name another folder (linli up --data,"
                " linli demo --keep)."
            ) from error
        yield


def check_door(host: str, port: int) -> None:
    """Raise `CannotStartError` if nobody can listen there."""
    try:
        for family, kind, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        raise CannotStartError(
            f"Port {port} of {host} cannot be used ({error.strerror})."
            " Choose another with --port, or correct LINLI_HOST if it is set."
        ) from error


def faults_of_settings(**chosen: Any) -> list[str]:
    """Give each variable of all services that does not fit, by its name."""
    said = [fault for kind in _ALL_SETTINGS for fault in faults_in(kind, **chosen)]
    return list(dict.fromkeys(said))  # what all services share is said once


def fault_of_data_dir(settings: RuntimeSettings) -> str:
    """Say what is wrong with the folder of the database; empty if nothing is."""
    if settings.mode == "distributed":
        return ""
    folder = settings.data_dir
    try:
        while not folder.exists():
            folder = folder.parent
        if not (folder.is_dir() and os.access(folder, os.W_OK)):
            return f"{folder} is no folder that can be written; set LINLI_DATA_DIR, or change its owner."
        return _fault_of_database(settings.data_dir / SQLITE_NAME)
    except OSError as error:
        return f"{settings.data_dir} cannot be used ({error.strerror}); set LINLI_DATA_DIR, or change its owner."


def _fault_of_database(database: Path) -> str:
    if not database.exists():
        return ""
    with database.open("rb") as file:
        begins = file.read(len(_SQLITE_BEGINS))
    if begins in (b"", _SQLITE_BEGINS):
        return ""
    return f"{database} is no database; put a copy in its place (docs/runbook.md), or name another folder."


def fault_of_catalogue(settings: RuntimeSettings) -> str:
    """Say what is wrong with the city's own catalogue; empty if nothing is."""
    try:
        load_catalogue(*settings.catalogue)
    except (CatalogueError, OSError) as error:
        return str(error)
    return ""


def fault_of_city(settings: IntakeSettings) -> str:
    """Say what is wrong with the city's register; empty if nothing is, or if none is named."""
    try:
        if settings.city is not None:
            load_city(settings.city)
    except CityError as error:
        return str(error)
    return ""


def fault_of_timezone(settings: RuntimeSettings) -> str:
    """Say what is wrong with the time zone; empty if nothing is."""
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"LINLI_TIMEZONE: there is no time zone {settings.timezone}; an example is Asia/Shanghai."
    return ""
