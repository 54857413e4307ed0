"""A log line is one JSON object with the story it belongs to, whatever was logged."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from shared.runtime.logs import JsonFormatter, NotSoOften, correlation


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(stream: io.StringIO) -> Iterator[logging.Logger]:
    logger = logging.Logger("test")  # noqa: LOG001 - one that nobody else writes to
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter("intake"))
    logger.addHandler(handler)
    yield logger
    handler.close()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_with_its_own_fields(logger: logging.Logger, stream: io.StringIO) -> None:
    logger.info("intake.need_accepted", extra={"need": "n1", "service_zh": "送餐\n换行"})
    (line,) = lines(stream)
    assert (line["service"], line["event"], line["level"]) == ("intake", "intake.need_accepted", "INFO")
    assert (line["need"], line["service_zh"]) == ("n1", "送餐\n换行")
    assert line["time"].endswith("+00:00")
    assert "correlation" not in line


def test_a_line_belongs_to_its_story(logger: logging.Logger, stream: io.StringIO) -> None:
    token = correlation.set("story")
    logger.warning("intake.slow")
    correlation.reset(token)
    assert lines(stream)[0]["correlation"] == "story"


def test_what_is_no_json_is_written_as_text_and_an_exception_with_its_trace(
    logger: logging.Logger, stream: io.StringIO
) -> None:
    try:
        dict[str, str]()["饭"]
    except KeyError:
        logger.exception("intake.broke", extra={"thing": {1, 2}.__class__})
    (line,) = lines(stream)
    assert "KeyError: '饭'" in line["exception"]
    assert line["thing"] == "<class 'set'>"


def a_line(name: str, text: str, at: float) -> logging.LogRecord:
    record = logging.makeLogRecord({"name": name, "msg": text})
    record.created = at
    return record


def test_what_kafka_s_client_repeats_is_written_once_in_a_while() -> None:
    calm = NotSoOften()
    told = [calm.filter(a_line("aiokafka.conn", "Unable connect", at)) for at in (100.0, 100.1, 109.9, 110.0)]
    assert told == [True, False, False, True]
    assert calm.filter(a_line("aiokafka.conn", "Unable to update metadata", 110.0))


def test_our_own_lines_are_all_written() -> None:
    calm = NotSoOften()
    assert all(calm.filter(a_line("shared.runtime.relay", "runtime.relay_delayed", at)) for at in (1.0, 1.1))
