"""Rules on S3, on the class path and in a key of Hadoop's configuration, read by real file systems."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bad_input import rule
from hosting.artifacts import Artifacts
from hosting.conversation import Outcome
from hosting.fleet import Fleet
from hosting.hadoop import Caller
from local_aws import LocalAws
from local_aws.seed import (
    ADMIN_ROLE,
    DATA_ANALYST,
    ENGINEERING_BUCKET,
    ENGINEERING_ROLE,
    INSTANCE_ROLE,
    OBJECT_KEY,
    RULES_BUCKET,
    RULES_OWNER_ROLE,
    SCIENCE_BUCKET,
    Keys,
    client,
    object_body,
)
from telling import assert_nobody_else_read, describe, line_that_tells, session_of

HOSTS = ["hadoop-3.3.4", "hadoop-3.5.0"]
# Generous: a change is seen after a second or two.
CHANGE_SECONDS = 60.0
CAROL = Caller("carol")
BASE = {"source": "instance-profile"}


def rules_giving(*roles: str) -> str:
    """Rules that give everybody the first of the roles."""
    rules = [rule(name=f"rule-{number}", role=role) for number, role in enumerate(roles)]
    return json.dumps({"version": 1, "base": BASE, "rules": rules, "otherwise": "deny"})


class Store:
    """The bucket of rules, as its owner writes it."""

    def __init__(self, aws: LocalAws) -> None:
        self._aws = aws
        sts = client("sts", aws.proxy.url, aws.seeded.data_analyst)
        given = sts.assume_role(RoleArn=RULES_OWNER_ROLE, RoleSessionName="owner")["Credentials"]
        keys = Keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        self._s3 = client("s3", aws.proxy.url, keys)

    def put(self, key: str, rules: str) -> dict[str, str]:
        """Write rules, and give the settings that name them, with a refresh that a test can wait for."""
        self._s3.put_object(Bucket=RULES_BUCKET, Key=key, Body=rules.encode())
        return self.settings(key)

    def delete(self, key: str) -> None:
        """Take them away."""
        self._s3.delete_object(Bucket=RULES_BUCKET, Key=key)

    def settings(self, key: str) -> dict[str, str]:
        """Settings that name an object, whether it is there or not."""
        return {
            "rolecall.rules": f"s3a://{RULES_BUCKET}/{key}",
            "rolecall.rules.refresh": "1s",
            "rolecall.base": "instance-profile",
        }


@pytest.fixture(scope="module")
def store(aws: LocalAws) -> Store:
    """The bucket of rules."""
    return Store(aws)


def until(outcome: Callable[[], Outcome], is_there: Callable[[Outcome], bool]) -> Outcome:
    """The first outcome that is what is waited for; without one, the last."""
    ends = time.monotonic() + CHANGE_SECONDS
    while True:
        found = outcome()
        if is_there(found) or time.monotonic() > ends:
            return found
        time.sleep(0.2)


@pytest.mark.parametrize("name", HOSTS)
def test_rules_on_s3_change_vanish_and_come_back_under_an_open_file_system(
    aws: LocalAws, fleet: Fleet, store: Store, name: str
) -> None:
    key = f"{name}/a b+c/rules.json"
    settings = store.put(key, rules_giving(ENGINEERING_ROLE)) | {"rolecall.rules.max-stale": "3s"}
    host = fleet.hadoop(name)
    mark = aws.recording.mark()
    opened = host.open(ENGINEERING_BUCKET, CAROL, settings)

    def read() -> Outcome:
        return host.read(opened, ENGINEERING_BUCKET, OBJECT_KEY)

    def readers() -> set[str | None]:
        return aws.recording.signers(mark, ENGINEERING_BUCKET)

    assert read().text == object_body(ENGINEERING_BUCKET)
    assert readers() == {session_of(ENGINEERING_ROLE, "carol")}
    of_rules = [exchange for exchange in aws.recording.s3(mark) if exchange.bucket == RULES_BUCKET]
    assert {exchange.role for exchange in of_rules} == {INSTANCE_ROLE.rsplit("/", 1)[1]}, describe(of_rules)

    store.put(key, rules_giving(ADMIN_ROLE, ENGINEERING_ROLE))
    admin = session_of(ADMIN_ROLE, "carol")
    mark = aws.recording.mark()
    until(read, lambda _: admin in readers())
    mark = aws.recording.mark()
    assert read().text == object_body(ENGINEERING_BUCKET)
    assert readers() == {admin}

    # The admin's keys are valid for an hour, and are shown to nobody any more.
    store.put(key, rules_giving())
    assert "RC202" in until(read, lambda outcome: outcome.text is None).message
    mark = aws.recording.mark()
    assert read().text is None
    assert readers() <= {None}

    store.put(key, rules_giving(ENGINEERING_ROLE))
    assert until(read, lambda outcome: outcome.text is not None).text == object_body(ENGINEERING_BUCKET)
    store.delete(key)
    stale = until(read, lambda outcome: outcome.text is None)
    assert "RC109" in stale.message
    assert "rolecall.rules.max-stale" in stale.message
    store.put(key, rules_giving(ENGINEERING_ROLE))
    assert until(read, lambda outcome: outcome.text is not None).text == object_body(ENGINEERING_BUCKET)
    host.close(opened)


def test_an_unchanged_object_is_not_sent_again(aws: LocalAws, fleet: Fleet, store: Store) -> None:
    settings = store.put("unchanged.json", rules_giving(ENGINEERING_ROLE))
    host = fleet.hadoop("hadoop-3.5.0")
    mark = aws.recording.mark()
    opened = host.open(ENGINEERING_BUCKET, CAROL, settings)

    def reads_of_rules() -> list[int]:
        return [exchange.status for exchange in aws.recording.s3(mark) if exchange.bucket == RULES_BUCKET]

    until(lambda: host.read(opened, ENGINEERING_BUCKET, OBJECT_KEY), lambda _: len(reads_of_rules()) >= 3)
    host.close(opened)
    assert reads_of_rules()[:3] == [200, 304, 304]


def test_a_base_that_may_not_read_the_rules_is_told_what_it_lacks(
    aws: LocalAws, fleet: Fleet, store: Store, scenario_rules: Path
) -> None:
    keys_file = next(scenario_rules.parent.glob("*.properties"))
    base = json.dumps({"source": "properties", "file": str(keys_file)})
    settings = store.put("refused.json", rules_giving(ENGINEERING_ROLE)) | {"rolecall.base": base}
    host = fleet.hadoop("hadoop-3.3.4")
    mark, log_mark = aws.recording.mark(), host.log_mark()
    outcome = host.read_once(ENGINEERING_BUCKET, OBJECT_KEY, CAROL, settings)
    assert outcome.text is None
    # The user asked for the rules, and S3 gave them to nobody.
    assert_nobody_else_read(aws.recording, mark, DATA_ANALYST)
    told = ["RC110", "s3:GetObject", f"s3://{RULES_BUCKET}/refused.json", "kms:Decrypt", "carol"]
    line_that_tells(told, outcome, host, log_mark)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"rolecall.rules": f"s3://{RULES_BUCKET}/absent.json"}, ("RC102", "absent.json", "rolecall.rules")),
        ({"rolecall.rules": "s3://no-such-bucket-here/rules.json"}, ("no-such-bucket-here",)),
        ({"rolecall.rules": "classpath:absent.json"}, ("RC102", "classpath:absent.json")),
        ({"rolecall.rules": "conf:absent.key"}, ("RC102", "conf:absent.key")),
        ({"rolecall.rules": "hdfs://nn/rules.json"}, ("RC108", "hdfs:")),
    ],
    ids=["object", "bucket", "resource", "key", "scheme"],
)
def test_rules_that_are_not_there_are_told_with_their_place(
    aws: LocalAws, fleet: Fleet, settings: dict[str, str], told: tuple[str, ...]
) -> None:
    host = fleet.hadoop("hadoop-3.5.0")
    mark, log_mark = aws.recording.mark(), host.log_mark()
    whole = {"rolecall.base": "instance-profile"} | settings
    outcome = host.read_once(SCIENCE_BUCKET, OBJECT_KEY, CAROL, whole)
    assert outcome.text is None
    assert aws.recording.signers(mark, SCIENCE_BUCKET) <= {None}
    line_that_tells(told, outcome, host, log_mark)


def test_the_command_reads_rules_from_s3(artifacts: Artifacts, aws: LocalAws, store: Store) -> None:
    store.put("command.json", rules_giving(ENGINEERING_ROLE))
    place = f"s3://{RULES_BUCKET}/command.json"
    for rules, code, told in [(place, 0, ENGINEERING_ROLE), (f"s3://{RULES_BUCKET}/absent.json", 2, "RC102")]:
        done = subprocess.run(
            [artifacts.cli, "explain", rules, "--user", "carol", "--location", f"s3://{ENGINEERING_BUCKET}/"],
            env=aws.environment() | {"AWS_ENDPOINT_URL_S3": aws.proxy.url},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert told in done.stdout + done.stderr


@pytest.mark.parametrize("name", HOSTS)
def test_rules_on_the_class_path_and_in_a_key(aws: LocalAws, fleet: Fleet, output: Path, name: str) -> None:
    # The node's configuration folder is on the class path of every host.
    resource = output / "conf-of-hosts" / "data-platform" / f"{name}.json"
    resource.parent.mkdir(exist_ok=True)
    resource.write_text(rules_giving(ENGINEERING_ROLE))
    key: dict[str, Any] = {"rolecall.rules": "conf:our.own.mapping", "our.own.mapping": rules_giving(ADMIN_ROLE)}
    host = fleet.hadoop(name)
    for settings, role in [
        ({"fs.s3a.rolecall.rules": f"classpath:data-platform/{name}.json"}, ENGINEERING_ROLE),
        (key, ADMIN_ROLE),
    ]:
        mark = aws.recording.mark()
        outcome = host.read_once(ENGINEERING_BUCKET, OBJECT_KEY, CAROL, settings)
        assert outcome.text == object_body(ENGINEERING_BUCKET), outcome
        assert aws.recording.signers(mark) == {session_of(role, "carol")}
