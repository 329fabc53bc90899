"""Rules files of single tests."""

import json
from pathlib import Path
from typing import Any


class RulesFolder:
    """A folder that only its owner can write, as rules files must lie in."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o755)
        self.path = path

    def rules(self, *rules: dict[str, Any], otherwise: str = "deny", **top: Any) -> Path:
        """A rules file with the instance profile as base, unless `top` says otherwise."""
        whole = {"version": 1, "base": {"source": "instance-profile"}, "rules": list(rules), "otherwise": otherwise}
        return self.text(json.dumps(whole | top))

    def text(self, content: str, name: str = "rules.json", mode: int = 0o644) -> Path:
        """A file with any content, put in place at once as whoever edits live rules must do."""
        file, aside = self.path / name, self.path / f".{name}.new"
        aside.write_text(content)
        aside.chmod(mode)
        aside.replace(file)
        return file
