"""Renders messages from the files under `templates/`; a missing parameter is an error, never a hole in a sentence."""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


class JinjaTexts:
    """The shipped texts. Times are shown in the community's time zone."""

    def __init__(self, *, timezone: str) -> None:
        zone = ZoneInfo(timezone)
        self._environments = {
            language: _environment(language, {"moment": _reader(format_, zone), "hour": _reader("%H:%M", zone)})
            for language, format_ in (("zh", "%-m月%-d日%H:%M"), ("en", "%-d %b %H:%M"))
        }

    def text(self, template: str, language: str, params: Mapping[str, str]) -> str:
        """Write the message."""
        return self._template(template, language).render(params).strip()

    def subject(self, language: str, params: Mapping[str, str]) -> str:
        """Write the subject line of an e-mail."""
        return self.text("subject", language, params)

    def _template(self, name: str, language: str) -> Template:
        return self._environments[language if language in self._environments else "zh"].get_template(f"{name}.txt")


def _environment(language: str, filters: Mapping[str, Callable[[str], str]]) -> Environment:
    environment = Environment(  # noqa: S701 - plain text, never HTML
        loader=PackageLoader("services.notifier", f"templates/{language}"),
        undefined=StrictUndefined,
        auto_reload=False,
    )
    environment.filters.update(filters)
    return environment


def _reader(format_: str, zone: ZoneInfo) -> Callable[[str], str]:
    return lambda moment: datetime.fromisoformat(moment).astimezone(zone).strftime(format_)
