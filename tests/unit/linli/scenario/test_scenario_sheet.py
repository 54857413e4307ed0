import csv
import datetime as dt
import io

from linli.rehearsal.scenario import day
from linli.rehearsal.scenario.sheet import HEADINGS, to_csv
from shared.catalogue.load import load_catalogue

GUHU = day(7, areas=["511083001"])
ROWS = list(csv.DictReader(io.StringIO(to_csv(GUHU.needs, load_catalogue()))))


def test_the_sheet_has_the_offices_headings_and_a_row_for_every_need() -> None:
    assert tuple(ROWS[0]) == HEADINGS
    assert len(ROWS) == len(GUHU.needs)


def test_rows_are_in_the_order_of_registration() -> None:
    assert [row["登记时间"] for row in ROWS] == sorted(row["登记时间"] for row in ROWS)


def test_every_service_is_found_again_by_its_chinese_name() -> None:
    catalogue = load_catalogue()
    services = {need.number: need.service for need in GUHU.needs}
    assert {row["编号"]: catalogue.named(row["服务项目"]).code for row in ROWS} == services


def test_times_are_local_and_readable() -> None:
    for row in ROWS:
        opens, closes = (dt.datetime.fromisoformat(row[heading]) for heading in ("期望开始", "期望结束"))
        assert opens < closes


def test_missing_phones_and_diets_are_empty_cells() -> None:
    assert any(row["电话"] == "" for row in ROWS)
    assert {row["忌口"] for row in ROWS if row["服务项目"] != "爱心午餐送餐"} == {""}


def test_an_address_is_complete_for_the_door() -> None:
    for row in ROWS:
        assert row["社区"]
        assert row["小区"]
        assert row["门牌"]
