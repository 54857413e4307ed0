"""Reads the file in which a city writes its own factors."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from services.matcher.application.travel_book import MODES
from services.matcher.planning.travel import SPEEDS, Factors, Speed


def load_factors(path: Path) -> Factors:
    """Read detours and speeds, as `linli fit-travel` writes them.

    Raises
    ------
    ValueError
        If the file cannot be read or a value does not fit; the message names it.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}): check LINLI_TRAVEL_FACTORS") from error
    except ValueError as error:  # also of bytes that are no text, and of numbers that are too long to be read
        raise ValueError(f"{path} is not valid TOML: {error}") from error
    unknown = sorted(written.keys() - {"everywhere", "area"})
    if unknown:
        raise ValueError(f"{path}: {unknown[0]} is not known; write [everywhere.MODE] or [area.CODE.MODE]")
    everywhere = _speeds(path, "everywhere", written.get("everywhere", {}), SPEEDS)
    areas = written.get("area", {})
    if not isinstance(areas, Mapping):
        raise ValueError(f"{path}: area is not a table; write [area.CODE.MODE]")  # noqa: TRY004 - the file's fault
    return Factors(
        everywhere=everywhere,
        areas={code: _speeds(path, f"area.{code}", table, everywhere) for code, table in areas.items()},
    )


def _speeds(path: Path, where: str, table: Any, default: Sequence[Speed]) -> tuple[Speed, ...]:
    if not isinstance(table, Mapping) or table.keys() - MODES.keys():
        raise ValueError(f"{path}: {where} may have the modes {', '.join(MODES)}, each a table, and nothing else")
    return tuple(_speed(path, f"{where}.{mode}", table.get(mode, {}), default[place]) for mode, place in MODES.items())


def _speed(path: Path, where: str, table: Any, default: Speed) -> Speed:
    known = {field.name: getattr(default, field.name) for field in fields(Speed)}
    if not isinstance(table, Mapping) or table.keys() - known.keys():
        raise ValueError(f"{path}: {where} may have {', '.join(known)}, and nothing else")
    values = known | dict(table)
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or (name == "stop_s" and value % 1 != 0):
            raise ValueError(f"{path}: {where}.{name} is {value!r}; it must be a number, whole for stop_s")
    try:
        return Speed(detour=values["detour"], km_h=values["km_h"], stop_s=int(values["stop_s"]))
    except ValueError as error:
        raise ValueError(f"{path}: {where}: {error}") from error
