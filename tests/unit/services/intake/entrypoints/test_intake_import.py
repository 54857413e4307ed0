"""Sheets of needs: every line is wholly in or wholly out, and the same sheet can be sent as often as one likes."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from services.intake.application.sheet import MOST_ROWS
from services.intake.entrypoints.imports import MOST_IMPORT_BYTES
from tests.unit.services.intake.counter import Counter, kinds, open_counter

HEADINGS = (
    *("编号", "登记时间", "渠道", "姓名", "电话", "社区", "小区", "楼栋", "单元", "门牌", "经度", "纬度"),
    *("服务项目", "期望开始", "期望结束", "份数", "忌口", "备注"),
)
GOOD = {
    "编号": "GH-0042",
    "登记时间": "2026-05-12 08:30",
    "渠道": "窗口接待",
    "姓名": "王秀英",
    "电话": "19900000001",
    "社区": "观湖社区",
    "小区": "锦绣花园",
    "门牌": "501",
    "经度": "105.27810",
    "纬度": "29.34620",
    "服务项目": "爱心午餐送餐",
    "期望开始": "2026-05-12 11:00",
    "期望结束": "2026-05-12 12:30",
    "份数": "2",
    "忌口": "软食、低糖",
    "备注": "门铃坏了",
}


def a_sheet(*rows: dict[str, str], headings: Sequence[str] = HEADINGS, delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(headings)
    writer.writerows([[row.get(heading, "") for heading in headings] for row in rows])
    return text.getvalue()


def a_workbook(*rows: Sequence[object]) -> bytes:
    book, file = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(list(row))
    book.save(file)
    return file.getvalue()


async def send(counter: Counter, content: str | bytes, query: str = "") -> dict[str, Any]:
    body = content.encode() if isinstance(content, str) else content
    answer = await counter.http.post(f"/needs/import{query}", content=body, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def refused(counter: Counter, content: bytes, query: str = "") -> str:
    answer = await counter.http.post(f"/needs/import{query}", content=content)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail_zh"]
    return str(answer.json()["type"]).removeprefix("urn:linli:problem:")


async def test_a_line_becomes_a_need(counter: Counter) -> None:
    report = await send(counter, a_sheet(GOOD))
    (row,) = report["rows"]
    assert (row["line"], row["outcome"], row["number"]) == (2, "accepted", "GH-0042")
    need = await counter.see(row["need"])
    assert (need["number"], need["service"], need["meals"], need["channel"]) == ("GH-0042", "meal.lunch", 2, "window")
    assert (need["opens"], need["finish_by"]) == ("2026-05-12T03:00:00Z", "2026-05-12T04:30:00Z")
    (fact,) = await counter.said()
    assert fact.data.request.diet == {"软食", "低糖"}  # type: ignore[attr-defined]


async def test_the_same_sheet_again_doubles_nothing(counter: Counter) -> None:
    sheet = a_sheet(GOOD, GOOD | {"编号": "GH-0043"})
    await send(counter, sheet)
    counter.clock.set(datetime.fromisoformat("2026-05-12T20:00:00+08:00"))  # when their windows have passed
    again = await send(counter, sheet, "?area=511083001")
    assert [row["outcome"] for row in again["rows"]] == ["repeated", "repeated"]
    assert kinds(await counter.said()) == ["accepted", "accepted"]


async def test_a_number_that_is_registered_with_other_words_is_refused(counter: Counter) -> None:
    await send(counter, a_sheet(GOOD))
    (row,) = (await send(counter, a_sheet(GOOD | {"份数": "3"})))["rows"]
    assert (row["outcome"], row["column"], row["code"]) == ("refused", "编号", "need.registered_differently")


async def test_within_a_sheet_the_same_line_repeats_and_another_is_refused(counter: Counter) -> None:
    report = await send(counter, a_sheet(GOOD, GOOD, GOOD | {"份数": "3"}))
    assert [row["outcome"] for row in report["rows"]] == ["accepted", "repeated", "refused"]
    assert report["rows"][2]["code"] == "need.number_twice"
    assert len(await counter.said()) == 1


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"编号": ""}, "编号", "cell.missing"),
        ({"编号": "GH 42"}, "编号", "cell.does_not_fit"),
        ({"姓名": ""}, "姓名", "cell.missing"),
        ({"姓名": "王" * 61}, "姓名", "cell.too_long"),
        ({"姓名": "王\x07"}, "姓名", "cell.not_plain"),
        ({"电话": "打给女儿"}, "电话", "cell.does_not_fit"),
        ({"渠道": "飞鸽"}, "渠道", "cell.unknown"),
        ({"社区": ""}, "社区", "cell.missing"),
        ({"社区": "月亮社区"}, "社区", "community.unknown"),
        ({"社区": "向阳社区"}, "社区", "community.unknown"),
        ({"服务项目": "登月"}, "服务项目", "service.unknown"),
        ({"服务项目": "妇女儿童维权咨询", "渠道": "心愿上墙"}, "渠道", "need.sensitive_on_wall"),
        ({"期望开始": "中午"}, "期望开始", "cell.no_time"),
        ({"期望开始": "2026-02-30 11:00"}, "期望开始", "cell.no_time"),
        ({"期望结束": "99999-01-01 11:00"}, "期望结束", "cell.no_time"),
        ({"期望开始": "2026-05-11 11:00", "期望结束": "2026-05-11 12:00"}, "期望开始", "need.window_past"),
        ({"期望结束": "2026-05-12 10:00"}, "期望结束", "need.window_backwards"),
        ({"份数": "两"}, "份数", "cell.no_number"),
        ({"份数": "-1"}, "份数", "cell.no_number"),
        ({"份数": "51"}, "份数", "need.portions"),
        ({"经度": "nan"}, "经度", "cell.no_place"),
        ({"经度": "1e999"}, "经度", "cell.no_place"),
        ({"纬度": ""}, "经度", "cell.no_place"),
        ({"经度": "29.3", "纬度": "105.3"}, "经度", "cell.no_place"),
    ],
)
async def test_a_broken_line_costs_only_itself(
    counter: Counter, changes: dict[str, str], column: str, code: str
) -> None:
    good_after = GOOD | {"编号": "GH-0044"}
    report = await send(counter, a_sheet(GOOD | changes, good_after))
    broken, good = report["rows"]
    assert (broken["line"], broken["outcome"], broken["column"], broken["code"]) == (2, "refused", column, code)
    assert broken["zh"]
    assert broken["en"]
    assert (good["line"], good["outcome"]) == (3, "accepted")
    assert len(await counter.said()) == 1


@pytest.mark.parametrize(
    ("column", "text"), [("编号", "四十二"), ("电话", "打给女儿"), ("邮箱", "没有"), ("语言", "中文")]
)
async def test_a_cell_that_is_written_wrongly_is_answered_with_an_example(
    counter: Counter, column: str, text: str
) -> None:
    report = await send(counter, a_sheet(GOOD | {column: text}, headings=(*HEADINGS, "邮箱", "语言")))
    (row,) = report["rows"]
    assert row["column"] == column
    assert "例如" in row["zh"]
    assert "such as" in row["en"]


async def test_only_checking_takes_nothing_and_says_the_same(counter: Counter) -> None:
    sheet = a_sheet(GOOD, GOOD | {"编号": "GH-0043", "服务项目": "登月"})
    checked = await send(counter, sheet, "?dry_run=true")
    assert await counter.said() == []
    taken = await send(counter, sheet)
    assert checked["rows"] == taken["rows"]
    assert (checked["dry_run"], taken["dry_run"]) == (True, False)
    assert (await send(counter, sheet, "?dry_run=true"))["repeated"] == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_encodings_and_delimiters_of_offices_are_read(counter: Counter, encoding: str, delimiter: str) -> None:
    report = await send(counter, a_sheet(GOOD, delimiter=delimiter).encode(encoding))
    assert report["accepted"] == 1


async def test_english_headings_are_read_and_unknown_ones_are_named(counter: Counter) -> None:
    sheet = "number,name,community,service,opens,closes,mood\nGH-1,Wang,511083001011,meal.lunch,2026/5/12 11:00,,good\n"
    report = await send(counter, sheet)
    assert (report["accepted"], report["ignored_columns"]) == (1, ["mood"])


async def test_a_note_over_several_lines_does_not_shift_the_line_numbers(counter: Counter) -> None:
    report = await send(counter, a_sheet(GOOD | {"备注": "一\n二\n三"}, GOOD | {"编号": "GH-0043"}))
    assert [row["line"] for row in report["rows"]] == [2, 5]


async def test_a_workbook_is_read_with_its_times_and_whole_numbers(counter: Counter) -> None:
    values: dict[str, object] = GOOD | {
        "电话": 19900000001,
        "期望开始": datetime(2026, 5, 12, 11, 0),  # noqa: DTZ001 - as Excel has it
        "期望结束": datetime(2026, 5, 12, 12, 30),  # noqa: DTZ001
        "份数": 2,
        "经度": 105.2781,
        "纬度": 29.3462,
    }
    book = a_workbook(HEADINGS, [values.get(heading) for heading in HEADINGS])
    report = await send(counter, book, "?format=xlsx")
    assert report["accepted"] == 1, report
    need = await counter.see(report["rows"][0]["need"])
    assert (need["meals"], need["opens"]) == (2, "2026-05-12T03:00:00Z")
    contact = (await counter.http.get(f"/residents/{need['resident']}/contact")).json()
    assert contact["phone"] == "19900000001"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (b" \n\n ", "import.empty"),
        (b"\x00\x01\x02", "import.encoding"),
        (b"\xff\xff\xff\xff", "import.encoding"),
        ('编号,姓名\nGH-1,"王'.encode(), "import.broken"),
        ("编号,姓名\nGH-1,王\n".encode(), "import.columns_missing"),
        ("编号,编号,姓名,社区,服务项目\n".encode(), "import.column_twice"),
        (("编号,姓名,社区,服务项目" + ",x" * 200).encode(), "import.too_many_columns"),
        (b"a\n" * (MOST_ROWS + 2), "import.too_many_rows"),
    ],
)
async def test_a_broken_sheet_is_refused_as_a_whole(counter: Counter, content: bytes, code: str) -> None:
    assert await refused(counter, content) == code


def a_zip(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


def with_cell(cell: str) -> bytes:
    """Give a small workbook whose only cell stands far out; a reader that allots the rectangle would need gigabytes."""
    book = io.BytesIO(a_workbook(["x"]))
    rewritten = io.BytesIO()
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(rewritten, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            content = before.read(entry)
            if "worksheets/" in entry.filename:
                content = content.replace(b'r="A1"', f'r="{cell}"'.encode())
            after.writestr(entry, content)
    return rewritten.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no zip", "import.not_a_workbook"),
        (a_zip(hello=b"x"), "import.not_a_workbook"),
        (a_zip(xl__worksheets__sheet1_xml=b"<broken"), "import.not_a_workbook"),
        (a_workbook(["x"])[:-40], "import.not_a_workbook"),
        (a_zip(bomb_xml=bytes(70 * 1024 * 1024)), "import.too_large_inside"),
        (with_cell("A1048576"), "import.too_many_rows"),
        (with_cell("XFD1"), "import.too_many_columns"),
        (with_cell("&#88;FD1048576"), "import.not_a_workbook"),
        (a_workbook(), "import.empty"),
    ],
    ids=["no zip", "no sheet", "broken xml", "cut off", "bomb", "far down", "far right", "hidden", "nothing"],
)
async def test_a_broken_workbook_is_refused_as_a_whole(counter: Counter, content: bytes, code: str) -> None:
    assert await refused(counter, content, "?format=xlsx") == code


async def test_an_unknown_area_is_refused_as_a_whole(counter: Counter) -> None:
    assert await refused(counter, a_sheet(GOOD).encode(), "?area=511083999") == "area.unknown"


async def test_without_a_register_no_sheet_is_taken(tmp_path: Path) -> None:
    async with open_counter(tmp_path, with_city=False) as counter:
        assert await refused(counter, a_sheet(GOOD).encode()) == "city.not_set"


async def test_a_sheet_may_be_larger_than_other_bodies_but_not_without_bound(counter: Counter) -> None:
    many = a_sheet(*({**GOOD, "编号": f"GH-{place}", "服务项目": "登月", "备注": "长" * 400} for place in range(1_000)))
    assert len(many.encode()) > 1024 * 1024
    assert (await send(counter, many))["refused"] == 1_000
    answer = await counter.http.post("/needs/import", content=bytes(MOST_IMPORT_BYTES + 1))
    assert answer.status_code == 413


async def test_a_long_sheet_is_taken_in_chunks_and_counted(counter: Counter) -> None:
    sheet = a_sheet(*({**GOOD, "编号": f"GH-{place}"} for place in range(450)))
    report = await send(counter, sheet)
    assert (report["accepted"], [row["line"] for row in report["rows"]]) == (450, list(range(2, 452)))
    assert len(await counter.said()) == 450
    assert counter.environment.registry.get_sample_value("intake_import_rows_total", {"outcome": "accepted"}) == 450
