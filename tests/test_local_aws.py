"""The local AWS refuses what AWS refuses: without that, no other test here would mean anything."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from hosting.fleet import Fleet
from hosting.hadoop import HADOOP_PROVIDERS, PROVIDERS_SETTING, Caller
from local_aws import LocalAws
from local_aws.instance_metadata import ROLE_NAME, ROLE_PATH, TOKEN_HEADER, TOKEN_TTL_HEADER
from local_aws.policies import Asked, allows, role_of, trusts
from local_aws.proxy import assume_role_of, resetting, throttled
from local_aws.seed import (
    ADMIN_ROLE,
    DATA_ANALYST,
    ENGINEERING_BUCKET,
    ENGINEERING_ROLE,
    INSTANCE_ROLE,
    OBJECT_KEY,
    RESEARCH_BUCKET,
    RESEARCH_ROLE,
    SCIENCE_BUCKET,
    UNTRUSTING_ROLE,
    Keys,
    client,
    object_body,
)

TEMPORARY_KEYS_PROVIDER = "org.apache.hadoop.fs.s3a.TemporaryAWSCredentialsProvider"


def instance_keys(aws: LocalAws) -> Keys:
    """The keys of the instance's role."""
    document = aws.metadata.keys()
    return Keys(document["AccessKeyId"], document["SecretAccessKey"], document["Token"])


def assume(aws: LocalAws, keys: Keys, role: str, **more: Any) -> Keys:
    """AssumeRole through the proxy."""
    sts = client("sts", aws.proxy.url, keys)
    granted = sts.assume_role(RoleArn=role, RoleSessionName="self-test", **more)["Credentials"]
    return Keys(granted["AccessKeyId"], granted["SecretAccessKey"], granted["SessionToken"])


def read(aws: LocalAws, keys: Keys, bucket: str) -> str:
    """GetObject through the proxy."""
    return client("s3", aws.proxy.url, keys).get_object(Bucket=bucket, Key=OBJECT_KEY)["Body"].read().decode()


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    """The error code as the SDK read it."""
    return error.value.response["Error"]["Code"]


def test_a_role_reads_its_own_bucket_and_no_other(aws: LocalAws) -> None:
    keys = assume(aws, instance_keys(aws), ENGINEERING_ROLE)
    assert read(aws, keys, ENGINEERING_BUCKET) == object_body(ENGINEERING_BUCKET)
    for bucket in (SCIENCE_BUCKET, RESEARCH_BUCKET):
        with pytest.raises(ClientError) as refused:
            read(aws, keys, bucket)
        assert code_of(refused) == "AccessDenied"


def test_the_instance_role_itself_reads_nothing(aws: LocalAws) -> None:
    with pytest.raises(ClientError) as refused:
        read(aws, instance_keys(aws), ENGINEERING_BUCKET)
    assert code_of(refused) == "AccessDenied"


def test_a_role_of_the_second_account_reads_there(aws: LocalAws) -> None:
    for base in (aws.seeded.data_analyst, instance_keys(aws)):
        assert read(aws, assume(aws, base, RESEARCH_ROLE), RESEARCH_BUCKET) == object_body(RESEARCH_BUCKET)


@pytest.mark.parametrize(
    "role", [UNTRUSTING_ROLE, ENGINEERING_ROLE + "_that_is_not", "arn:aws:iam::444455556666:role/x"]
)
def test_roles_that_do_not_exist_or_trust_are_not_assumed(aws: LocalAws, role: str) -> None:
    with pytest.raises(ClientError) as refused:
        assume(aws, instance_keys(aws), role)
    assert code_of(refused) == "AccessDenied"
    assert "sts:AssumeRole on resource: " + role in refused.value.response["Error"]["Message"]


def test_a_role_without_the_permission_assumes_nothing(aws: LocalAws) -> None:
    keys = assume(aws, instance_keys(aws), ADMIN_ROLE)
    with pytest.raises(ClientError) as refused:
        assume(aws, keys, ENGINEERING_ROLE)
    assert code_of(refused) == "AccessDenied"


@pytest.mark.parametrize(
    ("keys", "s3_code", "sts_code"),
    [
        (Keys("AKIAROLECALLUNUSABLE", "made-up"), "InvalidAccessKeyId", "InvalidClientTokenId"),
        (Keys("ASIAROLECALLUNUSABLE", "made-up", "made-up"), "InvalidAccessKeyId", "InvalidClientTokenId"),
    ],
)
def test_made_up_keys_are_refused(aws: LocalAws, keys: Keys, s3_code: str, sts_code: str) -> None:
    with pytest.raises(ClientError) as s3:
        read(aws, keys, ENGINEERING_BUCKET)
    with pytest.raises(ClientError) as sts:
        assume(aws, keys, ENGINEERING_ROLE)
    assert (code_of(s3), code_of(sts)) == (s3_code, sts_code)


