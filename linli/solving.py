"""Solves a routing problem in VROOM's JSON on this computer, without any service."""

import json
import os
import sys
from pathlib import Path
from typing import Final

from rich.console import Console

from services.matcher.adapters.vroom_solver import answer_here, load_engines

INPUT_ERROR: Final = 2  # VROOM's own code for it

_errors = Console(stderr=True)


def solve_file(question: Path, *, seconds: float) -> int:
    """Print the answer to a question (`-`: standard input) as JSON; give the status with which to end.

    The kernel searches on all cores.
    Faults are printed as VROOM prints them, for programs, and one a line on standard error, for people; so is what
    became of an engine that did not deliver.
    """
    text = sys.stdin.buffer.read() if str(question) == "-" else question.read_bytes()
    load_engines()
    found = answer_here(text, seconds, os.cpu_count() or 1)
    if isinstance(found, str):
        print(found, flush=True)  # noqa: T201 - this is the command's output, for other programs to read
        if note := json.loads(found)["summary"].get("note"):
            _say(note)
        return 0
    said = [f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in found]
    print(json.dumps({"code": INPUT_ERROR, "error": "; ".join(said)}, ensure_ascii=False))  # noqa: T201 - see above
    for one in said:
        _say(one)
    return INPUT_ERROR


def _say(line: str) -> None:
    _errors.print(line, markup=False, highlight=False, soft_wrap=True)
