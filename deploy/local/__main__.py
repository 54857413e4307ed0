"""The distributed mode on one computer: ``python -m deploy.local up``, ``down`` or ``status``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.local import probes
from deploy.local.jars import JarsMissing, MissingTool
from deploy.local.line_up import SERVICES, Ports, line_up
from deploy.local.processes import NotReady, Process
from deploy.local.servers import HOME

_LAST_PORT = 65_535

Waves = Sequence[Sequence[Process]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, do it, and return the exit code."""
    asked = _parser().parse_args(arguments)
    ports = Ports(kafka=asked.kafka_port, mongo=asked.mongo_port, http=asked.http_port)
    waves = line_up(asked.home, ports)
    known = [process.name for wave in waves for process in wave]
    unknown = [name for name in asked.names if name not in known]
    if unknown:
        _complain(f"Nobody here is called {', '.join(unknown)}. Known names: {', '.join(known)}.")
        return 2
    chosen = [[process for process in wave if process.name in (asked.names or known)] for wave in waves]
    code = {"up": up, "down": down, "status": status}[asked.command](chosen)
    if asked.command == "up" and code == 0 and not asked.names:
        _say_what_next(ports)
    return code


def up(waves: Waves) -> int:
    """Start wave after wave; what runs already is left alone."""
    try:
        for wave in waves:
            for process in wave:
                process.launch()
            for process in wave:
                process.wait_until_ready()
                _say(process, "ready")
    except (MissingTool, JarsMissing, NotReady) as trouble:
        _complain(f"{trouble}\nWhat did start still runs; stop it with: python -m deploy.local down")
        return 1
    return 0


def down(waves: Waves) -> int:
    """Stop in reverse order, each process by the pid that its start wrote down."""
    for wave in reversed(waves):
        for process in reversed(wave):
            was_running = process.is_running
            process.stop()
            _say(process, "stopped" if was_running else "was not running")
    return 0


def status(waves: Waves) -> int:
    """Say who runs; the exit code is 1 if somebody does not."""
    processes = [process for wave in waves for process in wave]
    for process in processes:
        _say(process, "running" if process.is_running else "not running")
    return 0 if all(process.is_running for process in processes) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("command", choices=("up", "down", "status"))
    parser.add_argument("names", nargs="*", help="only these processes, e.g. kafka mongo; by default all")
    parser.add_argument("--home", type=_folder, default=HOME, help="keeps data, logs and pids (default: var/local)")
    parser.add_argument("--kafka-port", type=_port, default=Ports.kafka)
    parser.add_argument("--mongo-port", type=_port, default=Ports.mongo)
    parser.add_argument("--http-port", type=_port, default=Ports.http, help="the first service's; the others follow")
    return parser


def _folder(text: str) -> Path:
    folder = Path(text)
    if folder.exists() and not folder.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no folder")
    return folder


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdigit() else 0
    if not 0 < port <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is no port: take one from 1 to {_LAST_PORT}")
    return port


def _say(process: Process, word: str) -> None:
    pid = f"pid {process.pid}" if process.is_running else ""
    sys.stdout.write(f"{process.name:<10}{word:<18}{pid:<14}{process.log}\n")
    sys.stdout.flush()


def _say_what_next(ports: Ports) -> None:
    doors = {service: f"http://{probes.HOST}:{port}" for service, port in ports.of_services().items()}
    sys.stdout.write(
        f"\nPages           {doors['console']}/\n"
        f"API             /docs of {', '.join(doors[service] for service in SERVICES)}\n"
        f"Hand in needs   linli import SHEET.csv --area AREA --url {doors['intake']}\n"
        "Stop            python -m deploy.local down\n"
    )


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
