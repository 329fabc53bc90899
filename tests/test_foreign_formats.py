"""A mapping that a cluster already has in Hadoop's configuration decides whose session signs."""

import json
from dataclasses import dataclass

import pytest

from hosting.fleet import Fleet
from hosting.hadoop import EMRFS_LIKE, Caller
from local_aws import LocalAws
from local_aws.instance_metadata import INSTANCE_ID
from local_aws.recording import Exchange
from local_aws.seed import (
    ADMIN_ROLE,
    DEFAULT_BUCKET,
    DEFAULT_ROLE,
    ENGINEERING_BUCKET,
    ENGINEERING_ROLE,
    INSTANCE_ROLE,
    OBJECT_KEY,
    RESEARCH_BUCKET,
    RESEARCH_ROLE,
    SCIENCE_BUCKET,
    object_body,
)
from telling import session_of

BASE = session_of(INSTANCE_ROLE, INSTANCE_ID)
EMRFS_KEY = "fs.s3.authorization.roleMapping"
S3A_KEY = "fs.s3a.authorization.roleMapping"
SERVERLESS_KEY = "fs.s3.bucketLevelAssumeRoleMapping"

ROLE_MAPPINGS = [
    {"Role": ADMIN_ROLE, "IdentifierType": "User", "Identifiers": ["admin1"]},
    {"Role": DEFAULT_ROLE, "IdentifierType": "Prefix", "Identifiers": [f"s3://{DEFAULT_BUCKET}/"]},
    {"Role": ENGINEERING_ROLE, "IdentifierType": "Group", "Identifiers": ["grp_data_engineering"]},
]
# As in a security configuration, and as the list alone.
WHOLE = json.dumps({"AuthorizationConfiguration": {"EmrFsConfiguration": {"RoleMappings": ROLE_MAPPINGS}}})
LIST = json.dumps(ROLE_MAPPINGS)
SERVERLESS = f"{ENGINEERING_BUCKET}->{ENGINEERING_ROLE};{RESEARCH_BUCKET}->{RESEARCH_ROLE}"


@dataclass(frozen=True)
class Case:
    """A caller at a bucket, and the role whose session signs; none is the base itself."""

    user: str
    bucket: str
    role: str | None
    reads: bool = True

    @property
    def signer(self) -> str:
        """Who S3 sees."""
        return BASE if self.role is None else session_of(self.role, self.user)


EMR_CASES = [
    Case("admin1", SCIENCE_BUCKET, ADMIN_ROLE),
    Case("dataeng1", DEFAULT_BUCKET, DEFAULT_ROLE),
    Case("dataeng1", ENGINEERING_BUCKET, ENGINEERING_ROLE),
    Case("outsider1", ENGINEERING_BUCKET, None, reads=False),
]
SERVERLESS_CASES = [
    Case("dataeng1", ENGINEERING_BUCKET, ENGINEERING_ROLE),
    Case("outsider1", RESEARCH_BUCKET, RESEARCH_ROLE),
    Case("admin1", SCIENCE_BUCKET, None, reads=False),
]
HOSTS = [EMRFS_LIKE, "hadoop-3.3.4", "hadoop-3.5.0"]


def read(aws: LocalAws, fleet: Fleet, host: str, case: Case, settings: dict[str, str]) -> list[Exchange]:
    """Read the bucket's object as the case's caller; what S3 was asked meanwhile."""
    mark = aws.recording.mark()
    opened = fleet.emrfs() if host == EMRFS_LIKE else fleet.hadoop(host)
    outcome = opened.read_once(case.bucket, OBJECT_KEY, Caller(case.user), settings)
    assert outcome.text == (object_body(case.bucket) if case.reads else None), outcome
    return aws.recording.s3(mark)


@pytest.mark.parametrize("case", EMR_CASES, ids=lambda case: f"{case.user}-{case.bucket}")
@pytest.mark.parametrize(
    ("host", "key", "mapping"),
    [
        (EMRFS_LIKE, EMRFS_KEY, WHOLE),
        ("hadoop-3.3.4", S3A_KEY, WHOLE),
        ("hadoop-3.5.0", S3A_KEY, LIST),
    ],
)
def test_the_role_mappings_of_a_cluster_decide(
    aws: LocalAws, fleet: Fleet, host: str, key: str, mapping: str, case: Case
) -> None:
    exchanges = read(aws, fleet, host, case, {"rolecall.rules": f"conf:{key}", key: mapping})
    assert {exchange.signer for exchange in exchanges} == {case.signer}


def test_what_a_mapping_may_mean_otherwise_is_logged_once(fleet: Fleet) -> None:
    mapping = json.dumps({"RoleMappings": [ROLE_MAPPINGS[1]]})
    settings = {"rolecall.rules": f"conf:{S3A_KEY}", S3A_KEY: mapping}
    host = fleet.hadoop("hadoop-3.5.0")
    log_mark = host.log_mark()
    for user in ("dataeng1", "outsider1"):
        assert host.read_once(DEFAULT_BUCKET, OBJECT_KEY, Caller(user), settings).text is not None
    told = [line for line in host.logged(log_mark).splitlines() if "(foreign-prefix-boundary)" in line]
    assert len(told) == 1, told
    assert all(part in told[0] for part in (" WARN ", f"conf:{S3A_KEY}", "mapping-1", DEFAULT_BUCKET))


@pytest.mark.parametrize("case", SERVERLESS_CASES, ids=lambda case: f"{case.user}-{case.bucket}")
@pytest.mark.parametrize("host", HOSTS)
def test_the_bucket_mapping_of_emr_serverless_decides(aws: LocalAws, fleet: Fleet, host: str, case: Case) -> None:
    settings = {"rolecall.rules": f"conf:{SERVERLESS_KEY}", SERVERLESS_KEY: SERVERLESS}
    exchanges = read(aws, fleet, host, case, settings)
    assert {exchange.signer for exchange in exchanges} == {case.signer}


def test_a_key_that_nobody_names_decides_nothing(aws: LocalAws, fleet: Fleet) -> None:
    rules = json.dumps({"version": 1, "rules": [], "otherwise": "deny"})
    settings = {"rolecall.rules": rules, S3A_KEY: LIST, EMRFS_KEY: LIST, SERVERLESS_KEY: SERVERLESS}
    mark = aws.recording.mark()
    outcome = fleet.hadoop("hadoop-3.5.0").read_once(DEFAULT_BUCKET, OBJECT_KEY, Caller("dataeng1"), settings)
    assert outcome.text is None
    assert "RC202" in outcome.message
    assert aws.recording.signers(mark) <= {None}


def test_a_mapping_that_rules_can_not_say_is_refused_with_its_place(aws: LocalAws, fleet: Fleet) -> None:
    mapping = f"{DEFAULT_BUCKET}-> {DEFAULT_ROLE}"
    settings = {"rolecall.rules": f"conf:{SERVERLESS_KEY}", SERVERLESS_KEY: mapping}
    mark = aws.recording.mark()
    outcome = fleet.hadoop("hadoop-3.5.0").read_once(DEFAULT_BUCKET, OBJECT_KEY, Caller("dataeng1"), settings)
    assert outcome.text is None
    assert "RC106" in outcome.message
    assert "holds a space at character 1, which no ARN may" in outcome.message
    assert aws.recording.signers(mark) <= {None}
