"""Runs intake alone: `python -m services.intake`."""

from services.intake.app import build_service
from services.intake.settings import IntakeSettings
from shared.runtime.standalone import run_alone

if __name__ == "__main__":
    run_alone(build_service, IntakeSettings)
