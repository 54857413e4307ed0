"""Solves a routing problem in VROOM's JSON on this computer, without any service."""

import json
import sys
from pathlib import Path
from typing import Final

from rich.console import Console

from services.matcher.adapters.vroom_solver import answer_here, load_engines

INPUT_ERROR: Final = 2  # VROOM's own code for it

_errors = Console(stderr=True)


def solve_file(question: Path, *, seconds: float) -> int:
    """Print the answer to a question (`-`: standard input) as JSON; give the status with which to end.

    Faults are printed as VROOM prints them, for programs, and one a line on standard error, for people.
    """
    text = sys.stdin.buffer.read() if str(question) == "-" else question.read_bytes()
    load_engines()
    found = answer_here(text, seconds)
    if isinstance(found, str):
        print(found, flush=True)  # noqa: T201 - this is the command's output, for other programs to read
        return 0
    said = [f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in found]
    print(json.dumps({"code": INPUT_ERROR, "error": "; ".join(said)}, ensure_ascii=False))  # noqa: T201 - see above
    for one in said:
        _errors.print(one, markup=False, highlight=False, soft_wrap=True)
    return INPUT_ERROR
