"""The demo says so, and fails, when a cell is not as the scenario asks."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import scenario
from demo.__main__ import verdict
from demo.grid import render
from scenario import Seen
from scenario.explained import Explained
from scenario.trial import Tried, classify


@pytest.fixture
def explained() -> dict[tuple[str, str], Explained]:
    """Decisions as the scenario asks for."""
    outcomes = {True: "assume", False: "base"}
    return {
        (caller, bucket): Explained(
            cell.rule, "deny" if cell.identity is None else outcomes[cell.assumed is not None], cell.assumed
        )
        for caller, row in scenario.EXPECTED.items()
        for bucket, cell in row.items()
    }


@pytest.fixture
def tried() -> dict[str, list[Tried]]:
    """A run where everything was as the scenario asks."""
    return {
        caller: [
            Tried(
                caller,
                bucket,
                cell.seen,
                3 if cell.seen is Seen.ROWS else 0,
                frozenset({cell.identity_session(caller)} - {None}),
                None,
            )
            for bucket, cell in row.items()
        ]
        for caller, row in scenario.EXPECTED.items()
    }


CALLS = {caller: scenario.sessions(caller) for caller in scenario.CALLERS}


def test_a_good_run_passes_and_shows_every_cell(
    tried: dict[str, list[Tried]], explained: dict[tuple[str, str], Explained]
) -> None:
    assert verdict(tried, explained, CALLS) == 0
    grid = render(tried, explained)
    assert "NOT AS EXPECTED" not in grid
    shown = {answer: grid.count(answer) for answer in ("3 rows read", "AccessDenied", "refused by rule")}
    assert shown == {"3 rows read": 7, "AccessDenied": 9, "refused by rule": 4}
    assert "demo-role (444455556666)" in grid


@pytest.mark.parametrize("wrong", ["seen", "signer", "calls", "explained"])
def test_a_cell_that_differs_fails_it(
    tried: dict[str, list[Tried]], explained: dict[tuple[str, str], Explained], wrong: str
) -> None:
    calls, first = dict(CALLS), tried["dataeng1"][0]
    if wrong == "seen":
        tried["dataeng1"][0] = replace(first, seen=Seen.ACCESS_DENIED, rows=0)
    elif wrong == "signer":
        tried["dataeng1"][0] = replace(first, signers=frozenset({"arn:aws:sts::111122223333:assumed-role/other/x"}))
    elif wrong == "calls":
        calls["dataeng1"] = 2
    else:
        explained["dataeng1", first.bucket] = Explained("science", "assume", "arn:aws:iam::111122223333:role/other")
    assert verdict(tried, explained, calls) == 1
    assert ("NOT AS EXPECTED" in render(tried, explained)) == (wrong in ("seen", "signer"))


@pytest.mark.parametrize(
    ("rows", "error", "seen"),
    [
        (3, None, Seen.ROWS),
        (None, "java.nio.file.AccessDeniedException: s3a://b/data: 403", Seen.ACCESS_DENIED),
        (None, "RC201: contractors have no data access", Seen.REFUSED),
        (None, "java.net.ConnectException", None),
        (0, None, None),
    ],
)
def test_only_what_a_reader_may_see_counts(rows: int | None, error: str | None, seen: Seen | None) -> None:
    assert classify(rows, error) is seen


def test_without_the_builds_products_it_says_what_is_missing() -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("ROLECALL_")}
    done = subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=Path(__file__).parent,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "ROLECALL_JAR is not set" in done.stderr
    assert "./gradlew demo" in done.stderr
