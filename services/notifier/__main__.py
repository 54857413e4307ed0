"""Runs the notifier as a process of its own."""

from services.notifier.app import build_service
from services.notifier.settings import NotifierSettings
from shared.runtime.standalone import run_alone

if __name__ == "__main__":
    run_alone(build_service, NotifierSettings)
