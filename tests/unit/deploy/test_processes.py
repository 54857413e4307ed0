"""Processes are started, found again and ended by their own pid; stand-ins are tiny Python servers."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from deploy.local import probes
from deploy.local.processes import NotReady, Process, birth_of

READY = """
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/internal/ready" else 404)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"


def a_process(folder: Path, *, code: str = READY, port: int = 0, patience_s: float = 20) -> Process:
    return Process(
        name="stand-in",
        folder=folder,
        command=(sys.executable, "-c", code, str(port)),
        answers=partial(probes.is_ready, port),
        patience_s=patience_s,
    )


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    process = a_process(tmp_path, port=probes.free_port())
    yield process
    process.kill()


def test_a_started_process_answers_and_a_stopped_one_is_gone(process: Process) -> None:
    process.start()
    pid = process.pid
    assert pid is not None
    process.stop()
    assert not process.is_running
    assert birth_of(pid) is None


def test_starting_twice_keeps_the_first(process: Process) -> None:
    process.start()
    pid = process.pid
    process.start()
    assert process.pid == pid


def test_another_terminal_finds_and_stops_what_was_started_here(process: Process, tmp_path: Path) -> None:
    process.start()
    elsewhere = a_process(tmp_path)
    assert elsewhere.pid == process.pid
    elsewhere.stop()
    assert not process.is_running


def test_a_killed_process_starts_again(process: Process) -> None:
    process.start()
    first = process.pid
    process.kill()
    assert not process.is_running
    process.start()
    assert process.pid not in (None, first)


def test_a_process_killed_by_somebody_else_is_seen_to_be_gone(process: Process) -> None:
    process.start()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.stop()
    assert not process.is_running


def test_a_pid_that_was_given_to_a_stranger_is_left_alone(process: Process, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as stranger:
        (tmp_path / "stand-in.pid").write_text(f"{stranger.pid} another-birth\n")
        assert not process.is_running
        process.kill()
        assert stranger.poll() is None
        stranger.kill()


def test_a_process_that_ends_while_starting_shows_its_last_words(tmp_path: Path) -> None:
    process = a_process(tmp_path, code="raise SystemExit('no such board')")
    with pytest.raises(NotReady, match=r"ended while starting[\s\S]*no such board"):
        process.start()


def test_a_process_that_never_answers_is_reported_in_time(tmp_path: Path) -> None:
    process = a_process(tmp_path, code=DEAF, patience_s=0.5)
    with pytest.raises(NotReady, match="has not answered"):
        process.start()
    process.kill()


def test_a_process_that_will_not_go_is_killed(tmp_path: Path) -> None:
    process = a_process(tmp_path, code=DEAF, patience_s=0.5)
    with pytest.raises(NotReady):
        process.start()
    process.stop()
    assert not process.is_running


def test_a_taken_port_is_a_sentence_not_a_second_server(process: Process, tmp_path: Path) -> None:
    process.start()
    rival = Process(name="rival", folder=tmp_path, command=("false",), answers=process._answers)
    with pytest.raises(NotReady, match="Somebody else already answers where rival would listen"):
        rival.start()


def test_nobody_there_is_no_answer() -> None:
    port = probes.free_port()
    assert not probes.kafka_answers(port)
    assert not probes.mongo_answers(port)
    assert not probes.is_ready(port)


def test_a_web_server_is_not_mistaken_for_kafka_or_mongo() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door, ThreadPoolExecutor(1) as threads:
        port = door.getsockname()[1]
        for answers in (probes.kafka_answers, probes.mongo_answers):
            refused = threads.submit(_refuse_one, door)
            assert not answers(port)
            refused.result()


def _refuse_one(door: socket.socket) -> None:
    wire, _ = door.accept()
    with wire:
        wire.recv(1024)
        wire.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
