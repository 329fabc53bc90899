"""Whoever opened a file system is its caller, on every thread that then uses it; and so are a job's own keys."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from hosting.artifacts import Artifacts
from hosting.fleet import PROCESS_USER, Fleet
from hosting.hadoop import Caller, HadoopHost, Launch
from hosting.rules_folder import RulesFolder
from local_aws import LocalAws
from local_aws.seed import (
    ACCOUNT,
    ENGINEERING_BUCKET,
    ENGINEERING_ROLE,
    OBJECT_KEY,
    SCIENCE_BUCKET,
    SCIENCE_ROLE,
    object_body,
)
from telling import session_of

# The thread of the command; one from before the file system; a new one; one inside another user's doAs; and a new
# one that is started there.
THREADS = ("own", "early", "fresh", "other", "other-fresh")
WAYS = [Caller("carol", "named"), Caller("carol", "remote"), Caller("carol", "proxy", real="mallory")]


@dataclass(frozen=True)
class Runtime:
    """A Hadoop on a Java."""

    hadoop: str
    java25: bool

    def __str__(self) -> str:
        return f"{self.hadoop}-java-{25 if self.java25 else 'default'}"


RUNTIMES = [Runtime("hadoop-3.3.4", False), Runtime("hadoop-3.5.0", False), Runtime("hadoop-3.5.0", True)]


@pytest.fixture(scope="module", params=RUNTIMES, ids=str)
def host(artifacts: Artifacts, fleet: Fleet, request: pytest.FixtureRequest) -> Iterator[HadoopHost]:
    """A Hadoop on the Java of the parameter."""
    runtime: Runtime = request.param
    with ExitStack() as stack:
        if not runtime.java25:
            yield fleet.hadoop(runtime.hadoop)
            return
        launch = Launch(java=artifacts.jdk25 / "bin" / "java", options=["--enable-native-access=ALL-UNNAMED"])
        newest = stack.enter_context(fleet.special(runtime.hadoop, launch, log=str(runtime)))
        assert isinstance(newest, HadoopHost)
        yield newest


@pytest.mark.parametrize("caller", WAYS, ids=lambda caller: caller.how)
def test_carols_file_system_is_carols_on_every_thread(
    aws: LocalAws, host: HadoopHost, folder: RulesFolder, caller: Caller
) -> None:
    rules = folder.rules(
        {"name": "carol", "users": ["carol"], "role": ENGINEERING_ROLE},
        {"name": "mallory", "users": ["mallory"], "role": SCIENCE_ROLE},
    )
    mark = aws.recording.mark()
    name = host.open(ENGINEERING_BUCKET, caller, {"rolecall.rules": str(rules)})
    for thread, outcome in host.read_on(name, ENGINEERING_BUCKET, OBJECT_KEY, THREADS).items():
        assert outcome.text == object_body(ENGINEERING_BUCKET), f"{thread}: {outcome}"
    host.close(name)
    assert aws.recording.signers(mark) == {session_of(ENGINEERING_ROLE, "carol")}


def test_two_users_of_one_jvm_get_each_their_own(aws: LocalAws, host: HadoopHost, folder: RulesFolder) -> None:
    rules = folder.rules(
        {"name": "carol", "users": ["carol"], "role": ENGINEERING_ROLE},
        {"name": "mallory", "users": ["mallory"], "role": SCIENCE_ROLE},
    )
    settings = {"rolecall.rules": str(rules)}
    carols = host.open(ENGINEERING_BUCKET, Caller("carol"), settings, by="cached")
    mallorys = host.open(ENGINEERING_BUCKET, Caller("mallory"), settings, by="cached")
    mark = aws.recording.mark()
    assert host.read(mallorys, ENGINEERING_BUCKET, OBJECT_KEY).text is None
    assert aws.recording.signers(mark) == {session_of(SCIENCE_ROLE, "mallory")}
    mark = aws.recording.mark()
    assert host.read(carols, ENGINEERING_BUCKET, OBJECT_KEY).text == object_body(ENGINEERING_BUCKET)
    assert aws.recording.signers(mark) == {session_of(ENGINEERING_ROLE, "carol")}
    host.close(carols)
    host.close(mallorys)


class TestTenants:
    """Two tenants of one JVM, told apart by `rolecall.conf.tenant`; one process, so one user for both."""

    acme, zenith = "tenant-acme", "tenant-zenith"
    caller = Caller(PROCESS_USER, "process")

    @pytest.fixture
    def rules(self, folder: RulesFolder) -> str:
        """Rules that put the job's own key into the role's name."""
        rules = folder.rules({"name": "tenants", "role": f"arn:aws:iam::{ACCOUNT}:role/${{conf:tenant}}"})
        return str(rules)

    def open(self, host: HadoopHost, tenant: str, rules: str, by: str, **more: str) -> str:
        """A tenant's job opens acme's bucket."""
        settings = {"rolecall.rules": rules, "rolecall.conf.tenant": tenant} | more
        return host.open(self.acme, self.caller, settings, by)

    def signers(self, aws: LocalAws, host: HadoopHost, name: str) -> set[str | None]:
        """Who S3 sees when a file system reads acme's object."""
        mark = aws.recording.mark()
        host.read(name, self.acme, OBJECT_KEY)
        return aws.recording.signers(mark)

    def session(self, tenant: str) -> str:
        """A tenant's role session."""
        return session_of(f"arn:aws:iam::{ACCOUNT}:role/{tenant}", PROCESS_USER)

    @pytest.mark.parametrize(
        ("by", "more"), [("new", {}), ("cached", {"fs.s3a.impl.disable.cache": "true"})], ids=["new", "uncached"]
    )
    def test_a_file_system_of_its_own_is_its_own_tenants(
        self, aws: LocalAws, host: HadoopHost, rules: str, by: str, more: dict[str, str]
    ) -> None:
        acmes, zeniths = (self.open(host, tenant, rules, by, **more) for tenant in (self.acme, self.zenith))
        assert self.signers(aws, host, acmes) == {self.session(self.acme)}
        assert self.signers(aws, host, zeniths) == {self.session(self.zenith)}
        assert host.read(acmes, self.acme, OBJECT_KEY).text == object_body(self.acme)
        assert host.read(zeniths, self.acme, OBJECT_KEY).text is None
        host.close(acmes)
        host.close(zeniths)

    def test_a_cached_file_system_stays_the_first_tenants(self, aws: LocalAws, host: HadoopHost, rules: str) -> None:
        """Hadoop's cache does not look at the configuration; users must know, so it is shown here."""
        acmes, zeniths = (self.open(host, tenant, rules, "cached") for tenant in (self.acme, self.zenith))
        assert self.signers(aws, host, acmes) == {self.session(self.acme)}
        assert self.signers(aws, host, zeniths) == {self.session(self.acme)}
        host.close(zeniths)


def test_a_science_user_is_not_carol(aws: LocalAws, fleet: Fleet, folder: RulesFolder) -> None:
    """The rules above do tell users apart: mallory's role reads the other bucket."""
    rules = folder.rules({"name": "mallory", "users": ["mallory"], "role": SCIENCE_ROLE})
    mark = aws.recording.mark()
    outcome = fleet.hadoop("hadoop-3.5.0").read_once(
        SCIENCE_BUCKET, OBJECT_KEY, Caller("mallory"), {"rolecall.rules": str(rules)}
    )
    assert outcome.text == object_body(SCIENCE_BUCKET)
    assert aws.recording.signers(mark) == {session_of(SCIENCE_ROLE, "mallory")}
