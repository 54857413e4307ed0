"""Runs the matcher alone: `python -m services.matcher`."""

from services.matcher.app import build_service
from services.matcher.settings import MatcherSettings
from shared.runtime.standalone import run_alone

if __name__ == "__main__":  # solver processes import this module under another name
    run_alone(build_service, MatcherSettings)
