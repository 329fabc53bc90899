"""The host JVMs of a test run: the ordinary ones are started at first need and kept, special ones for one test."""

import contextlib
import itertools
from pathlib import Path
from typing import Self

from hosting.artifacts import Artifacts
from hosting.hadoop import EMRFS_LIKE, HADOOP_PROVIDERS, EmrfsHost, HadoopHost, Launch
from local_aws import LocalAws

Host = HadoopHost | EmrfsHost

# Who a host is outside every doAs.
PROCESS_USER = "node"


class Fleet:
    """Starts hosts; use it as a context manager."""

    def __init__(self, artifacts: Artifacts, aws: LocalAws, configuration: Path, output: Path) -> None:
        self._artifacts = artifacts
        self._aws = aws
        self._configuration = configuration
        self._output = output
        self._kept: dict[str, Host] = {}
        self._stack = contextlib.ExitStack()
        self._special = itertools.count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def hadoop(self, name: str) -> HadoopHost:
        """The ordinary JVM of a Hadoop."""
        host = self.host(name)
        assert isinstance(host, HadoopHost)
        return host

    def emrfs(self) -> EmrfsHost:
        """The ordinary EMRFS-like JVM."""
        host = self.host(EMRFS_LIKE)
        assert isinstance(host, EmrfsHost)
        return host

    def host(self, name: str) -> Host:
        """The ordinary JVM of any host."""
        if name not in self._kept:
            self._kept[name] = self._stack.enter_context(self.special(name, Launch(), log=name))
        return self._kept[name]

    def special(self, name: str, launch: Launch, log: str | None = None) -> Host:
        """A JVM of its own for one test, not started yet: use it as a context manager."""
        env = self._aws.environment() | {"HADOOP_USER_NAME": PROCESS_USER} | dict(launch.environment)
        file = self._output / f"{log or f'{name}-{next(self._special)}'}.log"
        if name == EMRFS_LIKE:
            # SDK v1 has no environment variable for it.
            override = f"-Dcom.amazonaws.sdk.ec2MetadataServiceEndpointOverride={self._aws.metadata.url}"
            options = Launch(**(vars(launch) | {"options": [*launch.options, override]}))
            return EmrfsHost(options.command(self._artifacts, name, EmrfsHost.main, self._configuration), env, file)
        command = launch.command(self._artifacts, name, HadoopHost.main, self._configuration)
        return HadoopHost(command, env, file, HADOOP_PROVIDERS[name])
