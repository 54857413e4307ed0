from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.matcher.adapters.travel import map_file
from services.matcher.adapters.travel.map_file import LONGEST_PIECE_M, Roads, load_roads, read_roads
from tests.street_grid import BLOCK_M, write_grid


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    return write_grid(tmp_path / "grid.osm.pbf", blocks=4)


def same(one: tuple[Roads, ...], other: tuple[Roads, ...]) -> bool:
    parts = ("lon", "lat", "tail", "head", "seconds")
    return all(
        np.array_equal(getattr(a, part), getattr(b, part)) for a, b in zip(one, other, strict=True) for part in parts
    )


def test_pieces_are_cut_short_and_islands_are_left_out(grid: Path) -> None:
    walk, _, car = read_roads(grid)
    crossings, pieces = 5 * 5, 5 * 4 * 2
    assert BLOCK_M == 2 * LONGEST_PIECE_M  # so each block is cut in two, or in three where rounding makes it longer
    assert crossings + pieces <= len(walk.lon) <= crossings + 2 * pieces
    assert walk.seconds.max() <= LONGEST_PIECE_M / 1.25 + 0.01
    assert len(car.lon) == len(walk.lon)
    assert len(car.tail) < len(walk.tail)  # one street is one-way


def test_what_was_read_is_kept_and_taken_again(grid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_roads(grid, tmp_path / "kept")
    monkeypatch.setattr(map_file, "read_roads", lambda _: pytest.fail("the map was read a second time"))
    assert same(load_roads(grid, tmp_path / "kept"), first)


def test_another_map_is_read_anew_and_the_old_one_forgotten(grid: Path, tmp_path: Path) -> None:
    small = load_roads(grid, tmp_path / "kept")
    write_grid(tmp_path / "larger.osm.pbf", blocks=6).replace(grid)
    assert len(load_roads(grid, tmp_path / "kept")[0].lon) > len(small[0].lon)
    assert len(list((tmp_path / "kept").iterdir())) == 1


@pytest.mark.parametrize("size", [0, 500])
def test_a_kept_file_that_is_broken_is_read_again(grid: Path, tmp_path: Path, size: int) -> None:
    first = load_roads(grid, tmp_path / "kept")
    (kept,) = (tmp_path / "kept").iterdir()
    kept.write_bytes(kept.read_bytes()[:size])
    assert same(load_roads(grid, tmp_path / "kept"), first)


def test_two_processes_may_keep_a_map_at_once(
    grid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The other one begins when this one has written and not yet renamed."""
    write: Any = np.savez

    def interrupted(file: Any, **arrays: Any) -> None:
        write(file, **arrays)
        with monkeypatch.context() as other:
            other.setattr(np, "savez", write)
            load_roads(grid, tmp_path / "kept")

    monkeypatch.setattr(np, "savez", interrupted)
    load_roads(grid, tmp_path / "kept")
    assert caplog.messages == []
    assert [file.suffix for file in (tmp_path / "kept").iterdir()] == [".npz"]


def test_a_folder_that_cannot_be_written_costs_only_time(grid: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert same(load_roads(grid, tmp_path / "file"), read_roads(grid))


@pytest.mark.parametrize("content", [b"", b"lon,lat\n105.29,29.34\n"])
def test_a_file_that_is_no_map_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "sheet.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"sheet\.osm\.pbf cannot be read as a map"):
        load_roads(path, None)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="LINLI_TRAVEL_STREETS"):
        load_roads(tmp_path / "nowhere.osm.pbf", tmp_path)


@pytest.mark.parametrize(("tags", "said"), [({"access": "no"}, "no streets"), ({"foot": "no"}, "no streets for walk")])
def test_a_map_without_streets_for_somebody_says_for_whom(tmp_path: Path, tags: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_roads(write_grid(tmp_path / "grid.osm.pbf", blocks=2, every=tags))
