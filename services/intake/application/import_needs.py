"""The story of a sheet of needs: every line is taken as a whole or refused with its line and column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal

from services.intake.application.ask import Asked, Prepared, World, prepare
from services.intake.application.columns import CellRefusal, Header, import_id, read_header, read_line
from services.intake.application.ports import Particulars
from services.intake.application.sheet import Row, Sheet
from shared.catalogue.city import UnknownPlace
from shared.kernel.refusals import Refusal

COLUMN_OF: Mapping[str, str] = MappingProxyType(
    {
        "area.unknown": "area",
        "community.unknown": "community",
        "service.unknown": "service",
        "need.portions": "portions",
        "need.sensitive_on_wall": "channel",
        "need.window_backwards": "closes",
        "need.number_twice": "number",
    }
)
TWICE: Final = Refusal(
    "need.number_twice",
    "这个编号在表中已有另一条需求。",
    "Another line of this sheet has the same number; give each need its own.",
)
CHANGED: Final = Refusal(
    "need.registered_differently",
    "这个编号已登记，内容不同；请在需求页面修改。",
    "This number is registered with other words; change that need instead of importing it again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that could be understood."""

    line: int
    asked: Asked
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """What became of one line."""

    line: int
    outcome: Literal["accepted", "repeated", "refused"]
    number: str | None = None
    need: str | None = None
    column: str | None = None
    code: str | None = None
    zh: str | None = None
    en: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """A sheet after reading: lines to take, and lines that are refused or repeat another already."""

    header: Header
    lines: tuple[Line, ...]
    reports: tuple[RowReport, ...]


def understand(sheet: Sheet, *, area: str | None, world: World) -> Understood:
    """Read every line; a line that does not fit costs only itself.

    Raises
    ------
    Refusal
        If the headings do not fit, the area is unknown, or no register is set.
    """
    header, code = read_header(sheet.headings), _area_code(area, world)
    lines: dict[str, Line] = {}
    reports: list[RowReport] = []
    for row in sheet.rows:
        read = _read(row, header, code, world)
        if isinstance(read, RowReport):
            reports.append(read)
        elif (before := lines.setdefault(read.asked.need, read)) is not read:
            reports.append(_again(read, before, header))
    return Understood(header=header, lines=tuple(lines.values()), reports=tuple(reports))


def judge(
    lines: Sequence[Line], files: Mapping[str, Particulars], *, header: Header, world: World, at: datetime
) -> Iterator[tuple[Line, Prepared | RowReport]]:
    """Say for each line whether it can be taken; what is on file is never judged by today's rules again."""
    for line in lines:
        file = files.get(line.asked.need)
        if file is not None:
            yield line, _on_file(line, file, header)
            continue
        try:
            yield line, prepare(line.asked, world, at)
        except Refusal as refusal:
            yield line, refuse(line.line, refusal, header, number=line.asked.number)


def accepted(line: Line) -> RowReport:
    """Report a line that was taken."""
    return RowReport(line=line.line, outcome="accepted", number=line.asked.number, need=line.asked.need)


def refuse(line: int, refusal: Refusal, header: Header, *, number: str | None, column: str | None = None) -> RowReport:
    """Report a line that stays out, and where to look."""
    field = column or COLUMN_OF.get(refusal.code, "opens")
    return RowReport(
        line=line,
        outcome="refused",
        number=number,
        column=header.written(field),
        code=refusal.code,
        zh=refusal.zh,
        en=refusal.en,
    )


def _area_code(area: str | None, world: World) -> str | None:
    city = world.known_city()
    try:
        return city.area(area).code if area else None
    except UnknownPlace as unknown:
        raise Refusal("area.unknown", f"没有片区“{area}”。", str(unknown)) from None


def _read(row: Row, header: Header, area: str | None, world: World) -> Line | RowReport:
    cells = header.cells(row.cells)
    try:
        asked = read_line(cells, area=area, timezone=world.timezone)
    except CellRefusal as cell:
        return refuse(row.line, cell.refusal, header, number=cells.get("number") or None, column=cell.column)
    text = "\x1f".join(f"{field}={cells[field]}" for field in sorted(cells) if cells[field])
    return Line(line=row.line, asked=_in_its_area(asked, world), fingerprint=text)


def _in_its_area(asked: Asked, world: World) -> Asked:
    """File the line under its area's code, so that its id is the same whether the area was given or not."""
    city = world.known_city()
    try:
        area = city.area(asked.area).code if asked.area else city.community(asked.community).area
    except UnknownPlace:
        return asked  # refused with its column when it is judged
    return replace(asked, area=area, need=import_id(area, asked.number or ""))


def _again(line: Line, before: Line, header: Header) -> RowReport:
    if line.fingerprint != before.fingerprint:
        return refuse(line.line, TWICE, header, number=line.asked.number)
    return RowReport(line=line.line, outcome="repeated", number=line.asked.number, need=line.asked.need)


def _on_file(line: Line, file: Particulars, header: Header) -> RowReport:
    if file.fingerprint != line.fingerprint:
        return refuse(line.line, CHANGED, header, number=line.asked.number, column="number")
    return RowReport(line=line.line, outcome="repeated", number=line.asked.number, need=line.asked.need)
