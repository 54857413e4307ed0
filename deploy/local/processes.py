"""One background process with a pid file, so that whoever comes later stops exactly what was started here."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_GLANCE_S = 0.05
_LOG_TAIL_LINES = 15


class NotReady(RuntimeError):  # noqa: N818 -- says what is the matter
    """A process ended, or did not answer in time; the message carries the end of its log."""


class Process:
    """A program that runs detached, says when it is ready, and is ended by its own pid.

    Two objects with the same ``folder`` and ``name`` speak of the same process, also from two terminals.

    Parameters
    ----------
    name
        Names the process, its pid file and its log.
    folder
        Where ``<name>.pid`` and ``<name>.log`` are kept. Made at the first start.
    command
        Program and arguments.
    answers
        True once the process does its work. Asked repeatedly after a start.
    environment
        Variables added to those of the caller.
    patience_s
        Seconds that a start, or a polite stop, may take.
    """

    def __init__(  # noqa: PLR0913 -- these six are what a process is
        self,
        *,
        name: str,
        folder: Path,
        command: Sequence[str],
        answers: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
        patience_s: float = 60,
    ) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._pid_file = folder / f"{name}.pid"
        self._command = tuple(command)
        self._answers = answers
        self._environment = dict(environment or {})
        self._patience_s = patience_s
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The pid while the process lives, else None."""
        if self._child is not None:
            self._child.poll()  # a child that ended stays a zombie until its parent looks
        try:
            written, born = self._pid_file.read_text().split(maxsplit=1)
            pid = int(written)
        except (FileNotFoundError, ValueError):
            return None
        return pid if birth_of(pid) == born.strip() else None

    @property
    def is_running(self) -> bool:
        """Whether the process lives; it may not answer yet."""
        return self.pid is not None

    def start(self) -> None:
        """Launch the process if it is not running, and wait until it answers."""
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start the process in the background, in its own session, without waiting."""
        if self.is_running:
            return
        if self._answers():
            raise NotReady(
                f"Somebody else already answers where {self.name} would listen. "
                "Stop that server, or choose another port."
            )
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 -- our own command, no shell
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self._environment},
                start_new_session=True,
            )
        self._pid_file.write_text(f"{self._child.pid} {birth_of(self._child.pid)}\n")

    def wait_until_ready(self) -> None:
        """Return once the process answers.

        Raises
        ------
        NotReady
            If it ends first or does not answer within its patience.
        """
        deadline = time.monotonic() + self._patience_s
        while not self._answers():
            if not self.is_running:
                raise NotReady(f"{self.name} ended while starting. The end of {self.log}:\n{self._log_tail()}")
            if time.monotonic() > deadline:
                raise NotReady(
                    f"{self.name} runs but has not answered in {self._patience_s:.0f} s. "
                    f"The end of {self.log}:\n{self._log_tail()}"
                )
            time.sleep(_GLANCE_S)

    def stop(self) -> None:
        """Ask the process to end (SIGTERM) and wait; past its patience, kill it."""
        if not self._end(signal.SIGTERM):
            self.kill()

    def kill(self) -> None:
        """End the process as a crash would (SIGKILL), and wait until it is gone."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> bool:
        pid = self.pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
        deadline = time.monotonic() + self._patience_s
        while self.is_running:
            if time.monotonic() > deadline:
                return False
            time.sleep(_GLANCE_S)
        self._pid_file.unlink(missing_ok=True)
        return True

    def _log_tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-_LOG_TAIL_LINES:]) or "    (nothing)"


def birth_of(pid: int) -> str | None:
    """Say when a living process was born, None if there is none; pids are used again, births are not.

    Linux tells it in ``/proc`` (clock ticks since boot); elsewhere ``ps`` does. A zombie does not live.
    """
    if Path("/proc/self/stat").exists():
        try:
            # The command, the second field, may hold spaces and parentheses: count after its end.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        state, born = fields[0], fields[19]
    else:
        ps = ("ps", "-o", "stat=,lstart=", "-p", str(pid))
        answer = subprocess.run(ps, capture_output=True, text=True, check=False).stdout  # noqa: S603 -- no shell
        state, _, born = answer.strip().partition(" ")
    return None if not state or state[0] in "ZX" else born.strip()
