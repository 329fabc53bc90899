"""A role of the second account, reached from a user's keys in a properties file and from the instance profile."""

from pathlib import Path

import pytest

from hosting.fleet import Fleet
from hosting.hadoop import Caller
from hosting.rules_folder import RulesFolder
from local_aws import LocalAws
from local_aws.instance_metadata import INSTANCE_ID
from local_aws.seed import DATA_ANALYST, INSTANCE_ROLE, OBJECT_KEY, RESEARCH_BUCKET, RESEARCH_ROLE, object_body
from telling import session_of

HOSTS = ["hadoop-3.3.4", "hadoop-3.5.0", "emrfs-like"]


def read_as_the_role(aws: LocalAws, fleet: Fleet, host: str, caller: str, rules: Path, base: str) -> None:
    """Read the second account's bucket; `base` must have signed the one AssumeRole."""
    mark = aws.recording.mark()
    outcome = fleet.host(host).read_once(RESEARCH_BUCKET, OBJECT_KEY, Caller(caller), {"rolecall.rules": str(rules)})
    assert outcome.text == object_body(RESEARCH_BUCKET), outcome
    assert [call.signer for call in aws.recording.assume_roles(mark)] == [base]
    assert aws.recording.signers(mark) == {session_of(RESEARCH_ROLE, caller)}


@pytest.mark.parametrize("host", HOSTS)
def test_with_the_keys_of_a_properties_file(
    aws: LocalAws, fleet: Fleet, scenario_rules: Path, folder: RulesFolder, host: str
) -> None:
    base = {"source": "properties", "file": str(scenario_rules.parent / "Credentials.properties")}
    rules = folder.rules({"name": "research", "role": RESEARCH_ROLE, "base": base})
    read_as_the_role(aws, fleet, host, f"by-properties-{host}", rules, DATA_ANALYST)


@pytest.mark.parametrize("host", HOSTS)
def test_with_the_instance_profile(aws: LocalAws, fleet: Fleet, folder: RulesFolder, host: str) -> None:
    rules = folder.rules({"name": "research", "role": RESEARCH_ROLE})
    base = session_of(INSTANCE_ROLE, INSTANCE_ID)
    read_as_the_role(aws, fleet, host, f"by-instance-{host}", rules, base)
