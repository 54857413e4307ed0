"""Writes needs as the spreadsheet that a community office keeps, so that a demo begins where offices are today."""

import csv
import datetime as dt
import io
from collections.abc import Iterable

from linli.rehearsal.scenario.city import Channel, Need
from linli.rehearsal.scenario.geography import longchang
from shared.catalogue.load import Catalogue

HEADINGS = (
    "编号",
    "登记时间",
    "渠道",
    "姓名",
    "电话",
    "社区",
    "小区",
    "楼栋",
    "单元",
    "门牌",
    "经度",
    "纬度",
    "服务项目",
    "期望开始",
    "期望结束",
    "份数",
    "忌口",
    "备注",
)
CHANNEL_NAMES: dict[Channel, str] = {"window": "窗口接待", "online": "指尖直通", "wall": "心愿上墙"}


def to_csv(needs: Iterable[Need], catalogue: Catalogue) -> str:
    """Return one line per need in the order of registration, with Chinese headings; times are local to the city."""
    communities = {community.code: community.name for area in longchang() for community in area.communities}
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(HEADINGS)
    for need in sorted(needs, key=lambda need: (need.reported_at, need.number)):
        who, home = need.resident, need.resident.address
        writer.writerow(
            (
                need.number,
                _local(need.reported_at),
                CHANNEL_NAMES[need.channel],
                who.name,
                who.phone or "",
                communities[who.community],
                home.compound,
                home.building,
                home.unit,
                home.door,
                f"{who.place.lon:.5f}",
                f"{who.place.lat:.5f}",
                catalogue.service(need.service).name.zh,
                _local(need.window.opens),
                _local(need.window.closes),
                need.portions,
                need.diet or "",
                need.note,
            )
        )
    return sheet.getvalue()


def _local(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
