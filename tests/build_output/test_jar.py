"""What the jar that ships holds, and what it must not."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from build_output.class_file import ClassFile

ROOT = Path(__file__).parents[2]
SDK_V1 = "com/amazonaws"
SDK_V2 = "software/amazon/awssdk"
JAVA_8 = 52


@pytest.fixture(scope="module")
def jar() -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(os.environ["ROLECALL_JAR"]) as opened:
        yield opened


@pytest.fixture(scope="module")
def classes(jar: zipfile.ZipFile) -> dict[str, ClassFile]:
    return {name: ClassFile.read(jar.read(name)) for name in jar.namelist() if name.endswith(".class")}


def library_in(jar: zipfile.ZipFile) -> str:
    (library,) = [name for name in jar.namelist() if name.endswith(".so")]
    return library


def test_the_jar_holds_our_classes_the_library_and_the_licence_and_nothing_else(jar: zipfile.ZipFile) -> None:
    files = [name for name in jar.namelist() if not name.endswith("/")]
    ours = {name for name in files if name.startswith("dev/rolecall/") and name.endswith(".class")}
    assert set(files) - ours == {"META-INF/MANIFEST.MF", "META-INF/LICENSE", library_in(jar)}
    assert len(files) == len(set(files)), "an entry stands twice in the jar"


@pytest.mark.parametrize("sdk", ["sdkv1", "sdkv2"])
def test_the_providers_that_users_name_are_in_the_jar(jar: zipfile.ZipFile, sdk: str) -> None:
    assert f"dev/rolecall/{sdk}/RolecallCredentialsProvider.class" in jar.namelist()


def test_every_class_is_java_8_byte_code(classes: dict[str, ClassFile]) -> None:
    assert {name: read.major for name, read in classes.items() if read.major != JAVA_8} == {}


def test_no_class_names_an_sdk_that_is_not_its_own(classes: dict[str, ClassFile]) -> None:
    def foreign(name: str) -> list[str]:
        return [
            sdk
            for sdk, home in ((SDK_V1, "dev/rolecall/sdkv1/"), (SDK_V2, "dev/rolecall/sdkv2/"))
            if not name.startswith(home) and classes[name].names_types_of(sdk)
        ]

    assert {name: foreign(name) for name in classes if foreign(name)} == {}


@pytest.mark.parametrize(("sdk", "home"), [(SDK_V1, "dev/rolecall/sdkv1/"), (SDK_V2, "dev/rolecall/sdkv2/")])
def test_each_shim_names_its_own_sdk(classes: dict[str, ClassFile], sdk: str, home: str) -> None:
    assert any(read.names_types_of(sdk) for name, read in classes.items() if name.startswith(home))


def test_the_library_in_the_jar_is_named_by_platform_and_version(jar: zipfile.ZipFile) -> None:
    version = Path(os.environ["ROLECALL_JAR"]).stem.removeprefix("rolecall-")
    assert f'version = "{version}"' in (ROOT / "Cargo.toml").read_text()
    assert library_in(jar) == f"META-INF/rolecall/linux-x86_64/librolecall-{version}.so"
    assert jar.read(library_in(jar)).startswith(b"\x7fELF")


def test_the_licence_in_the_jar_is_the_projects(jar: zipfile.ZipFile) -> None:
    assert jar.read("META-INF/LICENSE") == (ROOT / "LICENSE").read_bytes()


def test_the_jar_made_again_elsewhere_has_the_same_bytes() -> None:
    once, again = Path(os.environ["ROLECALL_JAR"]), Path(os.environ["ROLECALL_JAR_REPEATED"])
    assert once != again
    assert once.read_bytes() == again.read_bytes()
