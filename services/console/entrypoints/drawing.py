"""Draws pages and their sections as HTML in one of two languages; everything that came from outside is escaped."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from services.console.domain.words import NOTICE, OWNER, STATUS, TEMPLATE, called
from shared.kernel.words import Language, Words

AREA_SECTIONS: Final = ("counts", "waiting", "moving", "helpers", "sketch", "loop", "numbers", "notices")
CITY_SECTIONS: Final = ("city_counts", "city_areas")

_TABLES: Final[Mapping[str, Mapping[str, Words]]] = {
    "status": STATUS,
    "owner": OWNER,
    "template": TEMPLATE,
    "notice": NOTICE,
}
_MINUTE: Final = 60
_HOUR: Final = 3600


class Drawing:
    """The templates, bound to the city's name and time zone."""

    def __init__(self, *, city: Words, zone: tzinfo) -> None:
        self._city = city
        self._zone = zone
        self._templates = Environment(
            loader=PackageLoader("services.console", "web/templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"hour": self._hour, "date": self._date, "percent": percent}

    def page(self, template: str, language: Language, **shown: Any) -> str:
        """Draw a whole page."""
        return self._draw(f"{template}.html", language, shown)

    def sections(self, names: tuple[str, ...], language: Language, **shown: Any) -> dict[str, str]:
        """Draw the parts of a page that change, each alone."""
        return {name: self._draw(f"sections/{name}.html", language, shown) for name in names}

    def _draw(self, file: str, language: Language, shown: Mapping[str, Any]) -> str:
        return self._templates.get_template(file).render(
            lang=language,
            city=self._city.said_in(language),
            t=lambda zh, en: en if language == "en" else zh,
            say=lambda words: words.said_in(language),
            called=lambda table, code: called(_TABLES[table], code).said_in(language),
            lasted=lambda seconds: lasted(seconds, language),
            when=self._when,
            section=lambda name: Markup(self._draw(f"sections/{name}.html", language, shown)),  # noqa: S704 - escaped inside
            **shown,
        )

    def _hour(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime("%H:%M")

    def _when(self, moment: datetime, now: datetime) -> str:
        """Give the hour, and the day too if it is another day."""
        there, here = moment.astimezone(self._zone), now.astimezone(self._zone)
        return there.strftime("%H:%M" if there.date() == here.date() else "%m-%d %H:%M")

    def _date(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).strftime("%Y-%m-%d")


def percent(share: float | None) -> str:
    """Write a share; a dash if there is nothing to be a share of. Never rounds up to 100 %."""
    if share is None:
        return "—"
    return "100%" if share == 1 else f"{min(share * 100, 99.9):.1f}%"


def lasted(seconds: float | None, language: Language) -> str:
    """Write a duration as people say it."""
    if seconds is None:
        return "—"
    whole = round(seconds)
    second, minute, hour = ("s", "min", "h") if language == "en" else ("秒", "分", "小时")
    if whole < _MINUTE:
        return f"{whole} {second}"
    if whole < _HOUR:
        rest = f" {whole % _MINUTE} {second}" if whole % _MINUTE else ""
        return f"{whole // _MINUTE} {minute}{rest}"
    rest = f" {whole % _HOUR // _MINUTE} {minute}" if whole % _HOUR // _MINUTE else ""
    return f"{whole // _HOUR} {hour}{rest}"
