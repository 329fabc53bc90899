"""docs/settings.md has the table of settings as it stands in the code, with meaning, default and who may set each."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "native/core/src/settings/table.rs").read_text()
HOST_KEYS = (ROOT / "native/core/src/settings/host_keys.rs").read_text()
PAGE = (ROOT / "docs/settings.md").read_text()

SETTING = re.compile(
    r'Setting \{\s+name: "(?P<name>[^"]+)",\s+meaning: "(?P<meaning>[^"]+)",\s+default: "(?P<default>[^"]+)",'
    r'\s+who: Who::(?P<who>\w+)(?:\("(?P<value>[^"]+)"\))?,\s+\}'
)

WHO = {
    "Anyone": "site file, job",
    "ValueBySite": "site file, job; `{value}` the site file alone",
    "ValueBySiteWhereItExists": "site file, job; `{value}` no job where there is a site file",
    "Job": "job, never by the environment",
}


def in_code() -> list[str]:
    """The rows as the page should have them."""
    return [
        f"| `{found['name']}` | {found['meaning']} | {found['default']} | {who(found)} |"
        for found in SETTING.finditer(TABLE)
    ]


def who(found: re.Match[str]) -> str:
    return WHO[found["who"]].format(value=found["value"])


def test_every_entry_of_the_table_was_understood() -> None:
    assert len(in_code()) == TABLE.count("Setting {\n        name:") > 10


def test_the_page_has_the_table() -> None:
    rows = re.findall(r"^\| `rolecall\..*\|$", PAGE.partition("\n## ")[2].partition("\n## ")[0], re.MULTILINE)
    assert rows == in_code()


def test_the_page_names_the_hosts_own_keys() -> None:
    keys = set(re.findall(r'"(fs\.[\w.]+)"', HOST_KEYS))
    assert len(keys) >= 5
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()
