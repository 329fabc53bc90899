"""The page on other formats: its examples are read, decide as it says, and it names each warning and each field."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from hosting.artifacts import Artifacts

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/foreign-formats.md").read_text()
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
ROLE = "arn:aws:iam::111122223333:role"

# Section, user, groups, location; the role or what else is the outcome.
DECISIONS = [
    ("EMR role mappings", "dana", ["analysts"], "s3://b/", "dana"),
    ("EMR role mappings", "emil", ["analysts"], "s3://lake/", "lake"),
    ("EMR role mappings", "emil", ["analysts"], "s3://b/", "analysts"),
    ("EMR role mappings", "emil", ["staff"], "s3://b/", "base"),
    ("EMR Serverless bucket mapping", "emil", ["staff"], "s3://lake/x", "lake"),
    ("EMR Serverless bucket mapping", "emil", ["staff"], "s3://b/", "base"),
    ("Trino security mapping", "emil", ["staff"], "s3://ledger/closed-2023/x", "ledger-closed"),
    ("Trino security mapping", "auditor-7", ["staff"], "s3://b/", "audit"),
    ("Trino security mapping", "emil", ["sales"], "s3://b/", "deals"),
    ("Trino security mapping", "emil", ["operators"], "s3://b/", "base"),
    ("Trino security mapping", "emil", ["staff"], "s3://b/", "deny"),
    ("User Role Mapper: roles", "dana", ["analysts"], "s3://b/", "dana"),
    ("User Role Mapper: roles", "emil", ["analysts"], "s3://b/", "analysts"),
    ("User Role Mapper: roles", "emil", ["staff"], "s3://b/", "deny"),
    ("User Role Mapper: policies", "dana", ["analysts", "writers"], "s3://b/", "narrowed"),
    ("User Role Mapper: policies", "emil", ["staff"], "s3://b/", "deny"),
]


def example(section: str) -> str:
    found = re.search(r"^```(?:json)?\n(.*?)^```", SECTIONS[section], re.MULTILINE | re.DOTALL)
    assert found is not None
    return found.group(1)


def imported(artifacts: Artifacts, text: str) -> str:
    done = subprocess.run(
        [artifacts.cli, "import", "-"], input=text, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def decided(artifacts: Artifacts, rules: str, user: str, groups: list[str], location: str) -> dict[str, object]:
    asked = ["--user", user, *(f"--group={group}" for group in groups), "--location", location, "--output", "json"]
    done = subprocess.run(
        [artifacts.cli, "explain", "-", *asked], input=rules, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return {key: value for key, value in answer.items() if key in ("outcome", "role", "session", "base")}


@pytest.mark.parametrize(("section", "user", "groups", "location", "expected"), DECISIONS)
def test_an_example_decides_as_the_page_says(
    artifacts: Artifacts, section: str, user: str, groups: list[str], location: str, expected: str
) -> None:
    text = example(section)
    as_it_is = decided(artifacts, text, user, groups, location)
    assert decided(artifacts, imported(artifacts, text), user, groups, location) == as_it_is
    if expected in ("base", "deny"):
        assert as_it_is["outcome"] == expected
    else:
        assert as_it_is["role"] == f"{ROLE}/{expected}"


def test_each_section_with_an_example_is_tried() -> None:
    assert {section for section, text in SECTIONS.items() if "```" in text} == {decision[0] for decision in DECISIONS}


def test_it_names_each_kind_of_warning_and_no_other() -> None:
    sources = [*(ROOT / "native/core/src/foreign").rglob("*.rs")]
    read = "".join(source.read_text() for source in sources if "tests" not in source.name)
    kinds = set(re.findall(r'"(foreign-[a-z-]+)"', read))
    assert len(kinds) >= 5
    assert kinds == set(re.findall(r"^\| `(foreign-[a-z-]+)`", PAGE, re.MULTILINE))


def test_it_names_each_field_of_trinos_and_the_mappers_entries() -> None:
    folder = ROOT / "native/core/src/foreign"
    trino = (folder / "trino.rs").read_text()
    mapper = (folder / "user_role_mapper/roles.rs").read_text()
    known = re.findall(r"const (?:KNOWN|REFUSED): .*? = \[(.*?)\];", trino + mapper, re.DOTALL)
    fields = {field for names in known for field in re.findall(r'"(\w+)"', names)}
    # Trino's documentation calls one of them so, and Trino reads the other.
    fields.discard("allowedSseCustomerKey")
    assert len(fields) > 20
    assert {field for field in fields if f"`{field}`" not in PAGE} == set()
