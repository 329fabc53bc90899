"""A Spark job that outlives two sessions: it never sees an expired one, and nobody else's."""

from pathlib import Path

import pytest

from hosting.artifacts import Artifacts
from hosting.rules_folder import RulesFolder
from hosting.spark import SPARK_PROVIDERS, Spark
from local_aws import LocalAws
from local_aws.proxy import assume_role_of
from local_aws.seed import ENGINEERING_BUCKET, ENGINEERING_ROLE, ROWS
from telling import session_of

SESSION_SECONDS = 6
READS = 9
PAUSE_SECONDS = 2


@pytest.mark.parametrize("version", SPARK_PROVIDERS)
def test_a_spark_job_outlives_two_sessions(
    artifacts: Artifacts, aws: LocalAws, configuration: Path, output: Path, folder: RulesFolder, version: str
) -> None:
    caller = f"longrunning-{version}"
    rules = folder.rules({"name": "everybody", "role": ENGINEERING_ROLE})
    spark = Spark(version, artifacts, aws, configuration, output)
    mark = aws.recording.mark()
    with aws.proxy.sessions_cut_short(SESSION_SECONDS, assume_role_of(ENGINEERING_ROLE)):
        reads = spark.read(
            caller, [f"s3a://{ENGINEERING_BUCKET}/data/"] * READS, {"rolecall.rules": str(rules)}, PAUSE_SECONDS
        )
    assert [read.error for read in reads if read.error] == []
    assert [len(read.rows or []) for read in reads] == [ROWS[ENGINEERING_BUCKET]] * READS
    asked = aws.recording.s3(mark)
    assert {exchange.signer for exchange in asked} == {session_of(ENGINEERING_ROLE, caller)}
    assert [exchange for exchange in asked if exchange.fault] == [], "an expired session was used"
    used = {exchange.access_key for exchange in asked}
    assert len(used) >= 3, "the job did not outlive two sessions"
    granted = {call.granted for call in aws.recording.assume_roles(mark)}
    assert used <= granted
