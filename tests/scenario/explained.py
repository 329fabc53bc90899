"""What the rules decide, asked of the `rolecall` command itself."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

EXPLAIN_SECONDS = 30


@dataclass(frozen=True)
class Explained:
    """The decision for one caller and location."""

    rule: str
    outcome: str
    role: str | None


def explain(cli: Path, rules: Path, user: str, group: str, bucket: str) -> Explained:
    """Ask; a refusal is an answer too, with exit status 1."""
    command = [cli, "explain", rules, "--user", user, "--group", group, "--location", f"s3://{bucket}/"]
    done = subprocess.run(
        [*map(str, command), "--output", "json"], capture_output=True, text=True, timeout=EXPLAIN_SECONDS, check=False
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"rolecall explain failed with {done.returncode}: {done.stderr.strip()}")
    decision = json.loads(done.stdout)
    return Explained(decision["rule"], decision["outcome"], decision.get("role"))
