"""Bad input never yields another identity, and its error names file, place, rule, field and the fix."""

import contextlib
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bad_input import GROUPS, IN_BAD_SURROUNDINGS, NOBODY_LISTENS, RULES_FILES, STS, Case, rule, rules
from hosting.artifacts import Artifacts
from hosting.fleet import Fleet, Host
from hosting.hadoop import Caller, Launch
from hosting.rules_folder import RulesFolder
from local_aws import LocalAws
from local_aws.proxy import assume_role_of, throttled
from local_aws.seed import ENGINEERING_BUCKET, ENGINEERING_ROLE, OBJECT_KEY
from telling import assert_nobody_else_read, line_that_tells

HOSTS = pytest.mark.parametrize("name", ["hadoop-3.3.4", "hadoop-3.5.0", "emrfs-like"])
# Root reads every file; without this capability it reads what its mode lets it.
AS_FILE_MODES_SAY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def assert_told_and_not_read(aws: LocalAws, host: Host, folder: RulesFolder, case: Case) -> None:
    """Try to read; it must fail without anybody else's keys, and say what the case asks for."""
    mark, log_mark = aws.recording.mark(), host.log_mark()
    outcome = host.read_once(ENGINEERING_BUCKET, OBJECT_KEY, Caller(case.user), case.settings(folder))
    assert outcome.text is None, "it was read"
    assert_nobody_else_read(aws.recording, mark)
    line_that_tells(case.told, outcome, host, log_mark)


@HOSTS
@pytest.mark.parametrize("case", [*RULES_FILES, *GROUPS, *STS], ids=str)
def test_in_files_groups_and_sts(aws: LocalAws, fleet: Fleet, folder: RulesFolder, name: str, case: Case) -> None:
    fault = aws.proxy.fault(throttled(assume_role_of())) if case.throttled else contextlib.nullcontext()
    with fault:
        assert_told_and_not_read(aws, fleet.host(name), folder, case)


@pytest.fixture(scope="module", params=["hadoop-3.3.4", "hadoop-3.5.0", "emrfs-like"])
def badly_placed(fleet: Fleet, request: pytest.FixtureRequest) -> Iterator[Host]:
    """A host that can't read everything, and finds no instance metadata."""
    launch = Launch(wrapper=AS_FILE_MODES_SAY, environment={"AWS_EC2_METADATA_SERVICE_ENDPOINT": NOBODY_LISTENS})
    with fleet.special(request.param, launch) as host:
        yield host


@pytest.mark.parametrize("case", IN_BAD_SURROUNDINGS, ids=str)
def test_in_bad_surroundings(aws: LocalAws, badly_placed: Host, folder: RulesFolder, case: Case) -> None:
    assert_told_and_not_read(aws, badly_placed, folder, case)


def library_in(jar: Path) -> str:
    """The name of the native library in the jar."""
    (found,) = [entry for entry in zipfile.ZipFile(jar).namelist() if entry.endswith(".so") and "x86_64" in entry]
    return found


@HOSTS
def test_without_the_native_library(
    artifacts: Artifacts, aws: LocalAws, fleet: Fleet, folder: RulesFolder, name: str
) -> None:
    bare = folder.path / "bare.jar"
    with zipfile.ZipFile(artifacts.jar) as whole, zipfile.ZipFile(bare, "w") as without:
        for entry in whole.infolist():
            if not entry.filename.endswith(".so"):
                without.writestr(entry, whole.read(entry))
    case = Case("no library", rules(rule(role=ENGINEERING_ROLE)), ("RC701", "not in this jar"))
    with fleet.special(name, Launch(jar=bare)) as host:
        assert_told_and_not_read(aws, host, folder, case)


@HOSTS
def test_with_a_library_that_is_not_where_it_should_be(
    aws: LocalAws, fleet: Fleet, folder: RulesFolder, name: str
) -> None:
    nowhere = folder.path / "librolecall.so"
    case = Case("missing library", rules(rule(role=ENGINEERING_ROLE)), ("RC701", str(nowhere), "nothing else is tried"))
    with fleet.special(name, Launch(options=[f"-Drolecall.native.path={nowhere}"])) as host:
        assert_told_and_not_read(aws, host, folder, case)


@HOSTS
def test_with_a_library_of_another_version(
    artifacts: Artifacts, aws: LocalAws, fleet: Fleet, folder: RulesFolder, name: str
) -> None:
    library = zipfile.ZipFile(artifacts.jar).read(library_in(artifacts.jar))
    assert b"0.1.0" in library
    other = folder.path / "librolecall.so"
    other.write_bytes(library.replace(b"0.1.0", b"9.8.7"))
    case = Case("other version", rules(rule(role=ENGINEERING_ROLE)), ("RC704", "9.8.7", "0.1.0", str(other)))
    with fleet.special(name, Launch(options=[f"-Drolecall.native.path={other}"])) as host:
        assert_told_and_not_read(aws, host, folder, case)
