"""The examples of the pages are rules that the command reads, and the page names every field that the reader knows."""

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hosting.artifacts import Artifacts

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def json_blocks(page: Path) -> list[Any]:
    blocks = re.findall(r"^```json\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    return [json.loads(block) for block in blocks]


EXAMPLES = [
    pytest.param(block, id=f"{page.name}-{number}")
    for page in PAGES
    for number, block in enumerate(json_blocks(page))
    if "rules" in block
]


def test_the_page_has_an_example() -> None:
    assert json_blocks(ROOT / "docs/rules.md")


def test_the_example_of_the_readme_is_the_one_among_the_files() -> None:
    assert json.loads((ROOT / "docs/examples/rules.json").read_text()) in json_blocks(ROOT / "README.md")


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_read_and_decides(example: dict[str, Any], artifacts: Artifacts, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(example))
    rules.chmod(0o644)
    asked = ["--user", "nobody-else", "--group", "none", "--location", "s3://nowhere-else/", "--output", "json"]
    done = subprocess.run(
        [artifacts.cli, "explain", rules, *asked], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    assert json.loads(done.stdout)["rule"] == "otherwise"


def walks(page: Path) -> list[tuple[Any, str, list[str]]]:
    """Commands that a page types after the rules they are about, with the lines that it shows of what they print."""
    shown = []
    rules = None
    for language, block in re.findall(r"^```(json|console)\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
        if language == "json":
            rules = json.loads(block)
            continue
        for command in block.split("$ ")[1:]:
            typed, *lines = command.splitlines()
            shown.append((rules, typed, lines))
    return shown


@pytest.mark.parametrize(("rules", "typed", "lines"), walks(ROOT / "docs/rules.md"))
def test_a_command_prints_what_the_page_shows(
    rules: dict[str, Any], typed: str, lines: list[str], artifacts: Artifacts, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(rules))
    file.chmod(0o644)
    program, *arguments = shlex.split(typed)
    assert program == "rolecall"
    done = subprocess.run(
        [artifacts.cli, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
    )
    assert lines
    assert [line for line in lines if line not in done.stdout.splitlines()] == [], done.stdout + done.stderr


def test_the_page_names_every_field_of_the_grammar() -> None:
    grammar = (ROOT / "native/core/src/rules/fields.rs").read_text()
    fields = set(re.findall(r'Field::since\(\d+, "(\w+)"\)', grammar))
    page = (ROOT / "docs/rules.md").read_text()
    assert len(fields) > 10
    assert {field for field in fields if not re.search(rf'[`"]{field}[`":]', page)} == set()
