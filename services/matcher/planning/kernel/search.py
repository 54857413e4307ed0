"""One search: a board, its memory, and the few things that can be asked of them from Python."""

from time import perf_counter

import numpy as np

from services.matcher.planning.kernel.anneal import construct, iterate
from services.matcher.planning.kernel.board import CAPACITY, CARRIED, Board
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.kernel.cooling import Tuning, temperature_at
from services.matcher.planning.kernel.desk import desk_of
from services.matcher.planning.kernel.editing import rebuild
from services.matcher.planning.kernel.memory import AFTER, memory_of

CHUNK_S = 0.004  # between two looks at the clock
PACE_S = 1e-5  # for a round, before it is known
FIRST_ROUNDS = 20  # until then
FOREVER = 1 << 40  # rounds
MOST_MEDIANS = 2.0  # as much as a mean way counts
NEVER = 1 << 62  # dearer than any plan


class Search:
    """A search that can be stopped at any moment.

    Parameters
    ----------
    board
        The problem as arrays. The search writes in it: a board belongs to one search.
    seed
        Of the dice.
    least_kept
        So many jobs stay with their holders, if the tours to begin with have so many.
    """

    def __init__(self, board: Board, seed: int, *, least_kept: int = 0) -> None:
        self.board = board
        self.memory = memory_of(board, seed)
        self.memory.now["least_kept"] = least_kept
        self._slots = desk_of(board, self.memory)  # must live as long as its address is used
        self.desk = int(self._slots.ctypes.data)
        self.room = self.memory.best.shape[1]
        self.rounds = 0
        self.pace = PACE_S  # seconds for a round, lately
        self._arc = 1.0  # mean arc when it was last cooled from hot

    def twin(self, seed: int) -> "Search":
        """Make another search of the same board, with dice of its own, that begins with the best plan of this one."""
        board = self.board._replace(nodes=self.board.nodes.copy(), jobs=self.board.jobs.copy())
        twin = Search(board, seed, least_kept=int(self.memory.now[0]["least_kept"]))
        twin.begin(self.memory.best)
        return twin

    @property
    def best_cost(self) -> int:
        """Of the best tours so far, seconds-equivalent."""
        return int(self.memory.now[0]["best"])

    def begin(self, sequences: Array) -> bool:
        """Put these tours on the board and insert everything absent; False if the tours break a rule."""
        fits = bool(rebuild(self.desk, sequences)) and self._carries_all()
        if not fits:
            rebuild(self.desk, np.zeros_like(sequences))
        self.memory.now["best"] = NEVER
        construct(self.desk)
        return fits

    def take(self, tours: Array, cost: int) -> None:
        """Have this plan, which another search has found, as the best so far."""
        self.memory.best[:], self.memory.now["best"] = tours, cost

    def _carries_all(self) -> bool:
        """Whether what is taken along from the outset is no more than each can carry."""
        extra = self.memory.carried[: len(self.board.people), 0, AFTER] > self.board.limits[CAPACITY]
        carriers = self.board.jobs["tour"][self.board.nodes["job"][self.board.nodes["kind"] == CARRIED]]
        return not bool(extra[carriers[carriers >= 0]].any())

    def has_slack(self) -> bool:
        """Whether everything that anybody could do is done, and somebody has nothing to do."""
        now = self.memory.now[0]
        return bool(now["absent"] == 0 and now["used"] < len(self.board.people))

    def best_tour(self, tour: int) -> list[int]:
        """Nodes of a tour of the best plan."""
        return list(map(int, self.memory.best[tour, 1 : self.memory.best[tour, 0] + 1]))

    def mean_arc(self) -> float:
        """Travel seconds between two stops of the present tours, in the mean; at least one.

        A few very long ways among many short ones do not count in full: the mean is at most two medians of the ways
        that are not zero.
        """
        now, people = self.memory.now[0], len(self.board.people)
        tours, ways = self.memory.tours[:people], self.memory.stops["way"][:people, 1:]
        mean = int(tours["travel"].sum()) / max(1, int(now["stops"] + now["used"]))
        last = np.where(tours["length"] > 0, tours["length"], -1)  # the way to the end
        ways = ways[(np.arange(ways.shape[1]) <= last[:, None]) & (ways > 0)]
        return max(1.0, min(mean, MOST_MEDIANS * float(np.median(ways)) if len(ways) else mean))

    def cool(self, rounds: int, tuning: Tuning, *, start: float, end: float | None = None) -> None:
        """Cool down once, in so many rounds, or until a reading of `perf_counter` if that comes first.

        Parameters
        ----------
        rounds
            Without an end the same seed gives the same tours.
        tuning
            Where it ends, and what each round is like.
        start
            Temperature in mean arcs.
        end
            Seconds; None: rounds are counted alone.
        """
        begun, done = perf_counter(), 0
        if start == tuning.start:
            self._arc = self.mean_arc()
        arc = self._arc
        if end is None:
            self._iterate(rounds, arc * start, (tuning.end / start) ** (1 / rounds), tuning)
            return
        chunk = FIRST_ROUNDS
        while done < rounds and (left := end - (now := perf_counter())) > 0:
            ahead = min(rounds - done, left / self.pace)  # rounds that are still to come
            progress = max(done / rounds, (now - begun) / (end - begun))
            fall = (tuning.end / start) ** ((1 - progress) / max(1.0, ahead))
            chunk = max(1, min(chunk, rounds - done))
            self._iterate(chunk, arc * temperature_at(progress, start, tuning.end), fall, tuning)
            took = max(perf_counter() - now, 1e-6)
            self.pace, done = took / chunk, done + chunk
            chunk = int(chunk * min(2.0, min(CHUNK_S, max(left - took, 0.0) / 2 + 1e-4) / took))

    def _iterate(self, rounds: int, heat: float, fall: float, tuning: Tuning) -> None:
        """Do so many rounds; the heat is in seconds-equivalent, and falls by a factor with each."""
        size = tuning.mean_removed, tuning.longest_string, tuning.swaps
        iterate(self.desk, rounds, heat, fall, tuning.blink, *size, tuning.retried, tuning.handed)
        self.rounds += rounds