def test_a_wrong_secret_is_refused(aws: LocalAws) -> None:
    keys = instance_keys(aws)
    with pytest.raises(ClientError) as refused:
        read(aws, Keys(keys.access_key_id, "wrong", keys.session_token), ENGINEERING_BUCKET)
    assert code_of(refused) == "SignatureDoesNotMatch"


def test_a_session_policy_with_spaces_verifies(aws: LocalAws) -> None:
    policy = '{"Version": "2012-10-17", "Statement": []}'
    assert assume(aws, instance_keys(aws), ENGINEERING_ROLE, Policy=policy).session_token


SESSION = "arn:aws:sts::111122223333:assumed-role/node/i-1"


def document(**more: Any) -> dict[str, Any]:
    """A policy with one statement."""
    return {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"} | more}


def test_trust_policies_name_arns_roles_accounts_and_external_ids() -> None:
    assert role_of(SESSION) == "arn:aws:iam::111122223333:role/node"
    asked = Asked(ENGINEERING_ROLE, SESSION)
    for name in ("arn:aws:iam::111122223333:role/node", "arn:aws:iam::111122223333:root", "111122223333", SESSION):
        assert trusts(document(Principal={"AWS": name}), asked)
    assert not trusts(document(Principal={"AWS": "arn:aws:iam::111122223333:role/other"}), asked)
    external = document(Principal="*", Condition={"StringEquals": {"sts:ExternalId": "secret-handshake"}})
    assert trusts(external, Asked(ENGINEERING_ROLE, SESSION, external_id="secret-handshake"))
    assert not trusts(external, asked)


def test_tags_and_source_identity_are_allowed_by_both_sides_or_not_at_all() -> None:
    asked = Asked(ENGINEERING_ROLE, SESSION, source_identity="carol", tags={"tenant": "acme"})
    everything = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    trust, own = document(Principal="*", Action=everything), document(Resource="*", Action=everything)
    assert allows(trust, [own], asked)
    for missing in everything:
        rest = [action for action in everything if action != missing]
        assert not allows(document(Principal="*", Action=rest), [own], asked), missing
        assert not allows(trust, [document(Resource="*", Action=rest)], asked), missing
    elsewhere = document(Resource="arn:aws:iam::111122223333:role/other*", Action=everything)
    assert not allows(trust, [elsewhere], asked)
    denied = document(Effect="Deny", Resource="*", Action="sts:*")
    assert not allows(trust, [own, denied], asked)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"StringEquals": {"aws:RequestTag/Tenant": ["zenith", "acme"]}}, True),
        ({"StringEquals": {"aws:RequestTag/team": "acme"}}, False),
        ({"StringLike": {"sts:SourceIdentity": "ca*"}}, True),
        ({"StringLike": {"sts:SourceIdentity": "ca${*}"}}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["tenant", "team"]}}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}, False),
        ({"Null": {"sts:TransitiveTagKeys": "true"}}, True),
        ({"Null": {"sts:ExternalId": "false"}}, False),
    ],
)
def test_conditions_mean_what_iam_says(condition: dict[str, Any], holds: bool) -> None:
    asked = Asked(ENGINEERING_ROLE, SESSION, source_identity="carol", tags={"tenant": "acme"})
    assert trusts(document(Principal="*", Condition=condition), asked) is holds


@pytest.mark.parametrize("hadoop", list(HADOOP_PROVIDERS))
def test_every_hadoop_reads_with_static_keys(aws: LocalAws, fleet: Fleet, hadoop: str) -> None:
    """The hosts and their signatures work without Rolecall, so that what fails with it is its fault."""
    keys = assume(aws, instance_keys(aws), ENGINEERING_ROLE)
    settings = {
        PROVIDERS_SETTING: TEMPORARY_KEYS_PROVIDER,
        "fs.s3a.access.key": keys.access_key_id,
        "fs.s3a.secret.key": keys.secret_access_key,
        "fs.s3a.session.token": keys.session_token or "",
    }
    mark = aws.recording.mark()
    outcome = fleet.hadoop(hadoop).read_once(ENGINEERING_BUCKET, OBJECT_KEY, Caller("dataeng1"), settings)
    assert outcome.text == object_body(ENGINEERING_BUCKET), outcome
    assert {exchange.role for exchange in aws.recording.s3(mark)} == {"emrfs_auth_group_role_data_eng"}
    refused = fleet.hadoop(hadoop).read_once(SCIENCE_BUCKET, OBJECT_KEY, Caller("dataeng1"), settings)
    assert "AccessDeniedException" in refused.message


