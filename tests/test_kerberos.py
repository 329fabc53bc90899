"""Who asks where hosts log in by Kerberos: from a keytab, in another's `doAs`, and by a user that speaks for others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from hosting import configuration_folder
from hosting.artifacts import Artifacts
from hosting.fleet import PROCESS_USER, Fleet
from hosting.hadoop import Caller, HadoopHost, Launch
from hosting.kerberos import REALM, SETTINGS, Kdc
from hosting.rules_folder import RulesFolder
from local_aws import LocalAws
from local_aws.seed import ADMIN_ROLE, DEFAULT_ROLE, ENGINEERING_BUCKET, ENGINEERING_ROLE, OBJECT_KEY, object_body
from telling import assert_nobody_else_read, line_that_tells, session_of

GATEWAY, CAROL, BATCH, ETL = "gateway/node1", "carol", "carol/batch", "svc-etl/node1"


@dataclass(frozen=True)
class Node:
    """A JVM that logged in as the gateway, and the keytabs that lie beside it."""

    host: HadoopHost
    keytabs: Mapping[str, Path]

    def logged_in(self, name: str) -> Caller:
        """Whoever logs in from a keytab."""
        return Caller(f"{name}@{REALM}", "keytab", keytab=self.keytabs[name])


PROCESS = Caller("gateway", "process")
PROXIED = Caller("carol", "proxy")


@pytest.fixture(scope="module")
def kdc(artifacts: Artifacts, output: Path) -> Iterator[Kdc]:
    """The Kerberos server."""
    with Kdc(artifacts, output / "kdc") as running:
        yield running


@pytest.fixture(scope="module")
def keytabs(kdc: Kdc) -> dict[str, Path]:
    """A keytab of each principal."""
    return {name: kdc.keytab(name) for name in (GATEWAY, CAROL, BATCH, ETL)}


@pytest.fixture(scope="module", params=["hadoop-3.3.4", "hadoop-3.5.0"])
def node(
    artifacts: Artifacts,
    aws: LocalAws,
    output: Path,
    kdc: Kdc,
    keytabs: dict[str, Path],
    request: pytest.FixtureRequest,
) -> Iterator[Node]:
    """A Hadoop that logged in, though its environment claims to be somebody else."""
    settings = aws.s3a_settings() | SETTINGS
    folder = configuration_folder.write(output / f"conf-of-{request.param}-with-kerberos", settings, {})
    launch = Launch(options=[f"-Djava.security.krb5.conf={kdc.krb5_conf}"])
    with Fleet(artifacts, aws, folder, output) as fleet:
        host = fleet.special(request.param, launch, log=f"{request.param}-with-kerberos")
        assert isinstance(host, HadoopHost)
        with host:
            assert host.login(f"{GATEWAY}@{REALM}", keytabs[GATEWAY]) == PROCESS.user
            yield Node(host, keytabs)


def signers(aws: LocalAws, node: Node, caller: Caller, rules: Path) -> set[str | None]:
    """Whose keys read the object when a caller's file system does."""
    mark = aws.recording.mark()
    outcome = node.host.read_once(ENGINEERING_BUCKET, OBJECT_KEY, caller, {"rolecall.rules": str(rules)})
    assert outcome.text == object_body(ENGINEERING_BUCKET), outcome
    return aws.recording.signers(mark)


def test_the_short_name_of_each_login_is_its_user(aws: LocalAws, node: Node, folder: RulesFolder) -> None:
    """What HADOOP_USER_NAME says counts for nothing here; the node's own rule makes another name of a principal."""
    rules = folder.rules(
        {"name": "claimed", "users": [PROCESS_USER, "svc-etl"], "deny": "nobody logged in as these"},
        {"name": "gateway", "users": ["gateway"], "role": ADMIN_ROLE},
        {"name": "carol", "users": ["carol"], "role": ENGINEERING_ROLE},
        {"name": "etl", "users": ["etl"], "role": ADMIN_ROLE, "session": {"name": "mapped-${user}"}},
    )
    assert signers(aws, node, PROCESS, rules) == {session_of(ADMIN_ROLE, "gateway")}
    assert signers(aws, node, node.logged_in(CAROL), rules) == {session_of(ENGINEERING_ROLE, "carol")}
    assert signers(aws, node, node.logged_in(BATCH), rules) == {session_of(ENGINEERING_ROLE, "carol")}
    assert signers(aws, node, node.logged_in(ETL), rules) == {session_of(ADMIN_ROLE, "mapped-etl")}
    assert signers(aws, node, PROXIED, rules) == {session_of(ENGINEERING_ROLE, "carol")}


