"""Every caller of the scenario at every bucket: what the caller sees, and whose keys S3 sees."""

from pathlib import Path

import pytest

import scenario
from hosting.artifacts import Artifacts
from hosting.fleet import Fleet
from hosting.fs_shell import Listed, list_as
from hosting.hadoop import HADOOP_PROVIDERS, Caller
from hosting.spark import SPARK_PROVIDERS, Spark
from local_aws import LocalAws
from local_aws.seed import ENGINEERING_BUCKET, ENGINEERING_ROLE, OBJECT_KEY, ROWS, SCIENCE_BUCKET, object_body
from scenario.explained import explain
from scenario.trial import Tried, locations, tried
from telling import session_of


def assert_as_expected(results: list[Tried]) -> None:
    """Every bucket answered as the scenario asks, and S3 saw the routed identity alone."""
    faults = [f"{result.bucket}: {fault}" for result in results for fault in result.faults()]
    assert not faults, "\n".join(faults)
    for result in results:
        if result.seen is scenario.Seen.ROWS:
            assert result.rows == ROWS[result.bucket]


@pytest.mark.parametrize("caller", scenario.CALLERS)
@pytest.mark.parametrize("version", SPARK_PROVIDERS)
def test_spark_reads_as_the_role_that_its_user_maps_to(
    artifacts: Artifacts,
    aws: LocalAws,
    configuration: Path,
    output: Path,
    scenario_rules: Path,
    version: str,
    caller: str,
) -> None:
    spark = Spark(version, artifacts, aws, configuration, output)
    mark = aws.recording.mark()
    reads = spark.read(caller, locations(), {"rolecall.rules": str(scenario_rules)})
    exchanges = aws.recording.since(mark)
    assert_as_expected(
        [
            tried(caller, bucket, None if read.rows is None else len(read.rows), read.error, exchanges)
            for bucket, read in zip(scenario.BUCKETS, reads, strict=True)
        ]
    )
    for bucket, read in zip(scenario.BUCKETS, reads, strict=True):
        assert all(row["bucket"] == bucket for row in read.rows or [])
    assert len(aws.recording.assume_roles(mark)) == scenario.sessions(caller)


@pytest.mark.parametrize("caller", scenario.CALLERS)
@pytest.mark.parametrize("hadoop", HADOOP_PROVIDERS)
def test_each_hadoop_reads_as_the_role_that_its_user_maps_to(
    aws: LocalAws, fleet: Fleet, scenario_rules: Path, hadoop: str, caller: str
) -> None:
    results = []
    for bucket in scenario.BUCKETS:
        mark = aws.recording.mark()
        settings = {"rolecall.rules": str(scenario_rules)}
        outcome = fleet.hadoop(hadoop).read_once(bucket, OBJECT_KEY, Caller(caller), settings)
        rows = outcome.text.count("\n") - 1 if outcome.text else None
        results.append(tried(caller, bucket, rows, outcome.message, aws.recording.since(mark)))
        if outcome.text is not None:
            assert outcome.text == object_body(bucket)
    assert_as_expected(results)


@pytest.mark.parametrize("hadoop", ["hadoop-3.3.4", "hadoop-3.5.0"])
def test_hadoop_fs_lists_as_the_role_that_its_user_maps_to(
    artifacts: Artifacts, aws: LocalAws, configuration: Path, output: Path, scenario_rules: Path, hadoop: str
) -> None:
    settings = {"rolecall.rules": str(scenario_rules)}
    mark = aws.recording.mark()

    def list_bucket(bucket: str) -> Listed:
        log = output / f"fs-shell-{hadoop}-{bucket}.log"
        return list_as("dataeng1", f"s3a://{bucket}/data/", hadoop, settings, artifacts, aws, configuration, log)

    listed, denied = list_bucket(ENGINEERING_BUCKET), list_bucket(SCIENCE_BUCKET)
    assert listed.status == 0
    assert f"s3a://{ENGINEERING_BUCKET}/{OBJECT_KEY}" in listed.output
    assert denied.status != 0
    assert aws.recording.signers(mark) == {session_of(ENGINEERING_ROLE, "dataeng1")}


@pytest.mark.parametrize("caller", scenario.CALLERS)
def test_explain_says_what_the_scenario_asks_for(artifacts: Artifacts, scenario_rules: Path, caller: str) -> None:
    for bucket in scenario.BUCKETS:
        decision = explain(artifacts.cli, scenario_rules, caller, scenario.CALLERS[caller], bucket)
        cell = scenario.EXPECTED[caller][bucket]
        assert (decision.rule, decision.role) == (cell.rule, cell.assumed), bucket
