"""What the build made and the tests need: each has an environment variable, and a missing one stops the run."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

V1_PROVIDER = "dev.rolecall.sdkv1.RolecallCredentialsProvider"
V2_PROVIDER = "dev.rolecall.sdkv2.RolecallCredentialsProvider"


class MissingArtifactError(Exception):
    """Something that the build makes is not there."""


@dataclass(frozen=True)
class Artifacts:
    """Where everything is."""

    jar: Path
    cli: Path
    measure: Path
    hosts: Path
    sparks: Path
    jdk25: Path

    @classmethod
    def from_environment(cls) -> "Artifacts":
        """Reads the variables; the error names every one that is missing."""
        found: dict[str, Path] = {}
        missing = []
        for field, variable, what in (
            ("jar", "ROLECALL_JAR", "the jar"),
            ("cli", "ROLECALL_CLI", "the rolecall command"),
            ("measure", "ROLECALL_MEASURE", "the program that measures what rules cost"),
            ("hosts", "ROLECALL_HOSTS", "the folder with the jars of each Hadoop and Spark"),
            ("sparks", "ROLECALL_SPARKS", "the folder with each PySpark"),
            ("jdk25", "ROLECALL_JDK25", "the Java 25 runtime"),
        ):
            path = Path(os.environ.get(variable, "")).absolute()
            if variable not in os.environ:
                missing.append(f"{variable} is not set: it names {what}")
            elif not path.exists():
                missing.append(f"{variable} names {path}, where nothing is: it should be {what}")
            found[field] = path
        if missing:
            raise MissingArtifactError("; ".join(missing) + ". `./gradlew check` and `./gradlew demo` set them all.")
        return cls(**found)

    def host_jars(self, host: str) -> list[Path]:
        """The jars of a host."""
        jars = sorted((self.hosts / host).glob("*.jar"))
        if not jars:
            raise MissingArtifactError(f"no jars in {self.hosts / host}; `./gradlew :tests:hosts` puts them there")
        return jars

    def spark_home(self, version: str) -> Path:
        """The folder that holds a Spark's `pyspark` package: 3.5 or 4."""
        return self.sparks / version


def java() -> Path:
    """The Java that hosts run on: JAVA_HOME's, else the one on the path."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin" if home else None)
    if found is None:
        raise MissingArtifactError("no Java: set JAVA_HOME")
    return Path(found)
