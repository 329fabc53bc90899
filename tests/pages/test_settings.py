"""docs/settings.md names the host's own keys that stand in for settings. (Its table is compared in native/core.)"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOST_KEYS = (ROOT / "native/core/src/settings/host_keys.rs").read_text()
PAGE = (ROOT / "docs/settings.md").read_text()


def test_the_page_names_the_hosts_own_keys() -> None:
    keys = set(re.findall(r'"(fs\.[\w.]*\w)"', HOST_KEYS))
    assert len(keys) >= 5
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()
