"""A Kerberos server, and what a node's hosts need to log in there."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from hosting.artifacts import Artifacts, java
from hosting.conversation import HostJvm
from hosting.hadoop import JVM_OPTIONS

REALM = "EXAMPLE.COM"

# A principal of a service whose name on the node is another, before Hadoop's own rule: the first part is the name.
AUTH_TO_LOCAL = f"RULE:[2:$1@$0](svc-etl@{REALM})s/.*/etl/\nDEFAULT"

SETTINGS: Mapping[str, str] = {
    "hadoop.security.authentication": "kerberos",
    "hadoop.security.auth_to_local": AUTH_TO_LOCAL,
}
"""What a node's core-site.xml says where its hosts log in."""


class Kdc(HostJvm):
    """The server; use it as a context manager."""

    def __init__(self, artifacts: Artifacts, folder: Path) -> None:
        folder.mkdir(parents=True)
        programs = artifacts.hosts / "programs" / "host-programs.jar"
        class_path = ":".join(map(str, [programs, *artifacts.host_jars("kdc")]))
        command: Sequence[str | Path] = [java(), *JVM_OPTIONS, "-cp", class_path, "dev.rolecall.hosts.Kdc", folder]
        super().__init__(command, {}, folder.with_suffix(".log"))
        self._folder = folder
        self._numbers = itertools.count(1)
        self.krb5_conf = ""
        """The file that leads a JVM here; known once there is a principal."""

    def keytab(self, name: str) -> Path:
        """Make a principal, such as `carol` or `carol/host`, and give its keytab."""
        keytab = self._folder / f"{next(self._numbers)}.keytab"
        answer = self.ask(principal=name, keytab=str(keytab))
        if errors := answer.outcome().errors:
            raise AssertionError(f"no principal {name}: {errors}")
        self.krb5_conf = answer.fields["krb5.conf"]
        return keytab
