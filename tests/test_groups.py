"""A directory that throws, hangs or answers nothing leaves groups unknown: no rule takes that for "in no group"."""

from typing import Any

import pytest

from hosting.conversation import Outcome
from hosting.fleet import Fleet
from hosting.hadoop import Caller
from hosting.rules_folder import RulesFolder
from local_aws import LocalAws
from local_aws.seed import ADMIN_ROLE, ENGINEERING_BUCKET, ENGINEERING_ROLE, OBJECT_KEY, object_body
from telling import assert_nobody_else_read, line_that_tells, session_of

HOSTS = ["hadoop-3.3.4", "hadoop-3.5.0", "emrfs-like"]

# The user's name tells the directory what to do; carol is one of the analysts.
DIRECTORIES = {
    "throws": ("unresolvable-user", ("the directory does not answer",)),
    "hangs": ("hanging-user", ("has not answered within 1 s", "rolecall.timeout")),
    "answers-nothing": ("stranger", ("gave no group at all",)),
}
# Each refuses somebody by groups, and lets everybody else on to a role that can read.
RULES: dict[str, dict[str, Any]] = {
    "deny-to-a-group": {"name": "leavers", "groups": ["leavers"], "deny": "you have left"},
    "deny-outside-a-group": {"name": "strangers", "not": {"groups": ["analysts"]}, "deny": "you are no analyst"},
    "deny-by-pattern": {"name": "leavers", "groupsMatching": ["leav.*"], "deny": "you have left"},
    "role-for-a-group": {"name": "leavers", "groups": ["leavers"], "role": ADMIN_ROLE},
}
EVERYBODY = {"name": "everybody", "role": ENGINEERING_ROLE}
# For those alone who wait in vain: whoever is served may need longer on a busy machine.
IMPATIENT = {"rolecall.timeout": "1s"}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("directory", DIRECTORIES)
@pytest.mark.parametrize("name", HOSTS)
def test_unknown_groups_are_a_refusal(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, name: str, directory: str, rule: str
) -> None:
    host, (prefix, told) = fleet.host(name), DIRECTORIES[directory]
    caller = Caller(f"{prefix}-{rule}")
    settings = {"rolecall.rules": str(folder.rules(RULES[rule], EVERYBODY))}
    if directory == "hangs":
        settings |= IMPATIENT
    mark, log_mark = aws.recording.mark(), host.log_mark()
    opened = host.open(ENGINEERING_BUCKET, caller, settings)
    first, second = (host.read(opened, ENGINEERING_BUCKET, OBJECT_KEY) for _ in range(2))
    assert (first.text, second.text) == (None, None)
    assert_nobody_else_read(aws.recording, mark)
    line_that_tells(["RC204", caller.user, ENGINEERING_BUCKET, *told], first, host, log_mark)


@pytest.mark.parametrize("name", HOSTS)
def test_a_directory_that_hangs_for_one_holds_nobody_else_up(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, name: str
) -> None:
    host = fleet.host(name)
    rules = folder.rules(RULES["deny-outside-a-group"], EVERYBODY)
    settings = {"rolecall.rules": str(rules)}
    hanging = Caller(f"hanging-beside-{name}")
    assert read(host, hanging, settings | IMPATIENT).text is None
    mark = aws.recording.mark()
    assert read(host, Caller("carol"), settings).text == object_body(ENGINEERING_BUCKET)
    assert aws.recording.signers(mark) == {session_of(ENGINEERING_ROLE, "carol")}
    # Nor does it hold up the same user where no rule needs groups.
    first = {"name": "by-name", "users": [hanging.user], "role": ENGINEERING_ROLE}
    by_name = RulesFolder(folder.path / "by-name").rules(first, RULES["deny-outside-a-group"], EVERYBODY)
    settings["rolecall.rules"] = str(by_name)
    assert read(host, hanging, settings).text == object_body(ENGINEERING_BUCKET)


@pytest.mark.parametrize("name", HOSTS)
def test_an_empty_answer_means_no_group_where_the_settings_say_so(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, name: str
) -> None:
    host, caller = fleet.host(name), Caller(f"stranger-of-{name}")
    settings = {"rolecall.groups.empty": "none"}
    leavers = folder.rules(RULES["deny-to-a-group"], EVERYBODY)
    mark = aws.recording.mark()
    assert read(host, caller, settings | {"rolecall.rules": str(leavers)}).text == object_body(ENGINEERING_BUCKET)
    assert aws.recording.signers(mark) == {session_of(ENGINEERING_ROLE, caller.user)}

    strangers = RulesFolder(folder.path / "strangers").rules(RULES["deny-outside-a-group"], EVERYBODY)
    mark, log_mark = aws.recording.mark(), host.log_mark()
    outcome = read(host, caller, settings | {"rolecall.rules": str(strangers)})
    assert outcome.text is None
    assert_nobody_else_read(aws.recording, mark)
    line_that_tells(["RC201", caller.user, "you are no analyst"], outcome, host, log_mark)

    # A directory that fails is no such answer.
    mark, log_mark = aws.recording.mark(), host.log_mark()
    lost = Caller(f"unresolvable-{name}")
    outcome = read(host, lost, settings | {"rolecall.rules": str(leavers)})
    assert outcome.text is None
    assert_nobody_else_read(aws.recording, mark)
    line_that_tells(["RC204", lost.user], outcome, host, log_mark)


def read(host: Any, caller: Caller, settings: dict[str, str]) -> Outcome:
    """Read the object as a caller, in whichever host."""
    outcome: Outcome = host.read_once(ENGINEERING_BUCKET, OBJECT_KEY, caller, settings)
    return outcome