def test_principals_tell_users_of_one_name_apart(aws: LocalAws, node: Node, folder: RulesFolder) -> None:
    rules = folder.rules(
        {"name": "batch", "principals": [f"{BATCH}@{REALM}"], "role": ADMIN_ROLE},
        {"name": "by-hand", "principals": [f"{CAROL}@{REALM}"], "role": ENGINEERING_ROLE},
        {"name": "others", "users": ["carol"], "deny": "carol did not log in"},
    )
    log_mark = node.host.log_mark()
    assert signers(aws, node, node.logged_in(BATCH), rules) == {session_of(ADMIN_ROLE, "carol")}
    assert signers(aws, node, node.logged_in(CAROL), rules) == {session_of(ENGINEERING_ROLE, "carol")}
    told = node.host.logged(log_mark)
    assert f"caller carol (principal {BATCH}@{REALM}), location s3://{ENGINEERING_BUCKET}" in told
    # Whoever is spoken for has a short name alone: nobody showed a ticket of carol's.
    refused(aws, node, PROXIED, rules, "carol did not log in")


def test_real_users_are_those_who_speak_for_others(aws: LocalAws, node: Node, folder: RulesFolder) -> None:
    rules = folder.rules(
        {"name": "by-the-gateway", "users": ["carol"], "realUsers": ["gateway"], "role": ADMIN_ROLE},
        {"name": "gateway-itself", "users": ["gateway"], "realUsers": ["gateway"], "deny": "nobody speaks for it"},
        {"name": "logged-in", "not": {"realUsers": ["etl"]}, "role": ENGINEERING_ROLE},
    )
    log_mark = node.host.log_mark()
    assert signers(aws, node, PROXIED, rules) == {session_of(ADMIN_ROLE, "carol")}
    assert f"caller carol (real user gateway), location s3://{ENGINEERING_BUCKET}" in node.host.logged(log_mark)
    assert signers(aws, node, node.logged_in(CAROL), rules) == {session_of(ENGINEERING_ROLE, "carol")}
    assert signers(aws, node, PROCESS, rules) == {session_of(ENGINEERING_ROLE, "gateway")}
    by_another = Caller("carol", "proxy", real=f"{ETL}@{REALM}")
    refused(aws, node, by_another, rules, "RC202", "carol (real user etl)")


def test_read_at_each_call_the_same_name_is_not_the_same_caller(aws: LocalAws, node: Node, folder: RulesFolder) -> None:
    rules = folder.rules(
        {"name": "spoken-for", "users": ["carol"], "realUsers": ["gateway"], "role": ADMIN_ROLE},
        {"name": "batch", "principals": [f"{BATCH}@{REALM}"], "role": DEFAULT_ROLE},
        {"name": "carol", "users": ["carol"], "role": ENGINEERING_ROLE},
        {"name": "gateway", "users": ["gateway"], "role": ENGINEERING_ROLE},
    )
    settings = {"rolecall.rules": str(rules), "rolecall.identity": "per-call"}
    name = node.host.open(ENGINEERING_BUCKET, PROCESS, settings)
    for caller, role in [
        (node.logged_in(CAROL), ENGINEERING_ROLE),
        (PROXIED, ADMIN_ROLE),
        (node.logged_in(BATCH), DEFAULT_ROLE),
        (node.logged_in(CAROL), ENGINEERING_ROLE),
    ]:
        mark = aws.recording.mark()
        outcome = node.host.read_as(name, ENGINEERING_BUCKET, OBJECT_KEY, caller)
        assert aws.recording.signers(mark) == {session_of(role, "carol")}, caller
        # The last role is for another bucket.
        assert (outcome.text is None) == (role == DEFAULT_ROLE), outcome
    node.host.close(name)


def refused(aws: LocalAws, node: Node, caller: Caller, rules: Path, *told: str) -> None:
    """The caller gets nothing, is told why, and nobody else's keys are used for it."""
    mark, log_mark = aws.recording.mark(), node.host.log_mark()
    outcome = node.host.read_once(ENGINEERING_BUCKET, OBJECT_KEY, caller, {"rolecall.rules": str(rules)})
    assert outcome.text is None
    assert_nobody_else_read(aws.recording, mark)
    line_that_tells([ENGINEERING_BUCKET, *told], outcome, node.host, log_mark)
