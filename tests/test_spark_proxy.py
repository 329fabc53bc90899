"""Spark in another user's name: the driver knows who speaks for the user, the executors know the user alone."""

from pathlib import Path

from hosting.artifacts import Artifacts
from hosting.rules_folder import RulesFolder
from hosting.spark import Spark
from local_aws import LocalAws
from local_aws.seed import ENGINEERING_BUCKET, ENGINEERING_ROLE, ROWS
from telling import session_of

ONE_EXECUTOR = "local-cluster[1,1,512]"


def test_executors_do_not_know_who_speaks_for_their_user(
    aws: LocalAws, artifacts: Artifacts, configuration: Path, output: Path, folder: RulesFolder
) -> None:
    rules = folder.rules(
        {
            "name": "spoken-for",
            "users": ["carol"],
            "realUsers": ["gateway"],
            "role": ENGINEERING_ROLE,
            "session": {"name": "driver"},
        },
        {"name": "carol", "users": ["carol"], "role": ENGINEERING_ROLE, "session": {"name": "executor"}},
    )
    spark = Spark("4", artifacts, aws, configuration, output, master=ONE_EXECUTOR, proxy_user="carol")
    mark = aws.recording.mark()
    [read] = spark.read("gateway", [f"s3a://{ENGINEERING_BUCKET}/data/"], {"rolecall.rules": str(rules)}, label="proxy")
    assert read.rows is not None, read.error
    assert len(read.rows) == ROWS[ENGINEERING_BUCKET]
    assert aws.recording.signers(mark) == {
        session_of(ENGINEERING_ROLE, "driver"),
        session_of(ENGINEERING_ROLE, "executor"),
    }
