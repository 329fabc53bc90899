"""`hadoop fs -ls` without a Hadoop installation."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hosting.artifacts import Artifacts
from hosting.hadoop import HADOOP_PROVIDERS, PROVIDERS_SETTING, Launch
from local_aws import LocalAws, child_process

COMMAND_SECONDS = 60.0


@dataclass(frozen=True)
class Listed:
    """How the command ended, and all that it printed."""

    status: int
    output: str


def list_as(
    caller: str,
    path: str,
    hadoop: str,
    settings: Mapping[str, str],
    artifacts: Artifacts,
    aws: LocalAws,
    configuration: Path,
    log: Path,
) -> Listed:
    """List a path as a caller, in a JVM of its own."""
    command = Launch().command(artifacts, hadoop, "org.apache.hadoop.fs.FsShell", configuration)
    for name, value in ({PROVIDERS_SETTING: HADOOP_PROVIDERS[hadoop]} | dict(settings)).items():
        command += ["-D", f"{name}={value}"]
    status = child_process.run(
        [*command, "-ls", path],
        env=aws.environment() | {"HADOOP_USER_NAME": caller},
        output=log,
        timeout=COMMAND_SECONDS,
    )
    return Listed(status, log.read_text(errors="replace"))
