"""The columns of a sheet of needs: Chinese and English headings, and how a line becomes a need that is asked for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Final, TypeVar

from services.intake.application.ask import Asked, Wanted
from services.intake.application.resident import Address, Resident
from shared.contracts.needs import Channel
from shared.kernel.ids import derived_id
from shared.kernel.places import Place
from shared.kernel.refusals import Refusal

T = TypeVar("T")

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "number": "编号",
        "registered_at": "登记时间",
        "channel": "渠道",
        "name": "姓名",
        "phone": "电话",
        "email": "邮箱",
        "language": "语言",
        "area": "片区",
        "community": "社区",
        "compound": "小区",
        "building": "楼栋",
        "unit": "单元",
        "door": "门牌",
        "lon": "经度",
        "lat": "纬度",
        "pickup_lon": "取货经度",
        "pickup_lat": "取货纬度",
        "service": "服务项目",
        "opens": "期望开始",
        "closes": "期望结束",
        "portions": "份数",
        "diet": "忌口",
        "note": "备注",
    }
)
"""English name and Chinese heading. The registration time is the office's own note: a need counts from handing in."""
REQUIRED: Final = ("number", "name", "community", "service")
_FIELDS: Final = {name: name for name in COLUMNS} | {heading: name for name, heading in COLUMNS.items()}

CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {
        "": "import",
        "导入": "import",
        "import": "import",
        "窗口接待": "window",
        "窗口": "window",
        "window": "window",
        "指尖直通": "online",
        "线上": "online",
        "online": "online",
        "心愿上墙": "wish_wall",
        "心愿墙": "wish_wall",
        "wish_wall": "wish_wall",
        "wall": "wish_wall",
    }
)
_LENGTHS: Final = {"note": 500, "diet": 100, "number": 40, "email": 254, "registered_at": 40}
_USUAL_LENGTH: Final = 60
_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_/-]{0,39}")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 -]{3,22}[0-9]")
_EMAIL: Final = re.compile(r"[^@\s<>,;]{1,64}@[A-Za-z0-9.-]{1,190}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_PORTIONS: Final = re.compile(r"([0-9]{1,4})\s*份?")
_LIKE: Final = {
    "number": ("字母、数字和 - _ /，例如 GH-0042", "letters, digits and - _ /, such as GH-0042"),
    "phone": ("数字，例如 0832-3921234", "digits, such as 0832-3921234"),
    "email": ("例如 lin@example.org", "such as lin@example.org"),
    "language": ("例如 zh 或 en", "such as zh or en"),
}
_BETWEEN_DIETS: Final = re.compile(r"[、,，;；/\s]+")
_MOMENT: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]+(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?")


@dataclass(unsafe_hash=True)  # not frozen, for the same reason as `Refusal`
class CellRefusal(Exception):  # noqa: N818 - an answer about one cell, like every refusal
    """One cell does not fit; the line stays out."""

    column: str
    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Which field stands in which column; None where the heading is not known."""

    headings: tuple[str, ...]
    fields: tuple[str | None, ...]

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        """Give a line's cells by field; missing cells are empty."""
        return {field: row[at].strip() if at < len(row) else "" for at, field in enumerate(self.fields) if field}

    def written(self, field: str) -> str:
        """Give the heading of a field as this sheet writes it."""
        for heading, known in zip(self.headings, self.fields, strict=True):
            if known == field:
                return heading
        return COLUMNS[field]

    @property
    def ignored(self) -> tuple[str, ...]:
        """Headings that nobody knows; the report names them, because a misspelt one would be lost silently."""
        return tuple(name for name, field in zip(self.headings, self.fields, strict=True) if field is None and name)


def read_header(headings: Sequence[str]) -> Header:
    """Understand the first line.

    Raises
    ------
    Refusal
        `import.columns_missing` or `import.column_twice`.
    """
    fields = tuple(_FIELDS.get(heading.strip().lower()) for heading in headings)
    missing = [COLUMNS[field] for field in REQUIRED if field not in fields]
    if missing:
        names = "、".join(missing)
        zh, en = f"缺少列：{names}。", f"These columns are missing: {names}. Write them in the first line."
        raise Refusal("import.columns_missing", zh, en)
    twice = sorted({COLUMNS[field] for field in fields if field and fields.count(field) > 1})
    if twice:
        names = "、".join(twice)
        zh, en = f"重复的列：{names}。", f"These columns stand there twice: {names}. Keep one of each."
        raise Refusal("import.column_twice", zh, en)
    return Header(headings=tuple(headings), fields=fields)


def read_line(cells: Mapping[str, str], *, area: str | None, timezone: tzinfo) -> Asked:
    """Make what is asked for of one line.

    Raises
    ------
    CellRefusal
        If a cell does not fit.
    """
    for field, text in cells.items():
        _check_text(field, text)
    number = _matched(cells, "number", _NUMBER)
    where = cells.get("area") or area
    return Asked(
        need=import_id(where or cells["community"], number),
        area=where,
        community=cells["community"],
        service=cells["service"],
        channel=_channel(cells.get("channel", "")),
        resident=_resident(cells),
        wanted=_wanted(cells, timezone),
        number=number,
        note=cells.get("note", ""),
    )


def import_id(area: str, number: str) -> str:
    """Give the id of a need by its area and number, so that the same sheet can be sent twice."""
    return derived_id("need", "import", area, number)


def _check_text(field: str, text: str) -> None:
    longest = _LENGTHS.get(field, _USUAL_LENGTH)
    if len(text) > longest:
        raise _cell(field, "too_long", f"最多 {longest} 个字。", f"At most {longest} characters; shorten it.")
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):  # noqa: PLR2004 - below space: control signs
        raise _cell(field, "not_plain", "含有控制字符。", "It holds control characters; type it again.")
    if field in REQUIRED and not text:
        raise _cell(field, "missing", "不能为空。", "It must not be empty; fill it in.")


