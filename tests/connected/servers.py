"""A Kafka broker and a MongoDB-protocol server for a test session, for a conftest to import; no Docker needed.

``from tests.connected.servers import kafka, mongo`` makes the two fixtures. A test may ``kill`` a server and ``start``
it again: data, port and object stay the same.
"""

import os
from collections.abc import Iterator
from typing import TypeVar

import pytest

from deploy.local.probes import free_port
from deploy.local.processes import Process
from deploy.local.servers import LocalKafka, LocalMongo, MissingTool

Server = TypeVar("Server", LocalKafka, LocalMongo)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """Kafka 4 on a free port; clients connect to ``kafka.address``."""
    yield from running(LocalKafka(tmp_path_factory.mktemp("kafka"), free_port()))


@pytest.fixture(scope="session")
def mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMongo]:
    """MongoDB's protocol on a free port; clients connect to ``mongo.url``."""
    yield from running(LocalMongo(tmp_path_factory.mktemp("mongo"), free_port()))


def running(server: Server) -> Iterator[Server]:
    """Start the server, hand it out, and stop it whatever happened."""
    try:
        start_or_skip(server)
        yield server
    finally:
        server.stop()


def start_or_skip(*processes: Process) -> None:
    """Start the processes together.

    Without java or maven the test is skipped, except in CI (``CI=true``): there a skipped promise is a broken one.
    """
    try:
        for process in processes:
            process.launch()
        for process in processes:
            process.wait_until_ready()
    except MissingTool as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))
