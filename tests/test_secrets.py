"""No secret stands in anything that the run wrote: hosts at INFO, Spark, the recording, reports of tests.

It runs last, and looks for every secret access key and session token that anybody was given meanwhile.
"""

from pathlib import Path

import pytest

from conftest import LEAKS
from hosting.fleet import Fleet
from hosting.hadoop import EMRFS_LIKE, HADOOP_PROVIDERS, Caller
from local_aws import LocalAws
from local_aws.seed import ENGINEERING_BUCKET, OBJECT_KEY

# The one file that must hold a secret: it is input, and only its owner can read it.
PROPERTIES = "Credentials.properties"


@pytest.fixture
def written(output: Path, fleet: Fleet, aws: LocalAws, scenario_rules: Path) -> list[Path]:
    """Every file of the run; each host has been at work, also where this test runs alone."""
    for name in (*HADOOP_PROVIDERS, EMRFS_LIKE):
        settings = {"rolecall.rules": str(scenario_rules)}
        fleet.host(name).read_once(ENGINEERING_BUCKET, OBJECT_KEY, Caller("dataeng1"), settings)
    assert aws.recording.secrets()
    return [path for path in sorted(output.rglob("*")) if path.is_file() and path.name != PROPERTIES]


def test_no_file_holds_a_secret(aws: LocalAws, written: list[Path]) -> None:
    secrets = [secret.encode() for secret in aws.recording.secrets()]
    found = [path for path in written if any(secret in path.read_bytes() for secret in secrets)]
    assert found == []


def test_the_hosts_did_log_at_info(written: list[Path]) -> None:
    """The search above looks at something: each host's log has lines of its own and of ours."""
    logs = {path.stem: path.read_text(errors="replace") for path in written if path.suffix == ".log"}
    for name in (*HADOOP_PROVIDERS, EMRFS_LIKE):
        assert " INFO " in logs[name], name
        assert "rolecall" in logs[name], name


def test_the_properties_file_is_its_owners_alone(scenario_rules: Path) -> None:
    assert (scenario_rules.parent / PROPERTIES).stat().st_mode & 0o777 == 0o600


def test_no_report_of_a_test_shows_a_secret(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.stash[LEAKS] == []
