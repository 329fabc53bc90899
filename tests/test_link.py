"""The SDK v1 class loads with the Hadoop and SDK of old EMR releases, without hadoop-aws, in every way to build it."""

from pathlib import Path

from hosting.artifacts import V1_PROVIDER, Artifacts
from hosting.hadoop import Launch
from local_aws import LocalAws, child_process

# Hadoop of that age looks into Kerberos classes that newer Javas close.
OLD_HADOOP = ["--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED"]


def test_the_v1_class_links_with_old_hadoop_and_no_s3a(
    artifacts: Artifacts, aws: LocalAws, configuration: Path, output: Path
) -> None:
    launch = Launch(options=OLD_HADOOP)
    command = launch.command(artifacts, "link-check", "dev.rolecall.hosts.LinkCheck", configuration)
    log = output / "link-check.log"
    status = child_process.run([*command, artifacts.jar, V1_PROVIDER], env=aws.environment(), output=log, timeout=60)
    said = log.read_text(errors="replace")
    assert status == 0, said
    for line in (
        "linked true",
        "setConf answers true",
        "(Configuration) answers true",
        "(URI, Configuration) answers true",
    ):
        assert line in said.splitlines(), said
    # It could be no S3A class: none is there.
    assert not [jar for jar in artifacts.host_jars("link-check") if "hadoop-aws" in jar.name]
