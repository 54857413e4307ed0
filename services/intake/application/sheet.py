"""Reads a spreadsheet as offices send it, CSV or xlsx, into lines of text; a broken file is refused as a whole."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from python_calamine import CalamineWorkbook

from shared.kernel.refusals import Refusal

Format = Literal["csv", "xlsx"]

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 100
MOST_UNPACKED_BYTES: Final = 64 * 1024 * 1024
_CHUNK_BYTES: Final = 1024 * 1024
_DELIMITERS: Final = (",", ";", "\t")
_CELL: Final = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]{1,4})([0-9]{1,9})\s*["']""")
_HIDDEN_CELL: Final = re.compile(rb"""\sr\s*=\s*(?:"[^"]*&|'[^']*&)""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the sheet, as it is numbered in the file."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The headings and the lines below them that are not empty."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheet(body: bytes, written_as: Format) -> Sheet:
    """Read the sheet.

    Raises
    ------
    Refusal
        `import.empty`, `import.encoding`, `import.broken`, `import.not_a_workbook`, `import.too_large_inside`,
        `import.too_many_columns` or `import.too_many_rows`.
    """
    if not body.strip():
        raise Refusal("import.empty", "文件是空的。", "The file is empty; send a sheet with a line of headings.")
    rows = list(_bounded(_csv_rows(body) if written_as == "csv" else _xlsx_rows(body)))
    if not rows:
        raise Refusal("import.empty", "表格里没有内容。", "The sheet has no content; write headings in the first line.")
    return Sheet(headings=tuple(cell.strip() for cell in rows[0].cells), rows=tuple(rows[1:]))


def _bounded(rows: Iterator[Row]) -> Iterator[Row]:
    """Leave out empty lines; refuse a sheet that is too long or too wide."""
    kept = 0
    for row in rows:
        if not any(cell.strip() for cell in row.cells):
            continue
        kept += 1
        if kept > MOST_ROWS + 1:
            zh, en = f"一次最多导入 {MOST_ROWS} 行，请分批。", f"At most {MOST_ROWS} lines at a time; split the sheet."
            raise Refusal("import.too_many_rows", zh, en)
        if len(row.cells) > MOST_COLUMNS:
            raise _too_wide()
        yield row


def _csv_rows(body: bytes) -> Iterator[Row]:
    text = _decoded(body)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            yield Row(line=line, cells=tuple(cells))
            line = reader.line_num + 1
    except csv.Error as error:
        zh, en = (
            f"第 {line} 行无法读取，请检查引号。",
            f"Line {line} cannot be read ({error}); check its quotation marks.",
        )
        raise Refusal("import.broken", zh, en) from None


def _decoded(body: bytes) -> str:
    """Read UTF-8 with or without a byte order mark, or GB 18030, which Chinese Excel writes."""
    if b"\x00" in body:
        raise _encoding()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _encoding()


def _encoding() -> Refusal:
    zh, en = (
        "文件编码无法识别，请另存为 UTF-8 的 CSV。",
        "The text is neither UTF-8 nor GB 18030; save it as CSV UTF-8.",
    )
    return Refusal("import.encoding", zh, en)


def _delimiter(text: str) -> str:
    """Take the sign that divides the first line into most columns."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=first.count)


def _xlsx_rows(body: bytes) -> Iterator[Row]:
    _check_workbook(body)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
        sheet = workbook.get_sheet_by_index(0)
        first = sheet.start[0] + 1 if sheet.start else 1
        values = sheet.to_python(skip_empty_area=True)
    except BaseException as error:  # a panic of the reader is no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        raise _not_a_workbook() from None
    for offset, row in enumerate(values):
        yield Row(line=first + offset, cells=tuple(_plain(value) for value in row))


def _check_workbook(body: bytes) -> None:
    """Look before the reader does: it allots the whole rectangle of cells, however few are filled, and unpacks all."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            _check_names(archive.namelist())
            left = MOST_UNPACKED_BYTES
            for entry in archive.infolist():
                content = _unpacked(archive, entry, left)
                left -= len(content)
                if "worksheets/" in entry.filename.lower():
                    _check_cells(content)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise _not_a_workbook() from None


def _check_names(names: Sequence[str]) -> None:
    if not any(name.lower().endswith(".xml") for name in names):
        raise _not_a_workbook()


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    content = bytearray()
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            content += chunk
            if len(content) > left:
                zh, en = "工作簿解压后过大。", "The workbook unpacks to too much; send only the sheet of needs."
                raise Refusal("import.too_large_inside", zh, en)
    return bytes(content)


def _check_cells(xml: bytes) -> None:
    """Refuse a sheet whose last cell is far out, or hidden from this look."""
    if b"\x00" in xml or _HIDDEN_CELL.search(xml):
        raise _not_a_workbook()
    for letters, digits in set(_CELL.findall(xml)):
        if int(digits) > MOST_ROWS + 1:
            zh, en = f"一次最多导入 {MOST_ROWS} 行，请分批。", f"At most {MOST_ROWS} lines at a time; split the sheet."
            raise Refusal("import.too_many_rows", zh, en)
        if _column(letters) > MOST_COLUMNS:
            raise _too_wide()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_wide() -> Refusal:
    zh, en = f"最多 {MOST_COLUMNS} 列。", f"At most {MOST_COLUMNS} columns; remove what is not needed."
    return Refusal("import.too_many_columns", zh, en)


def _not_a_workbook() -> Refusal:
    zh, en = (
        "这不是可以读取的 xlsx 文件，请在表格软件里重新另存。",
        "This is no readable xlsx file; save it again as xlsx.",
    )
    return Refusal("import.not_a_workbook", zh, en)


def _plain(value: object) -> str:
    """Write a cell as people see it: whole numbers without a point, times without a T."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)
