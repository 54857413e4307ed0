"""Runs the console alone: `python -m services.console`."""

from services.console.app import build_service
from services.console.settings import ConsoleSettings
from shared.runtime.standalone import run_alone

if __name__ == "__main__":
    run_alone(build_service, ConsoleSettings)
