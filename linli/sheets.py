"""Hands a community office's sheet in to a running Linli and prints what became of every row."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console
from rich.markup import escape
from rich.table import Table

_MOST_SHOWN: Final = 50
_TIMEOUT_S: Final = 300.0
_NOT_INTAKE: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)


def hand_in(sheet: Path, *, area: str, url: str, dry_run: bool, out: Console) -> bool:
    """Send the sheet and print the report; true if every row was accepted or known already."""
    kind = sheet.suffix.lower().removeprefix(".")
    if kind not in {"csv", "xlsx"}:
        out.print(f"{sheet.name} is neither .csv nor .xlsx. Save the sheet as one of them.", markup=False)
        return False
    url = url.rstrip("/")
    params = {"area": area, "format": kind, "dry_run": str(dry_run).lower()}
    try:
        with out.status(f"Handing in {sheet.name} …"):
            response = httpx.post(f"{url}/needs/import", params=params, content=sheet.read_bytes(), timeout=_TIMEOUT_S)
    except OSError as error:
        out.print(f"{sheet} cannot be read: {error.strerror}", markup=False)
        return False
    except (httpx.TransportError, httpx.InvalidURL) as error:
        out.print(
            f"Linli does not answer at {url} ({error}). Start it with `linli up`, or give its address with --url.",
            markup=False,
        )
        return False
    if response.status_code in _NOT_INTAKE:
        out.print(
            f"Intake does not answer at {url} ({response.status_code} {response.reason_phrase}). Give its address with"
            " --url: that of `linli up` with /intake after it.",
            markup=False,
        )
        return False
    if response.status_code != HTTPStatus.OK:
        _print_problem(response, out)
        return False
    return _print_rows(response.json(), out)


def _print_problem(response: httpx.Response, out: Console) -> None:
    try:
        problem = dict(response.json())
    except (ValueError, TypeError):
        problem = {"detail": response.text[:300]}
    out.print(f"Not accepted ({response.status_code}): {problem.get('detail')}", markup=False)
    for error in problem.get("errors") or ():
        out.print(f"  {error['field']}: {error['message']}", markup=False)


def _print_rows(report: dict[str, object], out: Console) -> bool:
    rows = report["rows"]
    assert isinstance(rows, list)  # noqa: S101 - documented by intake's OpenAPI
    refused = [row for row in rows if row["outcome"] == "refused"]
    counts = {
        outcome: sum(row["outcome"] == outcome for row in rows) for outcome in ("accepted", "repeated", "refused")
    }
    if refused:
        table = Table("line", "编号", "column", "reason", title="Refused rows")
        for row in refused[:_MOST_SHOWN]:
            said = (str(row["line"]), *(row.get(field) or "" for field in ("number", "column", "en")))
            table.add_row(*map(escape, said))
        out.print(table)
        if len(refused) > _MOST_SHOWN:
            out.print(f"… and {len(refused) - _MOST_SHOWN} more")
    out.print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return not refused
