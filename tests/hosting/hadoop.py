"""File systems in a JVM with one Hadoop, and an EMRFS-like host, as tests speak of them."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hosting.artifacts import V1_PROVIDER, V2_PROVIDER, Artifacts, java
from hosting.conversation import HostJvm, Outcome

HADOOP_PROVIDERS = {
    "hadoop-3.3.4": V1_PROVIDER,
    "hadoop-3.4.1": V2_PROVIDER,
    "hadoop-3.4.1-sdkv1": V1_PROVIDER,
    "hadoop-3.5.0": V2_PROVIDER,
}
EMRFS_LIKE = "emrfs-like"

PROVIDERS_SETTING = "fs.s3a.aws.credentials.provider"
EMRFS_PROVIDER_SETTING = "fs.s3.customAWSCredentialsProvider"

# Hosts are short-lived and the machine is small: compile little, collect simply.
JVM_OPTIONS = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


@dataclass(frozen=True)
class Caller:
    """Who opens a file system, and in which way the host says so."""

    user: str
    how: str = "remote"
    """`remote` is a doAs, `keytab` one after a login, `proxy` one by `real` (empty: whoever the JVM is), `named` is
    newInstance for a user, `process` whoever the JVM is."""
    real: str = ""
    keytab: Path | None = None

    def fields(self) -> dict[str, str]:
        """As a command of the host says it."""
        if self.how == "named":
            return {"user": self.user, "by": "named"}
        return {"user": self.user, "as": self.how, "real": self.real, "keytab": str(self.keytab or "")}


@dataclass
class Launch:
    """How a host's JVM is started; the defaults are what most tests want."""

    options: Sequence[str] = ()
    """Options of the JVM."""
    jar: Path | None = None
    """Another jar of ours than the one that was built."""
    java: Path | None = None
    wrapper: Sequence[str | Path] = ()
    """A command that runs the JVM's command, such as one that enters a namespace."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Changes to the environment."""

    def command(self, artifacts: Artifacts, host: str, main: str, configuration: Path) -> list[str | Path]:
        """The whole command."""
        programs = artifacts.hosts / "programs" / "host-programs.jar"
        class_path = [configuration, programs, self.jar or artifacts.jar, *artifacts.host_jars(host)]
        return [
            *self.wrapper,
            self.java or java(),
            *JVM_OPTIONS,
            *self.options,
            "-cp",
            ":".join(map(str, class_path)),
            main,
        ]


class HadoopHost(HostJvm):
    """Opens S3A file systems."""

    main = "dev.rolecall.hosts.Probe"

    def __init__(self, command: Sequence[str | Path], env: Mapping[str, str], log: Path, provider: str) -> None:
        super().__init__(command, env, log)
        self.provider = provider
        self._names = itertools.count()

    def login(self, principal: str, keytab: Path) -> str:
        """Make a principal whoever the JVM is, and tell its short name."""
        answer = self.ask(do="login", user=principal, keytab=str(keytab))
        if errors := answer.outcome().errors:
            raise AssertionError(f"{principal} could not log in: {errors}")
        return answer.fields["name"]

    def open(self, bucket: str, caller: Caller, settings: Mapping[str, str], by: str = "new") -> str:
        """Open a file system that stays open, and give its name; an error of opening is the test's failure."""
        name = str(next(self._names))
        opened = self.ask_fields(
            {"do": "open", "name": name, "uri": f"s3a://{bucket}/", "by": by} | caller.fields() | self.conf(settings)
        ).outcome()
        if opened.errors:
            raise AssertionError(f"the file system did not open: {opened}")
        return name

    def read(self, name: str, bucket: str, key: str, thread: str = "own") -> Outcome:
        """Read an object on one kind of thread."""
        return self.read_on(name, bucket, key, [thread])[thread]

    def read_as(self, name: str, bucket: str, key: str, caller: Caller) -> Outcome:
        """Read an object as somebody who need not be the one that opened the file system."""
        path = f"s3a://{bucket}/{key}"
        return self.ask_fields({"do": "read", "name": name, "path": path} | caller.fields()).outcome("own.")

    def read_on(self, name: str, bucket: str, key: str, threads: Sequence[str]) -> dict[str, Outcome]:
        """Read an object on each of several kinds of thread."""
        answer = self.ask(do="read", name=name, path=f"s3a://{bucket}/{key}", threads=",".join(threads))
        return {thread: answer.outcome(f"{thread}.") for thread in threads}

    def read_once(self, bucket: str, key: str, caller: Caller, settings: Mapping[str, str]) -> Outcome:
        """Open a file system, read an object, close it."""
        name = self.open(bucket, caller, settings)
        try:
            return self.read(name, bucket, key)
        finally:
            self.close(name)

    def storm(self, paths: Sequence[str], caller: Caller, settings: Mapping[str, str], count: int) -> list[Outcome]:
        """Let so many threads start together, each with a file system of its own that reads one of the objects."""
        answer = self.ask_fields(
            {"do": "storm", "count": str(count), "paths": ",".join(f"s3a://{path}" for path in paths)}
            | caller.fields()
            | self.conf(settings)
        )
        return [
            Outcome(answer.fields.get(f"text.{number}"), answer.outcome(f"{number}.").errors) for number in range(count)
        ]

    def close(self, name: str) -> None:
        """Close a file system."""
        self.ask(do="close", name=name)

    def conf(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Hadoop settings as a command tells them, with our provider unless a test names others."""
        return {f"conf.{key}": value for key, value in ({PROVIDERS_SETTING: self.provider} | dict(settings)).items()}


class EmrfsHost(HostJvm):
    """Asks our SDK v1 class for keys as EMRFS does, and reads S3 with them."""

    main = "dev.rolecall.hosts.EmrfsLike"
    provider = V1_PROVIDER

    def __init__(self, command: Sequence[str | Path], env: Mapping[str, str], log: Path) -> None:
        super().__init__(command, env, log)
        self._names = itertools.count()

    def open(self, bucket: str, caller: Caller, settings: Mapping[str, str], constructor: str = "") -> str:
        """Build the provider; `constructor="setConf"` plays a version that only knows no arguments."""
        name = str(next(self._names))
        conf = {
            f"conf.{key}": value for key, value in ({EMRFS_PROVIDER_SETTING: self.provider} | dict(settings)).items()
        }
        self.ask_fields(
            {"do": "open", "name": name, "uri": f"s3://{bucket}/", "constructor": constructor} | caller.fields() | conf
        )
        return name

    def read(self, name: str, bucket: str, key: str) -> Outcome:
        """Read an object by a signed GET."""
        return self.ask(do="read", name=name, path=f"s3://{bucket}/{key}").outcome("own.")

    def read_once(
        self, bucket: str, key: str, caller: Caller, settings: Mapping[str, str], constructor: str = ""
    ) -> Outcome:
        """Build a provider, read an object, drop it."""
        name = self.open(bucket, caller, settings, constructor)
        try:
            return self.read(name, bucket, key)
        finally:
            self.ask(do="close", name=name)
