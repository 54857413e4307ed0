"""Jars are brought once and whole; a missing program is answered with the packages that bring it."""

import os
from pathlib import Path

import pytest

from deploy.local import jars

FAKE_MAVEN = """#!/bin/sh
echo run >> "{runs}"
for word in "$@"; do
  case "$word" in -DoutputDirectory=*) mkdir -p "${{word#*=}}"; touch "${{word#*=}}/a.jar";; esac
done
exit {code}
"""


@pytest.fixture
def pom(tmp_path: Path) -> Path:
    pom = tmp_path / "pom.xml"
    pom.write_text("<project/>")
    return pom


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a stand-in for maven first in PATH; the file has a line for each of its runs."""
    return _fake_maven(tmp_path, monkeypatch, code=0)


def _fake_maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, code: int) -> Path:
    runs = tmp_path / "runs"
    maven = tmp_path / "bin" / "mvn"
    maven.parent.mkdir()
    maven.write_text(FAKE_MAVEN.format(runs=runs, code=code))
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", f"{maven.parent}{os.pathsep}{os.environ['PATH']}")
    return runs


def test_maven_runs_once(tmp_path: Path, pom: Path, runs: Path) -> None:
    libs = tmp_path / "libs"
    jars.install(libs, pom)
    jars.install(libs, pom)
    assert (libs / "a.jar").exists()
    assert runs.read_text() == "run\n"


def test_a_new_pom_brings_new_jars(tmp_path: Path, pom: Path, runs: Path) -> None:
    libs = tmp_path / "libs"
    jars.install(libs, pom)
    pom.write_text("<project><!-- a newer broker --></project>")
    assert not jars.is_complete(libs, pom)
    jars.install(libs, pom)
    assert jars.is_complete(libs, pom)
    assert runs.read_text() == "run\nrun\n"


def test_a_failed_copy_leaves_nothing_behind(tmp_path: Path, pom: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fake_maven(tmp_path, monkeypatch, code=1)
    with pytest.raises(jars.JarsMissing, match="Check the network"):
        jars.install(tmp_path / "libs", pom)
    assert not list(tmp_path.glob("libs*"))


def test_a_missing_program_is_answered_with_its_packages(
    tmp_path: Path, pom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(jars.MissingTool, match="apt-get install default-jdk-headless maven"):
        jars.install(tmp_path / "libs", pom)
