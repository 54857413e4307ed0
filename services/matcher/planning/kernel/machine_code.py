"""Where the kernel's machine code is kept, and whether it is there: asked without loading the compiler."""

import hashlib
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

State = Literal["ready", "not compiled", "not installed"]

_READY = "ready"  # a file that is written when everything is compiled


def home() -> Path:
    """Return the folder of this state of the sources, of the compiler and of Python.

    numba looks only at the file of a function, not at those it calls, and would go on using what was compiled before
    a change in another file of this folder.
    """
    here = Path(__file__).parent
    state = hashlib.sha256(f"{sys.implementation.cache_tag} {_compiler()}".encode())
    for source in sorted(here.glob("*.py")):
        state.update(source.read_bytes())
    name = f"kernel-{state.hexdigest()[:16]}"
    if named := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(named) / name
    beside = here / "__pycache__"
    writable = os.access(beside if beside.exists() else here, os.W_OK)
    return (beside if writable else Path.home() / ".cache" / "linli") / name


def state() -> State:
    """Say whether the kernel can be used at once."""
    if find_spec("numba") is None:
        return "not installed"
    return "ready" if (home() / _READY).exists() else "not compiled"


def note_ready() -> None:
    """Write down that everything is compiled."""
    home().mkdir(parents=True, exist_ok=True)
    (home() / _READY).touch()


def _compiler() -> str:
    try:
        return version("numba")
    except PackageNotFoundError:
        return "none"
