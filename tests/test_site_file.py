"""What the machine's owner fixes in /etc/rolecall is final, and a file that others can write is not taken."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bad_input import Case, rule
from hosting.fleet import Fleet, Host
from hosting.hadoop import Caller, Launch
from hosting.rules_folder import RulesFolder
from hosting.site_file import with_etc_rolecall
from local_aws import LocalAws
from local_aws.seed import ADMIN_ROLE, ENGINEERING_BUCKET, ENGINEERING_ROLE, OBJECT_KEY, object_body
from telling import assert_nobody_else_read, line_that_tells, session_of

HOSTS = ["hadoop-3.3.4", "hadoop-3.5.0", "emrfs-like"]
SITE_FILE = "/etc/rolecall/site.json"
OWNERS_RULES = {
    "version": 1,
    "base": {"source": "instance-profile"},
    "rules": [rule(name="owners", role=ENGINEERING_ROLE)],
    "otherwise": "deny",
}
SITE = {"version": 1, "settings": {"rolecall.rules": "/etc/rolecall/rules.json"}, "conf": ["tenant"]}
FILES = {"site.json": json.dumps(SITE), "rules.json": json.dumps(OWNERS_RULES)}


@pytest.fixture(scope="module", params=HOSTS)
def owned(fleet: Fleet, output: Path, request: pytest.FixtureRequest) -> Iterator[Host]:
    """A host on a machine whose owner fixed the rules."""
    wrapper = with_etc_rolecall(output / f"owned-{request.param}", FILES)
    with fleet.special(request.param, Launch(wrapper=wrapper)) as host:
        yield host


def others_rules(folder: RulesFolder) -> dict[str, str]:
    """A job's own rules."""
    return {"rolecall.rules": str(folder.rules(rule(role=ADMIN_ROLE)))}


def inline_rules(_folder: RulesFolder) -> dict[str, str]:
    """A job's own rules, inline."""
    return {"rolecall.rules": json.dumps(OWNERS_RULES | {"rules": [rule(role=ADMIN_ROLE)]})}


OVERRIDES = [
    Case("other rules", others_rules, ("RC121", "rolecall.rules", SITE_FILE)),
    Case("inline rules", inline_rules, ("RC121", "rolecall.rules", SITE_FILE)),
    Case("rules on the class path", lambda _: {"rolecall.rules": "classpath:r.json"}, ("RC121", SITE_FILE)),
    Case("rules in a key", lambda _: {"rolecall.rules": "conf:a.key", "a.key": "{}"}, ("RC121", SITE_FILE)),
    Case("rules on S3", lambda _: {"rolecall.rules": "s3://bucket/r.json"}, ("RC121", SITE_FILE)),
    Case(
        "another store for the rules",
        lambda _: {"rolecall.rules.s3.endpoint": "http://127.0.0.1:9"},
        ("RC121", "rolecall.rules.s3.endpoint", SITE_FILE),
    ),
    Case("a conf key", lambda _: {"rolecall.conf.team": "x"}, ("RC124", "rolecall.conf.team", SITE_FILE)),
    Case("throwing", lambda _: {"rolecall.refusal": "throw"}, ("rolecall.refusal", "throw")),
]


@pytest.mark.parametrize("settings", [{}, {"rolecall.rules": "/etc/rolecall/rules.json"}], ids=["nothing", "the same"])
def test_a_job_that_sets_nothing_else_gets_the_owners_rules(
    aws: LocalAws, owned: Host, settings: dict[str, str]
) -> None:
    mark = aws.recording.mark()
    outcome = owned.read_once(ENGINEERING_BUCKET, OBJECT_KEY, Caller("dataeng1"), settings)
    assert outcome.text == object_body(ENGINEERING_BUCKET), outcome
    assert aws.recording.signers(mark) == {session_of(ENGINEERING_ROLE, "dataeng1")}


@pytest.mark.parametrize("case", OVERRIDES, ids=str)
def test_a_job_that_sets_something_else_is_refused(aws: LocalAws, owned: Host, folder: RulesFolder, case: Case) -> None:
    mark, log_mark = aws.recording.mark(), owned.log_mark()
    outcome = owned.read_once(ENGINEERING_BUCKET, OBJECT_KEY, Caller("dataeng1"), case.settings(folder))
    assert outcome.text is None
    assert_nobody_else_read(aws.recording, mark)
    line_that_tells(case.told, outcome, owned, log_mark)


@pytest.mark.parametrize("name", HOSTS)
def test_a_site_file_that_others_can_write_is_not_taken(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, name: str
) -> None:
    wrapper = with_etc_rolecall(folder.path, {"site.json": json.dumps(SITE)}, mode=0o666)
    with fleet.special(name, Launch(wrapper=wrapper)) as host:
        mark, log_mark = aws.recording.mark(), host.log_mark()
        outcome = host.read_once(ENGINEERING_BUCKET, OBJECT_KEY, Caller("dataeng1"), others_rules(folder))
        assert outcome.text is None
        assert_nobody_else_read(aws.recording, mark)
        line_that_tells(["RC122", SITE_FILE], outcome, host, log_mark)


def test_rules_in_their_ordinary_place_need_no_setting(aws: LocalAws, fleet: Fleet, folder: RulesFolder) -> None:
    wrapper = with_etc_rolecall(folder.path, {"rules.json": FILES["rules.json"]})
    with fleet.special("hadoop-3.3.4", Launch(wrapper=wrapper)) as host:
        mark = aws.recording.mark()
        outcome = host.read_once(ENGINEERING_BUCKET, OBJECT_KEY, Caller("dataeng1"), {})
        assert outcome.text == object_body(ENGINEERING_BUCKET), outcome
        assert aws.recording.signers(mark) == {session_of(ENGINEERING_ROLE, "dataeng1")}
