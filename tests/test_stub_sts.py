"""What STS refuses as documented and the local AWS would grant: durations, chained sessions, ended answers."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from hosting.conversation import Outcome
from hosting.fleet import Fleet
from hosting.hadoop import Caller
from hosting.rules_folder import RulesFolder
from local_aws import LocalAws
from local_aws.seed import ENGINEERING_BUCKET, ENGINEERING_ROLE, OBJECT_KEY, Keys, client
from local_aws.stub_sts import (
    EXPIRED_TOKEN,
    MALFORMED_POLICY,
    PACKED_POLICY_TOO_LARGE,
    THROTTLING,
    Grant,
    StsError,
    StubSts,
)
from telling import assert_nobody_else_read, line_that_tells, session_of

HADOOP = "hadoop-3.3.4"
USER, SESSION = Keys("AKIAEXAMPLE", "secret"), Keys("ASIAEXAMPLE", "secret", "token")


@pytest.fixture
def stub(aws: LocalAws) -> Iterator[StubSts]:
    """An STS that answers as documented."""
    with StubSts(aws.recording) as running:
        yield running


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        (USER, {"DurationSeconds": 43201}),
        (SESSION, {"DurationSeconds": 3601}),
        (USER, {"RoleSessionName": "with space"}),
    ],
    ids=["too long", "too long for a chain", "bad name"],
)
def test_the_stub_refuses_what_sts_refuses(stub: StubSts, keys: Keys, wrong: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as refused:
        client("sts", stub.url, keys).assume_role(**({"RoleArn": ENGINEERING_ROLE, "RoleSessionName": "ok"} | wrong))
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_the_stub_grants_the_rest(stub: StubSts) -> None:
    sts = client("sts", stub.url, USER)
    granted = sts.assume_role(RoleArn=ENGINEERING_ROLE, RoleSessionName="ok", DurationSeconds=43200)
    assert granted["AssumedRoleUser"]["Arn"] == session_of(ENGINEERING_ROLE, "ok")


class Asked:
    """One read whose provider asks the stub for its session."""

    def __init__(self, aws: LocalAws, fleet: Fleet, folder: RulesFolder, stub: StubSts) -> None:
        self.caller = f"stub-{uuid.uuid4().hex[:8]}"
        self.host = fleet.hadoop(HADOOP)
        self.mark, self.log_mark = aws.recording.mark(), self.host.log_mark()
        rules = folder.rules({"name": "stubbed", "role": ENGINEERING_ROLE})
        settings = {"rolecall.rules": str(rules), "rolecall.sts.endpoint": stub.url, "rolecall.timeout": "5s"}
        self.outcome: Outcome = self.host.read_once(ENGINEERING_BUCKET, OBJECT_KEY, Caller(self.caller), settings)


@pytest.mark.parametrize("passing", [THROTTLING, EXPIRED_TOKEN], ids=lambda error: error.code)
def test_what_passes_is_tried_again(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, stub: StubSts, passing: StsError
) -> None:
    """S3 does not know the stub's keys; that it saw them shows that the provider had them."""
    # Where STS says that the base has ended, the instance has a newer one.
    aws.metadata.rotate()
    stub.answer_next_with(passing)
    asked = Asked(aws, fleet, folder, stub)
    assert len(stub.calls) == 2, asked.outcome
    assert aws.recording.signers(asked.mark) == {session_of(ENGINEERING_ROLE, asked.caller)}


@pytest.mark.parametrize(
    ("answer", "code"),
    [(MALFORMED_POLICY, "RC304"), (PACKED_POLICY_TOO_LARGE, "RC304"), (EXPIRED_TOKEN, "RC308")],
    ids=["MalformedPolicyDocument", "PackedPolicyTooLarge", "ExpiredToken and no newer base"],
)
def test_what_stays_wrong_is_told_once(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, stub: StubSts, answer: StsError, code: str
) -> None:
    stub.answer_next_with(*[answer] * 5)
    asked = Asked(aws, fleet, folder, stub)
    assert asked.outcome.text is None
    assert len(stub.calls) == 1
    assert_nobody_else_read(aws.recording, asked.mark)
    told = [code, asked.caller, ENGINEERING_BUCKET, "stubbed", ENGINEERING_ROLE, answer.code, answer.message]
    line_that_tells(told, asked.outcome, asked.host, asked.log_mark)


def test_an_answer_that_has_ended_names_the_clock(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, stub: StubSts
) -> None:
    stub.answer_next_with(*[Grant(-60)] * 50)
    asked = Asked(aws, fleet, folder, stub)
    assert asked.outcome.text is None
    assert_nobody_else_read(aws.recording, asked.mark)
    line_that_tells(["RC305", asked.caller, "clock"], asked.outcome, asked.host, asked.log_mark)
    assert len(stub.calls) < 10, "it was asked for in a loop"
