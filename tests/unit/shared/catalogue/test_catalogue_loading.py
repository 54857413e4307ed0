from pathlib import Path

import pytest

from shared.catalogue.load import CatalogueError, UnknownService, load_catalogue

KITE_FLYING = """
[skill]
"风筝" = "kite flying"

[service."group.kite"]
name = { zh = "放风筝", en = "kite flying" }
mode = "visit"
duration_min = 60
window = "chosen"
window_min = 120
skills = ["风筝"]
promise = { offer_within_min = 60, finish_within_min = 120 }
evidence = ["photo"]
"""


def city_file(folder: Path, text: str) -> Path:
    path = folder / "city.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(CatalogueError) as error:
        load_catalogue(city_file(folder, text))
    return str(error.value)


def test_every_shipped_row_is_valid_and_there_are_about_forty() -> None:
    assert 35 <= len(load_catalogue()) <= 45


def test_adding_a_service_is_adding_a_row(tmp_path: Path) -> None:
    shipped = load_catalogue()
    catalogue = load_catalogue(city_file(tmp_path, KITE_FLYING))
    assert catalogue.codes() == (*shipped.codes(), "group.kite")
    assert catalogue.service("group.kite").skills == {"风筝"}


def test_a_city_writes_only_what_differs(tmp_path: Path) -> None:
    text = '[service."repair.tap"]\npoints = 9\npromise = { offer_within_min = 3 }\n'
    shipped = load_catalogue().service("repair.tap")
    tap = load_catalogue(city_file(tmp_path, text)).service("repair.tap")
    assert (tap.points, tap.promise.offer_within_min) == (9, 3)
    assert tap.promise.finish_within_min == shipped.promise.finish_within_min
    assert tap.skills == shipped.skills


def test_the_last_file_has_the_last_word(tmp_path: Path) -> None:
    first, second = tmp_path / "county.toml", tmp_path / "town.toml"
    first.write_text('[service."repair.tap"]\npoints = 5\npriority = 1\n', encoding="utf-8")
    second.write_text('[service."repair.tap"]\npoints = 6\n', encoding="utf-8")
    tap = load_catalogue(first, second).service("repair.tap")
    assert (tap.points, tap.priority) == (6, 1)


def test_an_unknown_code_names_its_neighbours() -> None:
    with pytest.raises(UnknownService, match=r"did you mean meal\.lunch") as error:
        load_catalogue().service("meal.lunhc")
    assert error.value.near[0] == "meal.lunch"


def test_a_code_like_no_other_says_where_to_look() -> None:
    with pytest.raises(UnknownService, match=r"choose one of shared/catalogue/services\.toml"):
        load_catalogue().service("zzzz")


def test_a_spreadsheet_finds_a_service_by_its_chinese_name() -> None:
    catalogue = load_catalogue()
    assert catalogue.named(" 换灯泡 ").code == "repair.light"
    with pytest.raises(UnknownService, match=r"repair\.tap"):
        catalogue.named("换水笼头")


def test_the_catalogue_never_changes() -> None:
    catalogue = load_catalogue()
    with pytest.raises(AttributeError):
        catalogue.services = ()  # type: ignore[misc]
    with pytest.raises(TypeError):
        catalogue.skills["飞行"] = "flying"  # type: ignore[index]


def test_every_declared_word_is_used_by_a_row() -> None:
    catalogue = load_catalogue()
    used = {word for service in catalogue for word in service.skills | service.credentials}
    assert used == {*catalogue.skills, *catalogue.credentials}


def test_a_misspelt_skill_is_found_when_loading(tmp_path: Path) -> None:
    message = refusal(tmp_path, '[service."repair.tap"]\nskills = ["水暧维修"]\n')
    assert "did you mean 水暖维修" in message
    assert "declare it under [skill]" in message


def test_a_broken_rule_names_row_field_and_remedy(tmp_path: Path) -> None:
    message = refusal(tmp_path, '[service."repair.tap"]\npeople = 2\n')
    assert "repair.tap" in message
    assert "set window to 'fixed'" in message


def test_two_rows_of_one_name_are_refused(tmp_path: Path) -> None:
    assert "rename one" in refusal(tmp_path, KITE_FLYING.replace("放风筝", "换灯泡"))


def test_an_unknown_section_is_refused(tmp_path: Path) -> None:
    assert "use tables named" in refusal(tmp_path, "[services]\n")


def test_a_row_that_is_no_table_is_refused(tmp_path: Path) -> None:
    assert "is not a table" in refusal(tmp_path, '[service]\n"group.kite" = 3\n')


def test_bad_toml_names_the_line(tmp_path: Path) -> None:
    assert "line 1" in refusal(tmp_path, "points = \n")


def test_a_missing_file_says_to_check_the_path(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="check the path"):
        load_catalogue(tmp_path / "nowhere.toml")


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gbk.toml"
    path.write_bytes('[skill]\n"风筝" = "kite"\n'.encode("gbk"))
    with pytest.raises(CatalogueError, match="UTF-8"):
        load_catalogue(path)
