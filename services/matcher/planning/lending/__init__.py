"""Lending people between areas: a short-handed area gets those of a neighbour who can be spared, under an agreement.

Units, the same in every module of this folder: moments are whole minutes since midnight of the first day; windows are
(opens, closes), closes not included; travel is whole minutes. A duty wants several people; each fills one *slot*.

Read `question.py` (what is asked), `verify.py` (what an answer has to keep), `solve.py` (how it is found; it loads
OR-Tools, so only those who solve import it).
"""

from services.matcher.planning.lending.lending import Lending, LendingGap, WhyEmpty
from services.matcher.planning.lending.question import Agreement, AreaDuty, AreaPerson, LendingQuestion
from services.matcher.planning.lending.verify import LendingRule, LendingViolation, verify_lending

__all__ = [
    "Agreement",
    "AreaDuty",
    "AreaPerson",
    "Lending",
    "LendingGap",
    "LendingQuestion",
    "LendingRule",
    "LendingViolation",
    "WhyEmpty",
    "verify_lending",
]
