"""A refused caller is refused: whatever the host does with a refusal, nobody else's keys read a byte.

Each host does something else with an exception of a provider: S3A up to 3.4 stops, S3A 3.5 goes on with the next
provider, EMRFS takes the instance profile and stays there. Beside S3A's list stands a provider that could read.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from hosting.conversation import Outcome
from hosting.fleet import Fleet
from hosting.hadoop import HADOOP_PROVIDERS, PROVIDERS_SETTING, Caller
from hosting.rules_folder import RulesFolder
from local_aws import LocalAws
from local_aws.seed import (
    ADMIN_ROLE,
    ENGINEERING_BUCKET,
    ENGINEERING_ROLE,
    OBJECT_KEY,
    UNTRUSTING_ROLE,
    Keys,
    client,
    object_body,
)
from telling import assert_nobody_else_read, line_that_tells, session_of

TEMPORARY_KEYS_PROVIDER = "org.apache.hadoop.fs.s3a.TemporaryAWSCredentialsProvider"
MESSAGE = "ask data-platform for access"
REFRESH = {"rolecall.rules.refresh": "1s"}
CHANGE_SECONDS = 15.0


@dataclass(frozen=True)
class Refusal:
    """A rule that refuses, and what its caller must be told."""

    rule: dict[str, Any]
    told: tuple[str, ...]


DENIED_BY_RULE = Refusal({"name": "interns", "deny": MESSAGE}, ("RC201", "interns", MESSAGE))
REFUSED_BY_STS = Refusal(
    {"name": "untrusted", "role": UNTRUSTING_ROLE},
    ("RC301", "untrusted", UNTRUSTING_ROLE, "not authorized to perform: sts:AssumeRole", "trust policy"),
)
REFUSALS = pytest.mark.parametrize("refusal", [DENIED_BY_RULE, REFUSED_BY_STS], ids=["deny", "sts"])
GRANT = {"name": "granted", "role": ENGINEERING_ROLE}


@pytest.fixture(scope="session")
def other_keys(aws: LocalAws) -> Keys:
    """Keys of a role that could read the bucket."""
    document = aws.metadata.keys()
    base = Keys(document["AccessKeyId"], document["SecretAccessKey"], document["Token"])
    sts = client("sts", aws.proxy.url, base)
    granted = sts.assume_role(RoleArn=ADMIN_ROLE, RoleSessionName="the-other-provider")["Credentials"]
    return Keys(granted["AccessKeyId"], granted["SecretAccessKey"], granted["SessionToken"])


def chain(hadoop: str, placement: str, other: Keys) -> dict[str, str]:
    """S3A's settings for our provider alone, or with one after it that can read."""
    if placement == "alone":
        return {}
    return {
        PROVIDERS_SETTING: f"{HADOOP_PROVIDERS[hadoop]},{TEMPORARY_KEYS_PROVIDER}",
        "fs.s3a.access.key": other.access_key_id,
        "fs.s3a.secret.key": other.secret_access_key,
        "fs.s3a.session.token": other.session_token or "",
    }


def read_until_refused(read: Callable[[], Outcome]) -> Outcome:
    """Read again and again until the changed rule is seen; then it must stay refused."""
    deadline = time.monotonic() + CHANGE_SECONDS
    while (outcome := read()).text is not None:
        assert time.monotonic() < deadline, "the changed rule was not seen"
        time.sleep(0.1)
    again = read()
    assert again.text is None, "it was refused only once"
    return outcome


@REFUSALS
@pytest.mark.parametrize("placement", ["alone", "first-of-two"])
@pytest.mark.parametrize("hadoop", HADOOP_PROVIDERS)
def test_under_s3a_at_the_first_call(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, other_keys: Keys, hadoop: str, placement: str, refusal: Refusal
) -> None:
    host, caller = fleet.hadoop(hadoop), Caller(f"first-{placement}-{refusal.rule['name']}")
    settings = {"rolecall.rules": str(folder.rules(refusal.rule))} | chain(hadoop, placement, other_keys)
    mark, log_mark = aws.recording.mark(), host.log_mark()
    name = host.open(ENGINEERING_BUCKET, caller, settings)
    first, second = (host.read(name, ENGINEERING_BUCKET, OBJECT_KEY) for _ in range(2))
    host.close(name)
    assert (first.text, second.text) == (None, None)
    assert_nobody_else_read(aws.recording, mark)
    line_that_tells([caller.user, ENGINEERING_BUCKET, *refusal.told], first, host, log_mark)


