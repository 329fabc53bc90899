"""Real Spark applications, from PyPI, each of one caller as on a cluster without impersonation."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hosting.artifacts import V1_PROVIDER, V2_PROVIDER, Artifacts, java
from hosting.hadoop import PROVIDERS_SETTING
from local_aws import LocalAws, child_process

SPARK_PROVIDERS = {"3.5": V1_PROVIDER, "4": V2_PROVIDER}
JOB = Path(__file__).parent / "spark_jobs" / "read_buckets.py"
APPLICATION_SECONDS = 240.0


@dataclass(frozen=True)
class Read:
    """What an application saw at one location."""

    rows: list[dict[str, str]] | None
    error: str | None


@dataclass(frozen=True)
class Spark:
    """One Spark, with the local AWS and a node's configuration folder."""

    version: str
    artifacts: Artifacts
    aws: LocalAws
    configuration: Path
    output: Path
    """The folder for logs and answers."""
    master: str = "local[2]"
    proxy_user: str = ""
    """In whose name each caller submits its applications, if not its own."""

    def read(
        self, caller: str, locations: Sequence[str], settings: Mapping[str, str], pause: float = 0, label: str = ""
    ) -> list[Read]:
        """Run one application that reads each location, `pause` seconds apart; `settings` are Hadoop's."""
        name = f"spark-{self.version}-{label or caller}"
        answers, job = self.output / f"{name}.answers.jsonl", self.output / f"{name}.job.json"
        job.write_text(
            json.dumps(
                {
                    "settings": self._settings(name, settings),
                    "locations": list(locations),
                    "answers": str(answers),
                    "pause": pause,
                }
            )
        )
        log = self.output / f"{name}.log"
        status = child_process.run(
            [sys.executable, JOB, job],
            env=self._environment(caller),
            output=log,
            timeout=APPLICATION_SECONDS + pause * len(locations),
        )
        if status != 0:
            raise RuntimeError(f"the Spark application of {caller} ended with {status}; its log: {log}")
        return [Read(found.get("rows"), found.get("error")) for found in map(json.loads, answers.open())]

    def log(self, caller: str) -> str:
        """What an application logged."""
        return (self.output / f"spark-{self.version}-{caller}.log").read_text(errors="replace")

    def _settings(self, name: str, settings: Mapping[str, str]) -> dict[str, str]:
        hadoop = {PROVIDERS_SETTING: SPARK_PROVIDERS[self.version]} | dict(settings)
        jars = [self.artifacts.jar, *self.artifacts.host_jars(f"spark-{self.version}")]
        return {
            "spark.app.name": name,
            "spark.master": self.master,
            "spark.ui.enabled": "false",
            "spark.driver.memory": "768m",
            "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "spark.executor.memory": "512m",
            "spark.executor.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.warehouse.dir": str(self.output / "warehouse"),
            "spark.jars": ",".join(map(str, jars)),
        } | {f"spark.hadoop.{key}": value for key, value in hadoop.items()}

    def _environment(self, caller: str) -> dict[str, str]:
        home = self.artifacts.spark_home(self.version)
        submitting = f"--proxy-user {self.proxy_user} " if self.proxy_user else ""
        return self.aws.environment() | {
            "PYTHONPATH": str(home),
            "SPARK_HOME": str(self._home(home / "pyspark")),
            "PYSPARK_SUBMIT_ARGS": f"{submitting}pyspark-shell",
            "JAVA_HOME": str(java().resolve().parent.parent),
            "PYSPARK_PYTHON": sys.executable,
            "HADOOP_CONF_DIR": str(self.configuration),
            "SPARK_CONF_DIR": str(self.configuration),
            # Where no Kerberos is, this claim is who the caller is.
            "HADOOP_USER_NAME": caller,
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": str(self.output / "spark-local"),
            "PATH": os.environ["PATH"],
        }

    def _home(self, installed: Path) -> Path:
        """A home of this run: workers write below it."""
        home = self.output / f"spark-{self.version}-home"
        if not home.exists():
            home.mkdir()
            for entry in installed.iterdir():
                (home / entry.name).symlink_to(entry)
        return home
