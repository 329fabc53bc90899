"""The examples of the pages are rules that the command reads, and the page names every field that the reader knows."""

import json
import re
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


def test_the_page_names_every_field_of_the_grammar() -> None:
    grammar = (ROOT / "native/core/src/rules/fields.rs").read_text()
    fields = set(re.findall(r'Field::since\(\d+, "(\w+)"\)', grammar))
    page = (ROOT / "docs/rules.md").read_text()
    assert len(fields) > 10
    assert {field for field in fields if not re.search(rf'[`"]{field}[`":]', page)} == set()
