"""The answer of the door, field by field; read where nothing is solved, so it loads no solver."""

from typing import Literal

from pydantic import Field

from services.matcher.application.duty_doors.rota_answer import Said


class AssignmentSummary(Said):
    """The assignment in figures."""

    tasks: int
    assigned: int
    left_out: int
    moved: int = Field(description="Tasks that somebody had and somebody else, or nobody, has now.")
    cost_s: int = Field(description="Travel, tasks that change hands, and penalties of what is left out, in sum.")
    proven: bool = Field(description="Whether it is proven that no assignment costs less.")
    verified: Literal[True] = Field(default=True, description="Every rule was checked by a program of its own.")
    seconds: float = Field(description="How long it took.")


class AssignedTask(Said):
    """A task and who does it."""

    task: str
    volunteer: str
    cost_s: int = Field(description="Travel, and `moving_s` if it changes hands.")
    moved: bool


class UnassignedTask(Said):
    """A task that nobody does."""

    task: str
    why: Literal["nobody_here", "nobody_qualified", "no_candidate", "too_dear", "outbid"]
    short_of_s: int | None = Field(description="With its penalty higher by more than that, somebody does it.")
    volunteer: str | None = Field(description="Who that would be.")
    zh: str
    en: str


class AssignmentAnswer(Said):
    """An answered question."""

    summary: AssignmentSummary
    left_out: tuple[UnassignedTask, ...]
    assigned: tuple[AssignedTask, ...]