def test_the_emrfs_like_host_falls_to_the_instance_profile(aws: LocalAws, fleet: Fleet) -> None:
    """Its fall is real: a provider that can't be built makes it sign as the instance's role."""
    mark = aws.recording.mark()
    settings = {"fs.s3.customAWSCredentialsProvider": "no.such.Provider"}
    outcome = fleet.emrfs().read_once(ENGINEERING_BUCKET, OBJECT_KEY, Caller("dataeng1"), settings)
    assert "AccessDenied" in outcome.message
    assert {exchange.role for exchange in aws.recording.s3(mark)} == {ROLE_NAME}


def metadata(aws: LocalAws, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    """One request to the instance metadata service."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(aws.metadata.url + path, method=method, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def test_instance_metadata_wants_a_token_of_its_own(aws: LocalAws) -> None:
    ttl, token = TOKEN_TTL_HEADER.replace("-", "_"), TOKEN_HEADER.replace("-", "_")
    assert metadata(aws, ROLE_PATH)[0] == 401
    assert metadata(aws, ROLE_PATH, **{token: "made-up"})[0] == 401
    assert metadata(aws, "/latest/api/token", "PUT")[0] == 400
    assert metadata(aws, "/latest/api/token", "PUT", **{ttl: "21601"})[0] == 400
    assert metadata(aws, "/latest/api/token", "PUT", **{ttl: "60", "X_Forwarded_For": "1.2.3.4"})[0] == 403
    status, good = metadata(aws, "/latest/api/token", "PUT", **{ttl: "60"})
    assert status == 200
    assert metadata(aws, ROLE_PATH + "/", **{token: good}) == (200, ROLE_NAME)
    document = json.loads(metadata(aws, f"{ROLE_PATH}/{ROLE_NAME}", **{token: good})[1])
    assert (
        aws.recording.identity(document["AccessKeyId"])
        == INSTANCE_ROLE.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/i-0123456789abcdef0"
    )


def test_the_proxy_knows_whose_keys_sign_and_writes_no_secret(aws: LocalAws) -> None:
    mark = aws.recording.mark()
    keys = assume(aws, aws.seeded.data_analyst, RESEARCH_ROLE)
    read(aws, keys, RESEARCH_BUCKET)
    asked, got = aws.recording.since(mark)
    assert (asked.action, asked.signer, asked.granted) == ("AssumeRole", DATA_ANALYST, keys.access_key_id)
    assert (got.role, got.bucket, got.reads_data) == ("demo-role", RESEARCH_BUCKET, True)
    assert {keys.secret_access_key, keys.session_token} <= aws.recording.secrets()
    assert keys.secret_access_key not in aws.recording.redact(f"a {keys.secret_access_key} b")


def test_the_proxy_makes_sts_fail(aws: LocalAws) -> None:
    base = instance_keys(aws)
    with aws.proxy.fault(throttled(assume_role_of(ADMIN_ROLE))):
        with pytest.raises(ClientError) as refused:
            assume(aws, base, ADMIN_ROLE)
        assert (code_of(refused), refused.value.response["ResponseMetadata"]["HTTPStatusCode"]) == ("Throttling", 400)
        assert assume(aws, base, ENGINEERING_ROLE)
    with aws.proxy.fault(resetting(assume_role_of(), times=1)):
        with pytest.raises(Exception, match=r"closed|reset"):
            assume(aws, base, ADMIN_ROLE)
        assert assume(aws, base, ADMIN_ROLE)


def test_a_session_cut_short_ends_at_s3_too(aws: LocalAws) -> None:
    with aws.proxy.sessions_cut_short(1, assume_role_of(ENGINEERING_ROLE)):
        keys = assume(aws, instance_keys(aws), ENGINEERING_ROLE)
    assert read(aws, keys, ENGINEERING_BUCKET)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            read(aws, keys, ENGINEERING_BUCKET)
        except ClientError as ended:
            assert ended.response["Error"]["Code"] == "ExpiredToken"
            return
        time.sleep(0.1)
    pytest.fail("the session never ended")


def test_nothing_outlives_its_parent(tmp_path: Path) -> None:
    """Killed, not ended: no handler of ours can run, and the server must go all the same."""
    with (tmp_path / "out").open("wb") as out:
        by_hand = subprocess.Popen(
            [sys.executable, "-m", "local_aws"],
            stdout=out,
            cwd=Path(__file__).parent,
            env=os.environ | {"TMPDIR": str(tmp_path)},
        )
    try:
        wait_for(lambda: "Ctrl-C" in (tmp_path / "out").read_text(), "it did not start")
        children = Path(f"/proc/{by_hand.pid}/task/{by_hand.pid}/children").read_text().split()
        assert children, "the server is no child of it"
    finally:
        by_hand.kill()
        by_hand.wait(10)
    wait_for(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "the server still runs")


def wait_for(condition: Any, otherwise: str, seconds: float = 30) -> None:
    """Look until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)
