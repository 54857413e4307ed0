"""Reads the shipped rows and a city's own over them; a mistake shows here, not at a resident's door."""

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from shared.catalogue.model import Service

SHIPPED = "services.toml"
SECTIONS = ("skill", "credential", "service")
NEAR_MATCHES = 5


class CatalogueError(ValueError):
    """A catalogue file cannot be used; the message names the file, the row, and what to do."""


class UnknownService(LookupError):  # noqa: N818 - it reads as what happened, like every refusal here
    """Somebody asked for a service that no row describes."""

    def __init__(self, code: str, near: tuple[str, ...]) -> None:
        hint = f"did you mean {', '.join(near)}?" if near else "choose one of shared/catalogue/services.toml."
        super().__init__(f"No service '{code}' in the catalogue: {hint} To add it, add a row to the city's own file.")
        self.code = code
        self.near = near


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All services of one city; it never changes while a process runs."""

    services: tuple[Service, ...]
    """In the order of the file, which is the order people see."""
    skills: Mapping[str, str]
    """Every skill that a row may name, with its English name."""
    credentials: Mapping[str, str]
    """Every credential that a row may name, with its English name."""
    _by_code: Mapping[str, Service] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_code = {service.code: service for service in self.services}
        object.__setattr__(self, "_by_code", MappingProxyType(by_code))

    def service(self, code: str) -> Service:
        """Return the row of this code, or raise `UnknownService` with the nearest codes."""
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownService(code, self._near(code)) from None

    def named(self, name: str) -> Service:
        """Return the row of this Chinese or English name, as a spreadsheet has it; a code works too."""
        wanted = name.strip()
        for service in self.services:
            if wanted in (service.name.zh, service.name.en, service.code):
                return service
        raise UnknownService(name, self._near(wanted))

    def codes(self) -> tuple[str, ...]:
        """Return all codes in the order of the file."""
        return tuple(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Service]:
        return iter(self.services)

    def __len__(self) -> int:
        return len(self.services)

    def _near(self, asked: str) -> tuple[str, ...]:
        """Codes that look like what was asked, by code, by name, or by group."""
        code_of = {service.code: service.code for service in self.services}
        code_of |= {service.name.zh: service.code for service in self.services}
        code_of |= {service.name.en: service.code for service in self.services}
        alike = [code_of[text] for text in difflib.get_close_matches(asked, code_of, n=NEAR_MATCHES, cutoff=0.55)]
        group = [code for code in self.codes() if code.partition(".")[0] == asked.partition(".")[0]]
        return tuple(dict.fromkeys([*alike, *group]))[:NEAR_MATCHES]


def load_catalogue(*paths: str | Path) -> Catalogue:
    """Read the shipped rows, then each city file over them, row by row.

    A row of a city file that exists already needs only the fields that differ; a new row needs all of them.

    Raises
    ------
    CatalogueError
        If a file cannot be read, a row breaks a rule, or names a skill or credential that no file declares.
    """
    tables: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    shipped = resources.files("shared.catalogue").joinpath(SHIPPED)
    _overlay(tables, _parse(shipped.read_text(encoding="utf-8"), SHIPPED), SHIPPED)
    for path in paths:
        _overlay(tables, _parse(_read(Path(path)), str(path)), str(path))
    services = tuple(_row(code, fields) for code, fields in tables["service"].items())
    _check_words(services, tables)
    _check_names(services)
    return Catalogue(
        services=services,
        skills=MappingProxyType(tables["skill"]),
        credentials=MappingProxyType(tables["credential"]),
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CatalogueError(
            f"Cannot read {path} ({error.strerror}): check the path of the city's catalogue."
        ) from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path} is not UTF-8: save the file again as UTF-8.") from error


def _parse(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{where} is not valid TOML: {error}. Correct that line.") from error


def _overlay(tables: dict[str, dict[str, Any]], document: dict[str, Any], where: str) -> None:
    for section, rows in document.items():
        if section not in tables or not isinstance(rows, dict):
            raise CatalogueError(f"{where} has '{section}': use tables named {', '.join(SECTIONS)} only.")
        tables[section] = _merged(tables[section], rows)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return below with above written over it; tables are merged, everything else is replaced."""
    result = dict(below)
    for key, value in above.items():
        under = result.get(key)
        result[key] = _merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return result


def _row(code: str, fields: Any) -> Service:
    if not isinstance(fields, dict):
        raise CatalogueError(f"Row '{code}' is not a table: write [service.\"{code}\"] and its fields below.")
    try:
        return Service.model_validate({"code": code, **fields})
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'row'}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        )
        raise CatalogueError(f"Row '{code}' cannot be used: {faults}. Correct the row and load again.") from error


def _check_words(services: tuple[Service, ...], tables: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse a misspelt skill: it would make a service that nobody can ever do."""
    for service in services:
        for section, words in (("skill", service.skills), ("credential", service.credentials)):
            for word in sorted(words - tables[section].keys()):
                near = difflib.get_close_matches(word, tables[section], n=NEAR_MATCHES, cutoff=0.3)
                hint = f"did you mean {', '.join(near)}? If it is new, " if near else ""
                raise CatalogueError(
                    f"Row '{service.code}' needs the {section} '{word}', which no file declares:"
                    f" {hint}declare it under [{section}] with its English name."
                )


def _check_names(services: tuple[Service, ...]) -> None:
    """Refuse two rows of one name: a spreadsheet could not tell them apart."""
    owner: dict[str, str] = {}
    for service in services:
        for name in {service.name.zh, service.name.en}:
            if name in owner:
                raise CatalogueError(f"Rows '{owner[name]}' and '{service.code}' are both called '{name}': rename one.")
            owner[name] = service.code
