"""Makes a rota, lends people between areas, or assigns tasks, on this computer, without any service."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from services.matcher.adapters.duty_solver import assignment_here, lending_here, load_solvers, rota_here
from services.matcher.application.solve_door.faults import Fault, printable

INPUT_ERROR: Final = 2
_MOST_GAPS: Final = 20

_people = Console(stderr=True)


def rota_file(question: Path, *, seconds: float) -> int:
    """Print the rota that a file (`-`: standard input) asks for as JSON; give the status with which to end.

    What a person wants to know first, and what is wrong with a question, is said on standard error.
    """
    return _answered(question, seconds, rota_here, _rota_in_words)


def lend_file(question: Path, *, seconds: float) -> int:
    """Print who is lent as JSON; otherwise like `rota_file`."""
    return _answered(question, seconds, lending_here, _lending_in_words)


def assign_file(question: Path, *, seconds: float) -> int:
    """Print who does what now as JSON; otherwise like `rota_file`."""
    return _answered(question, seconds, assignment_here, _assignment_in_words)


def _answered(
    question: Path,
    seconds: float,
    answer_here: Callable[[bytes, float], str | tuple[Fault, ...]],
    in_words: Callable[[dict[str, Any]], list[str]],
) -> int:
    text = sys.stdin.buffer.read() if str(question) == "-" else question.read_bytes()
    load_solvers()
    found = answer_here(text, seconds)
    if isinstance(found, str):
        print(found, flush=True)  # noqa: T201 - this is the command's output, for other programs to read
        _say(in_words(json.loads(found)))
        return 0
    _say([f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in found])
    _say(["Nothing was computed. Correct these fields and ask again; every field is explained in docs:"])
    _say(["rotas.md for rota and lend, assignment.md for assign."])
    return INPUT_ERROR


def _say(lines: list[str]) -> None:
    for line in lines:
        _people.print(printable(line), markup=False, highlight=False, soft_wrap=True)


def _rota_in_words(answer: dict[str, Any]) -> list[str]:
    summary = answer["summary"]
    said = [f"{_filled(summary)} {_proof(summary)} {summary['seconds']:.2f} s; every rule was checked."]
    for gap in answer["gaps"][:_MOST_GAPS]:
        said.append(f"{gap['duty']} ({gap['starts']}): {gap['empty']} empty.")
        said += [f"  {way['en']}" for way in gap["ways_out"]]
    return said + _more(answer["gaps"])


def _lending_in_words(answer: dict[str, Any]) -> list[str]:
    summary = answer["summary"]
    alone = f"Without lending {summary['empty_alone']} would be empty."
    said = [f"{_filled(summary)} {alone} {_proof(summary)} {summary['seconds']:.2f} s; every rule was checked."]
    said += [
        f"{gap['duty']} of {gap['area']} ({gap['starts']}): {gap['empty']} empty. {gap['en']}"
        for gap in answer["gaps"][:_MOST_GAPS]
    ]
    return said + _more(answer["gaps"])


def _assignment_in_words(answer: dict[str, Any]) -> list[str]:
    summary = answer["summary"]
    proof = "No assignment costs less." if summary["proven"] else "More seconds may find a cheaper one."
    done = f"{summary['assigned']} of {summary['tasks']} tasks are assigned, {summary['moved']} change hands."
    said = [f"{done} {proof} {summary['seconds']:.2f} s; every rule was checked."]
    said += [f"{one['task']}: {one['en']}" for one in answer["left_out"][:_MOST_GAPS]]
    return said + _more(answer["left_out"])


def _filled(summary: dict[str, Any]) -> str:
    return f"{summary['slots'] - summary['empty']} of {summary['slots']} slots are filled."


def _proof(summary: dict[str, Any]) -> str:
    return "No answer fills more." if summary["proven"] else "More seconds may fill more."


def _more(gaps: list[Any]) -> list[str]:
    return [f"And {len(gaps) - _MOST_GAPS} more; the JSON names all."] if len(gaps) > _MOST_GAPS else []
