"""What a decision and a reading cost with many rules, counted in instructions and kilobytes: no clock has a say."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from hosting.artifacts import Artifacts

FEW, MANY = 10, 100_000
DECISIONS = 20_000


@pytest.fixture(scope="module")
def measure(artifacts: Artifacts) -> Path:
    """The measuring program, with the library as it ships."""
    return artifacts.measure


def instructions(measure: Path, rules: int, decisions: int) -> int:
    """What callgrind counts for a whole run."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", measure]
    said = subprocess.run(
        [*command, "decide", str(rules), str(decisions)], check=True, capture_output=True, text=True, timeout=300
    ).stderr
    collected = re.search(r"Collected : (\d+)", said)
    assert collected, said
    return int(collected[1])


def decision(measure: Path, rules: int) -> float:
    """The instructions of one decision: what reading the rules takes is in both runs."""
    return (instructions(measure, rules, DECISIONS) - instructions(measure, rules, 0)) / DECISIONS


def test_a_decision_costs_little_more_with_many_rules(measure: Path) -> None:
    few, many = decision(measure, FEW), decision(measure, MANY)
    print(f"instructions of a decision: {few:.0f} with {FEW} rules, {many:.0f} with {MANY}")
    assert 0 < many <= 3 * few, (few, many)


def test_many_rules_are_read_in_little_memory(measure: Path, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    with file.open("wb") as text:
        subprocess.run([measure, "write", str(MANY)], stdout=text, check=True, timeout=60)
    said = json.loads(subprocess.run([measure, "read", file], check=True, capture_output=True, timeout=60).stdout)
    print(f"reading {MANY} rules: {said}")
    assert said["peakKilobytes"] < 100_000, said
