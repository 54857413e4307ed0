"""Rotas: who stands on which duty of a week, so that no slot stays empty if rules and people allow it.

Units, the same in every module of this folder:

- moments are whole minutes since midnight of the rota's first day; before it they are negative;
- windows are (opens, closes), closes not included: a duty until 480 and one from 480 do not overlap;
- a duty wants several people at once: each of them fills one *slot*.

Read `question.py` (what is asked), `verify.py` (what an answer has to keep), `solve.py` (how it is found; it loads
OR-Tools, so only those who solve import it).
"""

from services.matcher.planning.rota.question import Credential, Duty, Person, RotaQuestion, Rules
from services.matcher.planning.rota.rota import Gap, Miss, Rota, RotaRule
from services.matcher.planning.rota.verify import RotaViolation, verify_rota

__all__ = [
    "Credential",
    "Duty",
    "Gap",
    "Miss",
    "Person",
    "Rota",
    "RotaQuestion",
    "RotaRule",
    "RotaViolation",
    "Rules",
    "verify_rota",
]
