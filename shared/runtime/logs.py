"""JSON logs, one line an event, with the correlation id of the story that the line belongs to."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final, TextIO

correlation: ContextVar[str | None] = ContextVar("correlation", default=None)

_OWN_FIELDS: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}
_REPEATED_EVERY_S: Final = 10.0
_MOST_REMEMBERED: Final = 200


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, service, event, correlation and the event's own fields."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Write the record as JSON."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self._service,
            "event": record.getMessage(),
        }
        if (story := correlation.get()) is not None:
            line["correlation"] = story
        line |= {name: value for name, value in record.__dict__.items() if name not in _OWN_FIELDS}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class NotSoOften(logging.Filter):
    """Lets the same line of Kafka's client through once in ten seconds: away from its broker it says 40 a second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the line is to be written."""
        if not record.name.startswith("aiokafka"):
            return True
        line = record.getMessage()
        if record.created - self._said.get(line, 0) < _REPEATED_EVERY_S:
            return False
        if len(self._said) >= _MOST_REMEMBERED:
            self._said.clear()
        self._said[line] = record.created
        return True


def log_as_json(service: str, level: str, stream: TextIO | None = None) -> None:
    """Send all logs of this process to the stream (standard error if none) as JSON."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(service))
    handler.addFilter(NotSoOften())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("aiokafka", "httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
