"""Makes up names, numbers and homes of people who do not exist."""

from random import Random

from linli.rehearsal.scenario.chance import pick
from linli.rehearsal.scenario.city import Address, Area, Community, Resident
from linli.rehearsal.scenario.geography import offset
from shared.kernel.places import Place

PLACEHOLDER = 19_900_000_000
"""Phones are placeholders `1990000xxxx`: residents up to 3999, volunteers above. The rehearsal calls none of them."""
RESIDENT_NUMBERS = 3_999

NO_PHONE = 0.20
LANGUAGES = {"zh-x-sichuan": 68.0, "zh": 30.0, "csl": 1.0, "ii": 0.5, "en": 0.5}

_SURNAMES = (
    "王李张刘陈杨黄周吴徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹"
    "曾彭萧蔡潘田董袁余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪"
)
_GIVEN = "建国秀英桂兰淑珍玉华明德志强丽娟文斌晓燕红永福春梅俊杰素芬光荣世雄家琴成林昌平惠芳正云天佑安宁思远雨欣泽民"


def volunteer_phone(position: int) -> str:
    """Return the placeholder of the position-th volunteer of the city."""
    return str(PLACEHOLDER + RESIDENT_NUMBERS + 1 + position)


def resident_phone(position: int, *, eats: bool) -> str:
    """Return the placeholder of the resident behind the position-th lunch, or of the position-th other need."""
    number = 2 * position + (0 if eats else 1)
    if number > RESIDENT_NUMBERS:
        raise ValueError(f"No placeholder phone left for need {position}: ask for at most 2,000 needs of a kind.")
    return str(PLACEHOLDER + number)


def full_name(dice: Random) -> str:
    """Return a synthetic Chinese name of two or three characters."""
    return dice.choice(_SURNAMES) + "".join(dice.sample(_GIVEN, k=dice.choice((1, 2, 2, 2))))


def home_cell(dice: Random, community: Community) -> Place:
    """Return a home near the service point, only as the coarse cell."""
    reach_m = 600 if community.rural else 300
    return offset(
        community.place,
        east_m=dice.uniform(-reach_m, reach_m),
        north_m=dice.uniform(-reach_m, reach_m),
    ).coarse()


def resident(dice: Random, area: Area, phone: str) -> Resident:
    """Return somebody who lives in the area; every fifth has no phone."""
    community = dice.choice(area.communities)
    compound = dice.choice(community.compounds)
    return Resident(
        name=full_name(dice),
        phone=None if dice.random() < NO_PHONE else phone,
        language=pick(dice, LANGUAGES),
        community=community.code,
        address=_address(dice, compound.name, rural=community.rural),
        place=offset(compound.place, east_m=dice.uniform(-90, 90), north_m=dice.uniform(-90, 90)),
    )


def office(community: Community) -> Resident:
    """Return the community's own office, which asks for shifts and groups."""
    return Resident(
        name=f"{community.name}党群服务中心",
        phone=None,
        language="zh",
        community=community.code,
        address=Address(compound="党群服务中心", building="", unit="", door="值班室"),
        place=community.place,
    )


def _address(dice: Random, compound: str, *, rural: bool) -> Address:
    if rural:
        return Address(compound=compound, building="", unit="", door=f"{dice.randint(1, 80)}号")
    return Address(
        compound=compound,
        building=f"{dice.randint(1, 18)}栋",
        unit=f"{dice.randint(1, 4)}单元",
        door=f"{dice.randint(1, 7)}0{dice.randint(1, 4)}",
    )