def _resident(cells: Mapping[str, str]) -> Resident:
    return Resident(
        area="",
        community="",
        name=cells["name"],
        phone=_optional(cells, "phone", _PHONE),
        email=_optional(cells, "email", _EMAIL),
        language=_optional(cells, "language", _LANGUAGE) or "zh",
        address=Address(**{part: cells.get(part, "") for part in ("compound", "building", "unit", "door")}),
        place=_place(cells, "lon", "lat"),
    )


def _wanted(cells: Mapping[str, str], timezone: tzinfo) -> Wanted:
    portions = _PORTIONS.fullmatch(cells.get("portions", "") or "1")
    if portions is None:
        raise _cell("portions", "no_number", "份数应为整数。", "Portions are a whole number, for example 2.")
    return Wanted(
        opens=_moment(cells, "opens", timezone),
        closes=_moment(cells, "closes", timezone),
        portions=int(portions[1]),
        diets=tuple(diet for diet in _BETWEEN_DIETS.split(cells.get("diet", "")) if diet),
        pickup=_place(cells, "pickup_lon", "pickup_lat"),
    )


def _channel(text: str) -> Channel:
    channel = CHANNELS.get(text.lower())
    if channel is None:
        known = "、".join(name for name in CHANNELS if name and not name.isascii())
        raise _cell("channel", "unknown", f"没有这个渠道，可填：{known}。", f"Unknown channel; write one of {known}.")
    return channel


def _moment(cells: Mapping[str, str], field: str, timezone: tzinfo) -> datetime | None:
    """Read a time as people write it; without a zone it is the city's own."""
    text = cells.get(field, "")
    if not text:
        return None
    written = _MOMENT.fullmatch(text)
    try:
        parsed = datetime.fromisoformat(_as_iso(written) if written else text)
    except ValueError:
        en = "It is no time; write it as 2026-05-12 11:00."
        raise _cell(field, "no_time", "时间无法识别，请写成 2026-05-12 11:00。", en) from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone)


def _as_iso(written: re.Match[str]) -> str:
    year, month, day, hour, minute, second = (int(part or 0) for part in written.groups())
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"


def _place(cells: Mapping[str, str], lon: str, lat: str) -> Place | None:
    east, north = cells.get(lon, ""), cells.get(lat, "")
    if not (east or north):
        return None
    try:
        return Place(lon=float(east), lat=float(north))  # which refuses NaN as well: it lies in no range
    except ValueError:
        en = "Longitude and latitude are two numbers in degrees, such as 105.278 and 29.346; fill in both."
        raise _cell(lon, "no_place", "经纬度应为两个数字，例如 105.278 和 29.346。", en) from None


def _optional(cells: Mapping[str, str], field: str, pattern: re.Pattern[str]) -> str | None:
    return _matched(cells, field, pattern) if cells.get(field) else None


def _matched(cells: Mapping[str, str], field: str, pattern: re.Pattern[str]) -> str:
    text = cells[field]
    if not pattern.fullmatch(text):
        zh, en = _LIKE[field]
        raise _cell(field, "does_not_fit", f"格式不对，应为：{zh}。", f"It is not written as expected: {en}.")
    return text


def _cell(field: str, code: str, zh: str, en: str) -> CellRefusal:
    return CellRefusal(column=field, refusal=Refusal(f"cell.{code}", zh, en))
