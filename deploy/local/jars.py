"""Brings a server's jars with maven, once; the folder is complete or it is not there."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

_STAMP = ".complete"


class MissingTool(RuntimeError):  # noqa: N818 -- says what is the matter
    """A program that this computer lacks; the message says which Debian packages bring it."""


class JarsMissing(RuntimeError):  # noqa: N818 -- says what is the matter
    """Maven could not bring a server's jars; the message holds what it said."""


def tool(name: str) -> str:
    """Return the path of a program.

    Raises
    ------
    MissingTool
        If it is not installed.
    """
    path = shutil.which(name)
    if path is None:
        raise MissingTool(
            f"'{name}' is not installed, and the local servers need it. On Debian and Ubuntu: "
            "apt-get install default-jdk-headless maven"
        )
    return path


def is_complete(folder: Path, pom: Path) -> bool:
    """Whether the folder holds the jars that this pom asks for."""
    stamp = folder / _STAMP
    return stamp.exists() and stamp.read_text() == _digest(pom)


def install(folder: Path, pom: Path) -> None:
    """Fill the folder with the pom's jars and those they need; nothing happens when it is complete.

    Raises
    ------
    MissingTool
        If maven is not installed.
    JarsMissing
        If maven could not bring the jars.
    """
    if is_complete(folder, pom):
        return
    maven = tool("mvn")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}-") as scratch:
        fresh = Path(scratch) / "fresh"
        goal = ("dependency:copy-dependencies", f"-DoutputDirectory={fresh}", "-DincludeScope=runtime")
        command = (maven, "-q", "-B", "-f", str(pom), *goal)
        copy = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- no shell
        if copy.returncode != 0:
            raise JarsMissing(
                f"maven could not bring the jars of {pom}. Check the network and maven's settings, then try "
                f"again:\n"
                f"{copy.stdout}{copy.stderr}"
            )
        (fresh / _STAMP).write_text(_digest(pom))
        # By renaming, a second process that installs at the same time sees all of it or nothing.
        if folder.exists():
            folder.rename(Path(scratch) / "outdated")
        fresh.rename(folder)


def _digest(pom: Path) -> str:
    return hashlib.sha256(pom.read_bytes()).hexdigest()
