"""Fifty file systems and fifty threads that start together cost one AssumeRole for each session."""

import pytest

import scenario
from hosting.fleet import Fleet
from hosting.hadoop import HADOOP_PROVIDERS, Caller
from hosting.rules_folder import RulesFolder
from local_aws import LocalAws
from local_aws.seed import (
    ENGINEERING_BUCKET,
    ENGINEERING_ROLE,
    OBJECT_KEY,
    RESEARCH_BUCKET,
    RESEARCH_ROLE,
    SCIENCE_BUCKET,
    SCIENCE_ROLE,
    object_body,
)
from telling import session_of

COUNT = 50


@pytest.mark.parametrize("hadoop", HADOOP_PROVIDERS)
def test_of_one_caller_at_one_bucket(aws: LocalAws, fleet: Fleet, folder: RulesFolder, hadoop: str) -> None:
    caller = f"storm-{hadoop}"
    rules = folder.rules({"name": "everybody", "role": ENGINEERING_ROLE})
    host = fleet.hadoop(hadoop)
    mark, log_mark = aws.recording.mark(), host.log_mark()
    outcomes = host.storm([f"{ENGINEERING_BUCKET}/{OBJECT_KEY}"], Caller(caller), {"rolecall.rules": str(rules)}, COUNT)
    assert {outcome.text for outcome in outcomes} == {object_body(ENGINEERING_BUCKET)}, outcomes
    calls = aws.recording.assume_roles(mark)
    assert len(calls) == 1
    assert "app/rolecall-" in calls[0].user_agent
    assert aws.recording.signers(mark) == {session_of(ENGINEERING_ROLE, caller)}
    # The owner of the machine sees one line for the caller and bucket, however many file systems there are.
    told = [line for line in host.logged(log_mark).splitlines() if caller in line and ENGINEERING_ROLE in line]
    assert len(told) == 1, told
    assert all(part in told[0] for part in (" INFO ", ENGINEERING_BUCKET, "everybody"))


@pytest.mark.parametrize("hadoop", ["hadoop-3.3.4", "hadoop-3.5.0"])
def test_of_one_caller_with_two_sessions(aws: LocalAws, fleet: Fleet, folder: RulesFolder, hadoop: str) -> None:
    caller = f"two-storms-{hadoop}"
    rules = folder.rules(
        {"name": "research", "prefixes": [f"s3://{RESEARCH_BUCKET}/"], "role": RESEARCH_ROLE},
        {"name": "science", "prefixes": [f"s3://{SCIENCE_BUCKET}/"], "role": SCIENCE_ROLE},
    )
    mark = aws.recording.mark()
    outcomes = fleet.hadoop(hadoop).storm(
        [f"{RESEARCH_BUCKET}/{OBJECT_KEY}", f"{SCIENCE_BUCKET}/{OBJECT_KEY}"],
        Caller(caller),
        {"rolecall.rules": str(rules)},
        COUNT,
    )
    assert {outcome.text for outcome in outcomes} == {object_body(RESEARCH_BUCKET), object_body(SCIENCE_BUCKET)}
    assert sorted(call.form["RoleArn"] for call in aws.recording.assume_roles(mark)) == sorted(
        [RESEARCH_ROLE, SCIENCE_ROLE]
    )
    assert aws.recording.signers(mark, RESEARCH_BUCKET) == {session_of(RESEARCH_ROLE, caller)}
    assert aws.recording.signers(mark, SCIENCE_BUCKET) == {session_of(SCIENCE_ROLE, caller)}


def test_of_the_scenario_counts_sessions_not_buckets() -> None:
    """What the demo and the Spark tests count against."""
    assert {caller: scenario.sessions(caller) for caller in scenario.CALLERS} == {
        "admin1": 1,
        "dataeng1": 1,
        "datascientist1": 2,
        "outsider1": 1,
        "contractor1": 0,
    }
