"""The HTTP door for sheets of needs, with a report line by line."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field

from services.intake.application.ask import Prepared
from services.intake.application.import_needs import (
    Line,
    RowReport,
    Understood,
    accepted,
    judge,
    understand,
)
from services.intake.application.sheet import Format, read_sheet
from services.intake.entrypoints.desk import Desk, filed, fingerprint
from services.intake.entrypoints.views import View
from shared.kernel.refusals import Refusal
from shared.runtime.http import make_router, refused

IMPORT_PATH: Final = "/needs/import"
MOST_IMPORT_BYTES: Final = 8 * 1024 * 1024
AT_ONCE: Final = 200

_SHEET: Final = {
    "requestBody": {
        "required": True,
        "description": "Up to 8 MiB and 20,000 lines; UTF-8 or GB 18030; headings in Chinese or English.",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "编号,姓名,社区,服务项目,期望开始\nGH-0042,王秀英,观湖社区,送米上门,2026-05-12 14:00\n",
            },
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
                "schema": {"type": "string", "format": "binary"}
            },
        },
    }
}


class RowView(View):
    """What became of one line."""

    line: int = Field(examples=[2])
    outcome: Literal["accepted", "repeated", "refused"]
    number: str | None = Field(default=None, examples=["GH-0042"])
    need: str | None = None
    column: str | None = Field(default=None, examples=["期望开始"])
    code: str | None = Field(default=None, examples=["need.window_past"])
    zh: str | None = None
    en: str | None = None


class ImportReport(View):
    """The report on a sheet. `dry_run`: nothing was taken, the outcomes are what would have been."""

    dry_run: bool
    accepted: int
    repeated: int
    refused: int
    ignored_columns: list[str]
    rows: list[RowView]


def imports_router(desk: Desk) -> APIRouter:
    """Build the route for sheets."""
    router = make_router()

    @router.post(
        IMPORT_PATH, summary="Hand in a sheet of needs", openapi_extra=_SHEET, response_model_exclude_none=True
    )
    async def import_needs(
        request: Request,
        written_as: Annotated[Format, Query(alias="format")] = "csv",
        area: Annotated[str | None, Query(min_length=1, max_length=60)] = None,
        dry_run: Annotated[bool, Query(description="Check only.")] = False,  # noqa: FBT002 - a query parameter
    ) -> ImportReport:
        """Take each line as a whole or refuse it; sending the same sheet again doubles nothing."""
        body = await request.body()
        try:
            sheet = await asyncio.to_thread(read_sheet, body, written_as)
            understood = await asyncio.to_thread(understand, sheet, area=area, world=desk.world)
        except Refusal as refusal:
            raise refused(refusal, status=HTTPStatus.UNPROCESSABLE_ENTITY) from None
        reports = [*understood.reports]
        for start in range(0, len(understood.lines), AT_ONCE):
            lines = understood.lines[start : start + AT_ONCE]
            reports += await _take(desk, lines, understood, dry_run=dry_run)
        if not dry_run:
            _count(desk, reports)
        return _report(reports, understood, dry_run=dry_run)

    return router


async def _take(desk: Desk, lines: Sequence[Line], understood: Understood, *, dry_run: bool) -> list[RowReport]:
    """Judge some lines and, unless this is only a check, take those that can be taken."""
    lines = [_marked(line) for line in lines]
    found = await asyncio.gather(*(desk.particulars.find(line.asked.need) for line in lines))
    files = {file.need: file for file in found if file is not None}
    now = desk.clock.now()
    judged = list(judge(lines, files, header=understood.header, world=desk.world, at=now))
    new = [(line, verdict) for line, verdict in judged if isinstance(verdict, Prepared)]
    reports = [verdict for _, verdict in judged if isinstance(verdict, RowReport)]
    if dry_run:
        return reports + [accepted(line) for line, _ in new]
    opened = [(prepared, filed(prepared, line.fingerprint, now)) for line, prepared in new]
    await desk.keep(opened)
    await desk.admit([*(file for _, file in opened), *files.values()])
    return reports + [accepted(line) for line, _ in new]


def _marked(line: Line) -> Line:
    """Replace the text of a line by its fingerprint: the file keeps no second copy of personal data."""
    return Line(line=line.line, asked=line.asked, fingerprint=fingerprint(line.fingerprint))


def _count(desk: Desk, reports: Sequence[RowReport]) -> None:
    for report in reports:
        desk.metrics.import_rows.labels(report.outcome).inc()


def _report(reports: Sequence[RowReport], understood: Understood, *, dry_run: bool) -> ImportReport:
    outcomes = [report.outcome for report in reports]
    return ImportReport(
        dry_run=dry_run,
        accepted=outcomes.count("accepted"),
        repeated=outcomes.count("repeated"),
        refused=outcomes.count("refused"),
        ignored_columns=[name[:60] for name in understood.header.ignored],
        rows=[RowView(**asdict(report)) for report in sorted(reports, key=lambda report: report.line)],
    )
