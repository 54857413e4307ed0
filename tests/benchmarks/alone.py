"""Intake as a process of its own over its own file, so that nobody else's work is measured; `python -m ... PORT`."""

import os
import sys

from services.intake.app import build_service
from services.intake.settings import IntakeSettings
from shared.runtime.standalone import run_alone

if __name__ == "__main__":
    os.environ["LINLI_PORT"] = sys.argv[1]
    run_alone(build_service, IntakeSettings)
