"""What all whole-system tests share: one local AWS, and host JVMs that are started once and kept.

A run writes everything to build/whole-system: logs of hosts, of Spark, and the recording of the proxy.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import scenario
from hosting import configuration_folder
from hosting.artifacts import Artifacts, MissingArtifactError
from hosting.fleet import Fleet
from hosting.rules_folder import RulesFolder
from local_aws import LocalAws
from local_aws.recording import Recording

OUTPUT = Path(__file__).resolve().parent.parent / "build" / "whole-system"
LEAKS = pytest.StashKey[list[str]]()
RECORDING = pytest.StashKey[Recording]()

# Users of single tests, beside those of the scenario.
MORE_CALLERS = {"carol": "analysts", "mallory": "analysts"}


def pytest_configure(config: pytest.Config) -> None:
    """Stop at once, and say why, where the build's products are missing."""
    config.stash[LEAKS] = []
    try:
        Artifacts.from_environment()
    except MissingArtifactError as missing:
        raise pytest.UsageError(str(missing)) from None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The search for secrets looks through what all the others wrote: it comes last."""
    items.sort(key=lambda item: item.path.name == "test_secrets.py")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:  # noqa: ARG001
    """Note each test whose report would show a secret."""
    report = yield
    recording = item.config.stash.get(RECORDING, None)
    text = report.longreprtext + "".join(content for _, content in report.sections)
    if recording is not None and any(secret in text for secret in recording.secrets()):
        item.config.stash[LEAKS].append(item.nodeid)
    return report


@pytest.fixture(scope="session")
def artifacts() -> Artifacts:
    """What the build made."""
    return Artifacts.from_environment()


@pytest.fixture(scope="session")
def output() -> Path:
    """The folder for everything that this run writes, empty at its start."""
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    return OUTPUT


@pytest.fixture(scope="session")
def aws(output: Path, pytestconfig: pytest.Config) -> Iterator[LocalAws]:
    """The local AWS of the whole run."""
    with LocalAws(output / "aws") as running:
        pytestconfig.stash[RECORDING] = running.recording
        yield running


@pytest.fixture(scope="session")
def configuration(output: Path, aws: LocalAws) -> Path:
    """A node's configuration folder that leads Hadoop and Spark to the local AWS."""
    return configuration_folder.write(output / "conf", aws.s3a_settings(), scenario.CALLERS)


@pytest.fixture(scope="session")
def fleet(artifacts: Artifacts, aws: LocalAws, output: Path) -> Iterator[Fleet]:
    """The host JVMs. The directory of users that they ask has some for whom it fails."""
    settings = aws.s3a_settings() | {"hadoop.security.group.mapping": "dev.rolecall.hosts.ScriptedGroups"}
    folder = configuration_folder.write(output / "conf-of-hosts", settings, scenario.CALLERS | MORE_CALLERS)
    with Fleet(artifacts, aws, folder, output) as running:
        yield running


@pytest.fixture(scope="session")
def scenario_rules(output: Path, aws: LocalAws) -> Path:
    """The rules of the scenario, with the user's keys beside them."""
    return scenario.write(output / "scenario", aws.seeded.data_analyst)


@pytest.fixture
def folder(output: Path, request: pytest.FixtureRequest) -> RulesFolder:
    """A folder of this test alone, whose files only their owner can write."""
    name = "".join(letter if letter.isalnum() else "-" for letter in request.node.name)
    return RulesFolder(output / "tests" / name)
