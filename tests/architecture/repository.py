"""What lies in this repository, as the architecture's claims need to see it."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("services", "shared", "linli", "deploy")  # everything that runs; tests only test
PACKAGES = tuple(sorted(folder.parent.name for folder in (ROOT / "services").glob("*/__init__.py")))

_BINARY = {".png", ".ico", ".xlsx", ".jar", ".woff2", ".gz"}


@cache
def modules(*rooms: str) -> tuple[Path, ...]:
    """List the Python files of the rooms, all rooms by default."""
    return tuple(sorted(path for room in rooms or ROOMS for path in (ROOT / room).rglob("*.py")))


def parsed(path: Path) -> ast.Module:
    """Read a module without running it."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=named(path))


def named(path: Path) -> str:
    """Name a file the way a finding should: from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Name every module that a file imports."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@cache
def texts() -> dict[str, str]:
    """Read every text file that is, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 - whichever git is there
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    paths = [ROOT / name for name in listed.split("\0") if name]
    return {
        named(path): path.read_text(encoding="utf-8", errors="replace")
        for path in paths
        if path.is_file() and _is_text(path)
    }


def _is_text(path: Path) -> bool:
    return path.suffix not in _BINARY


def documents() -> dict[str, str]:
    """Read everything that is written for people: the README, the guide, all of docs."""
    return {name: text for name, text in texts().items() if name.endswith(".md")}
