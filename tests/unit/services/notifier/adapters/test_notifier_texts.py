"""Every text exists in both languages, needs no more than it declares, and fits where it must."""

from importlib import resources

import jinja2
import pytest

from services.notifier.adapters.texts import JinjaTexts
from services.notifier.application.who_is_told import DISCREET
from services.notifier.domain.templates import SMS_LONGEST_ZH, TEMPLATES
from shared.catalogue.load import load_catalogue

TEXTS = JinjaTexts(timezone="Asia/Shanghai")
SERVICES = [row.name for row in load_catalogue()]
EXAMPLE = {
    "number": "GH-0042",
    "service_zh": max((name.zh for name in SERVICES), key=len),
    "service_en": max((name.en for name in SERVICES), key=len),
    "reason": "今天没有持电工证的志愿者",
    "starts_at": "2026-11-12T11:30:00+08:00",
    "expires_at": "2026-11-12T03:15:00+00:00",
}


def declared(template: str) -> dict[str, str]:
    return {name: EXAMPLE[name] for name in TEMPLATES[template].params}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_message_is_written_from_its_declared_params(template: str, language: str) -> None:
    text = TEXTS.text(template, language, declared(template))
    assert "GH-0042" in text
    assert EXAMPLE[f"service_{language}"] in text
    assert "\n" not in text


@pytest.mark.parametrize("template", sorted(name for name, one in TEMPLATES.items() if one.sms))
def test_a_chinese_text_message_is_one_message(template: str) -> None:
    """Also with the longest service name of the catalogue."""
    assert len(TEXTS.text(template, "zh", declared(template))) <= SMS_LONGEST_ZH


@pytest.mark.parametrize("template", ["unmet", "refused"])
def test_the_reason_is_told_and_its_absence_leaves_no_hole(template: str) -> None:
    assert EXAMPLE["reason"] in TEXTS.text(template, "zh", declared(template))
    assert "原因" not in TEXTS.text(template, "zh", declared(template) | {"reason": ""})


def test_a_missing_param_is_an_error_not_a_hole() -> None:
    with pytest.raises(jinja2.UndefinedError):
        TEXTS.text("accepted", "zh", {"number": "GH-0042"})


def test_times_are_local_and_in_the_manner_of_the_language() -> None:
    assert TEXTS.text("offer", "zh", declared("offer")).count("11月12日11:30") == 1
    assert "12 Nov 11:30" in TEXTS.text("offer", "en", declared("offer"))
    assert "11:15" in TEXTS.text("offer", "zh", declared("offer"))


def test_no_text_lies_about_unused() -> None:
    for language in ("zh", "en"):
        folder = resources.files("services.notifier") / "templates" / language
        assert {file.name for file in folder.iterdir()} == {f"{name}.txt" for name in [*TEMPLATES, "subject"]}


def test_a_discreet_offer_names_no_service_of_the_catalogue() -> None:
    params = declared("offer") | {"service_zh": DISCREET.zh, "service_en": DISCREET.en}
    text = TEXTS.text("offer", "zh", params)
    assert not [name.zh for name in SERVICES if name.zh in text]