@REFUSALS
@pytest.mark.parametrize("placement", ["alone", "first-of-two"])
@pytest.mark.parametrize("hadoop", HADOOP_PROVIDERS)
def test_under_s3a_after_a_success(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, other_keys: Keys, hadoop: str, placement: str, refusal: Refusal
) -> None:
    host, caller = fleet.hadoop(hadoop), Caller(f"later-{placement}-{refusal.rule['name']}")
    settings = {"rolecall.rules": str(folder.rules(GRANT))} | REFRESH | chain(hadoop, placement, other_keys)
    mark, log_mark = aws.recording.mark(), host.log_mark()
    name = host.open(ENGINEERING_BUCKET, caller, settings)
    granted = host.read(name, ENGINEERING_BUCKET, OBJECT_KEY)
    assert granted.text == object_body(ENGINEERING_BUCKET), granted
    folder.rules(refusal.rule)
    refused = read_until_refused(lambda: host.read(name, ENGINEERING_BUCKET, OBJECT_KEY))
    host.close(name)
    assert_nobody_else_read(aws.recording, mark, session_of(ENGINEERING_ROLE, caller.user))
    line_that_tells([caller.user, ENGINEERING_BUCKET, *refusal.told], refused, host, log_mark)


@REFUSALS
@pytest.mark.parametrize("constructor", ["", "setConf"], ids=["uri", "setConf"])
def test_under_emrfs_at_the_first_call(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, constructor: str, refusal: Refusal
) -> None:
    host, caller = fleet.emrfs(), Caller(f"first-emrfs-{constructor}-{refusal.rule['name']}")
    mark, log_mark = aws.recording.mark(), host.log_mark()
    name = host.open(ENGINEERING_BUCKET, caller, {"rolecall.rules": str(folder.rules(refusal.rule))}, constructor)
    first, second = (host.read(name, ENGINEERING_BUCKET, OBJECT_KEY) for _ in range(2))
    assert (first.text, second.text) == (None, None)
    assert_nobody_else_read(aws.recording, mark)
    # Without a URI the provider can't know the location, and says so.
    location = () if constructor else (ENGINEERING_BUCKET,)
    line_that_tells([caller.user, *location, *refusal.told], first, host, log_mark)


@REFUSALS
@pytest.mark.parametrize("constructor", ["", "setConf"], ids=["uri", "setConf"])
def test_under_emrfs_after_a_success(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, constructor: str, refusal: Refusal
) -> None:
    host, caller = fleet.emrfs(), Caller(f"later-emrfs-{constructor}-{refusal.rule['name']}")
    mark, log_mark = aws.recording.mark(), host.log_mark()
    settings = {"rolecall.rules": str(folder.rules(GRANT))} | REFRESH
    name = host.open(ENGINEERING_BUCKET, caller, settings, constructor)
    granted = host.read(name, ENGINEERING_BUCKET, OBJECT_KEY)
    assert granted.text == object_body(ENGINEERING_BUCKET), granted
    folder.rules(refusal.rule)
    refused = read_until_refused(lambda: host.read(name, ENGINEERING_BUCKET, OBJECT_KEY))
    assert_nobody_else_read(aws.recording, mark, session_of(ENGINEERING_ROLE, caller.user))
    location = () if constructor else (ENGINEERING_BUCKET,)
    line_that_tells([caller.user, *location, *refusal.told], refused, host, log_mark)


@pytest.mark.parametrize("name", ["hadoop-3.3.4", "hadoop-3.5.0", "emrfs-like"])
def test_whoever_was_refused_is_let_in_when_the_rule_changes(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, name: str
) -> None:
    host, caller = fleet.host(name), Caller(f"forgiven-{name}")
    settings = {"rolecall.rules": str(folder.rules(DENIED_BY_RULE.rule))} | REFRESH
    mark = aws.recording.mark()
    opened = host.open(ENGINEERING_BUCKET, caller, settings)
    assert host.read(opened, ENGINEERING_BUCKET, OBJECT_KEY).text is None
    folder.rules(GRANT)
    deadline = time.monotonic() + CHANGE_SECONDS
    while (outcome := host.read(opened, ENGINEERING_BUCKET, OBJECT_KEY)).text is None:
        assert time.monotonic() < deadline, outcome
        time.sleep(0.1)
    assert_nobody_else_read(aws.recording, mark, session_of(ENGINEERING_ROLE, caller.user))


def test_without_a_refusal_the_other_provider_would_have_read(fleet: Fleet, other_keys: Keys) -> None:
    """What the tests above guard against is possible: the keys after ours do read the bucket."""
    settings = chain("hadoop-3.5.0", "first-of-two", other_keys) | {PROVIDERS_SETTING: TEMPORARY_KEYS_PROVIDER}
    outcome = fleet.hadoop("hadoop-3.5.0").read_once(ENGINEERING_BUCKET, OBJECT_KEY, Caller("anybody"), settings)
    assert outcome.text == object_body(ENGINEERING_BUCKET), outcome
