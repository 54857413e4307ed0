"""Who volunteers and what is asked for, as tables of assumptions (A) that a reader can argue with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A kind of volunteer; weights say how common it is in a street and in a town."""

    urban: float
    rural: float
    skills: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    scarce: bool = False
    """Few hold this, so those who do are on call all day when they are there."""
    vetted: bool = False


PROFILES = (
    Profile(urban=15, rural=14, skills=("走访", "采购")),
    Profile(urban=18, rural=13, skills=("采购", "代办")),
    Profile(urban=9, rural=9, skills=("居家维修", "水暖维修")),
    Profile(urban=4, rural=5, skills=("居家维修",), credentials=("电工证",), scarce=True),
    Profile(urban=5, rural=5, skills=("理发",), scarce=True),
    Profile(urban=4, rural=4, skills=("走访", "带组"), credentials=("社工师",), scarce=True, vetted=True),
    Profile(urban=3, rural=4, credentials=("执业医师",), scarce=True),
    Profile(urban=4, rural=4, skills=("照护",), credentials=("护士证",), scarce=True),
    Profile(urban=3, rural=3, skills=("宣讲",), credentials=("法律职业资格",), scarce=True),
    Profile(urban=6, rural=7, skills=("走访", "照护")),
    Profile(urban=6, rural=5, skills=("劝导", "清洁")),
    Profile(urban=5, rural=7, skills=("带组", "宣讲"), scarce=True, vetted=True),
    Profile(urban=5, rural=4, skills=("巡防", "劝导")),
    Profile(urban=6, rural=5, skills=("搬运", "采购")),
    Profile(urban=3, rural=6, skills=("方言播报", "走访")),
    Profile(urban=0, rural=8, skills=("巡防",), credentials=("护林防火培训",), scarce=True),
    Profile(urban=2, rural=1, skills=("讲解", "宣讲")),
    Profile(urban=3, rural=2, skills=("走访",), credentials=("健康证",)),
)

REQUESTS = {
    # service: (weight in a street, weight in a town)
    "supply.water": (6, 6),
    "supply.vegetables": (7, 5),
    "supply.rice": (6, 7),
    "supply.donation": (2, 2),
    "errand.groceries": (12, 9),
    "errand.bill": (7, 8),
    "errand.parcel": (11, 6),
    "errand.papers": (3, 4),
    "repair.light": (8, 7),
    "repair.tap": (6, 5),
    "repair.electrics": (4, 5),
    "care.haircut": (5, 5),
    "care.medical-check": (2, 3),
    "care.counselling": (2, 1.5),
    "care.health-advice": (2.5, 2.5),
    "case.employment": (1.5, 1),
    "visit.elder": (6, 9),
    "visit.disabled": (2.5, 3),
    "visit.hardship": (1.5, 2),
    "group.children": (0.5, 1),
    "group.series": (0.6, 0.4),
    "patrol.blind-spot": (2, 1),
    "patrol.fire": (0, 1.7),
    "civility.persuasion": (2.5, 1),
    "civility.revisit": (1, 0.5),
    "campaign.sanitation": (0.8, 0.8),
    "campaign.notices": (1, 0.5),
    "campaign.canvass": (1.5, 2),
    "law.lecture": (0.5, 0.4),
    "law.rights": (1, 0.8),
    "wish.open": (2.5, 2),
    "notice.read-aloud": (1, 3),
    "reading.restock": (0.5, 0.4),
}

HOURS = {
    # when services with announced hours are held, one of these
    "patrol.fire": ("08:00-12:00", "14:00-18:00"),
    "group.children": ("16:30-18:30",),
    "group.series": ("09:30-11:00", "14:30-16:00"),
    "campaign.sanitation": ("09:00-11:00", "15:00-17:00"),
    "law.lecture": ("15:00-16:30",),
}

NOTES = {
    "supply.water": ("两桶,家在高层,有电梯", "空桶请带走"),
    "supply.vegetables": ("青菜、豆腐,不要香菜", "土豆、番茄、鸡蛋"),
    "supply.rice": ("10公斤一袋,请放厨房", "米缸在进门右手边"),
    "errand.groceries": ("油一桶、盐两包,上限50元", "酱油、醋、茶叶,上限80元", "面条和鸡蛋,上限30元"),
    "errand.bill": ("电费,缴费单在桌上", "水费和气费"),
    "errand.papers": ("老年优待证复印件", "医保备案"),
    "repair.light": ("客厅灯不亮,灯泡已买", "楼道灯坏了,晚上看不见", "厨房灯泡,E27口"),
    "repair.tap": ("厨房水龙头漏水", "卫生间龙头拧不紧"),
    "repair.electrics": ("插座冒火花,已拉闸", "跳闸合不上"),
    "care.haircut": ("卧床,需在床边理发", "腿脚不便,请带围布"),
    "care.medical-check": ("量血压、测血糖", "咳嗽一周"),
    "visit.elder": ("独居,耳背,请多敲几下门", "喜欢聊天"),
    "visit.disabled": ("轮椅,电梯口有台阶",),
    "patrol.blind-spot": ("背街路灯坏", "开放小区后门"),
    "civility.persuasion": ("遛狗不牵绳", "楼道堆放杂物", "楼顶私搭棚子"),
    "civility.revisit": ("上周已劝导,看是否改正",),
    "wish.open": ("想学用手机视频", "想要一副老花镜", "想有人陪下象棋"),
    "notice.read-aloud": ("医保缴费通知", "停水通知"),
    "meal.lunch": ("", "", "", "放门口,敲门后离开", "行动不便,请送到桌上", "门铃坏了,请打电话"),
}

DIETS = {"普通": 70.0, "少盐": 12.0, "低糖": 10.0, "软食": 6.0, "素食": 1.5, "清真": 0.5}
EVERY_KITCHEN = frozenset({"普通", "少盐", "低糖", "软食", "素食"})
