"""A real Kafka and a MongoDB-protocol server on this computer, for the distributed mode and its tests."""

import base64
import string
import subprocess
import uuid
from pathlib import Path

from deploy.local import jars, probes
from deploy.local.jars import MissingTool
from deploy.local.processes import NotReady, Process

__all__ = ["LocalKafka", "LocalMongo", "MissingTool", "NotReady"]

HOME = Path(__file__).resolve().parents[2] / "var" / "local"
_KAFKA = Path(__file__).resolve().parent / "kafka"
_MONGO = Path(__file__).resolve().parent / "mongo"

# The small collector, no second compiler: on two cores a broker starts with 2.6 s of CPU instead of 4.5 s, and
# 20,000 messages pass at 52,000 a second instead of 32,000, since the compiler no longer competes with the work.
_JAVA = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class LocalKafka(Process):
    """One Apache Kafka 4 node, broker and controller in one, on 127.0.0.1.

    Parameters
    ----------
    home
        Keeps data, log and pid; both servers may share it. What was acknowledged survives a restart, also a ``kill``.
    port
        Where clients connect.
    libs
        Where the broker's jars are, or will be after ``install``.
    """

    def __init__(self, home: Path, port: int, *, libs: Path = HOME / "kafka" / "libs") -> None:
        home = home.resolve()
        self.port = port
        self.address = f"{probes.HOST}:{port}"
        self._libs = libs
        self._data = home / "kafka-data"
        self._properties = home / "kafka.properties"
        java = (*_JAVA, "-cp", f"{_KAFKA}:{libs}/*")
        self._formatter = (*java, "kafka.tools.StorageTool", "format", "-c", str(self._properties), "-t")
        super().__init__(
            name="kafka",
            folder=home,
            command=(*java, "-Xmx512m", "kafka.Kafka", str(self._properties)),
            answers=lambda: probes.kafka_answers(port),
        )

    def install(self) -> None:
        """Bring the broker's jars, once."""
        jars.install(self._libs, _KAFKA / "pom.xml")

    def launch(self) -> None:
        """Start the broker without waiting; the first time, bring its jars and format its disk."""
        if self.is_running:
            return
        jars.tool("java")
        self.install()
        self._configure()
        if not (self._data / "meta.properties").exists():
            self._format()
        super().launch()

    def _configure(self) -> None:
        """Write the broker's settings. The controller's port is nobody else's business, so any free one does."""
        template = string.Template((_KAFKA / "server.properties").read_text())
        filled = template.substitute(port=self.port, controller_port=probes.free_port(), data=self._data)
        self._properties.parent.mkdir(parents=True, exist_ok=True)
        self._properties.write_text(filled)

    def _format(self) -> None:
        command = (*self._formatter, _new_cluster_id())
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- our own command
        if done.returncode != 0:
            raise NotReady(
                f"Kafka could not format {self._data}. Remove it if its data may go, then start again:\n"
                f"{done.stdout}{done.stderr}"
            )


class LocalMongo(Process):
    """A server that speaks MongoDB's protocol, on 127.0.0.1; LocalMongo.java tells what it can and cannot do.

    Parameters
    ----------
    home
        Keeps data, log and pid; both servers may share it. What was acknowledged survives a restart, also a ``kill``.
    port
        Where clients connect.
    libs
        Where the server's jars are, or will be after ``install``.
    """

    def __init__(self, home: Path, port: int, *, libs: Path = HOME / "mongo" / "libs") -> None:
        home = home.resolve()
        self.port = port
        self.url = f"mongodb://{probes.HOST}:{port}"
        self._libs = libs
        java = (*_JAVA, "-Xmx256m", "-cp", f"{libs}/*")
        super().__init__(
            name="mongo",
            folder=home,
            command=(*java, str(_MONGO / "LocalMongo.java"), str(port), str(home / "mongo.mv")),
            answers=lambda: probes.mongo_answers(port),
        )

    def install(self) -> None:
        """Bring the server's jars, once."""
        jars.install(self._libs, _MONGO / "pom.xml")

    def launch(self) -> None:
        """Start the server without waiting; the first time, bring its jars."""
        if self.is_running:
            return
        jars.tool("java")
        self.install()
        super().launch()


def _new_cluster_id() -> str:
    """Make 16 random bytes in URL-safe base 64; without dashes, since it is a command's argument."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "0")
