"""Runs the scenario for real and prints what each caller saw at each bucket: `python -m demo [--spark 4]`.

It exits with 1 if any cell is not as the scenario asks, and leaves no process behind.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import scenario
from demo.grid import render
from hosting import configuration_folder
from hosting.artifacts import Artifacts, MissingArtifactError
from hosting.spark import SPARK_PROVIDERS, Spark
from local_aws import LocalAws
from scenario.explained import Explained, explain
from scenario.trial import Tried, locations, tried


def main() -> int:
    """Run it, and tell whether everything was as expected."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--spark", choices=sorted(SPARK_PROVIDERS), default="3.5", help="which Spark reads")
    parser.add_argument("--keep", type=Path, help="a folder for logs and the recording, which is kept")
    chosen = parser.parse_args()
    # Ended from outside, the demo must still end what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        artifacts = Artifacts.from_environment()
        with _folder(chosen.keep) as folder:
            return run(artifacts, chosen.spark, folder)
    except MissingArtifactError as missing:
        print(missing, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def run(artifacts: Artifacts, version: str, folder: Path) -> int:
    """Everything from the start of the local AWS to the grid; 0 is as expected."""
    say("Starting an AWS of two accounts on this machine, with authorization on")
    with LocalAws(folder / "aws") as aws:
        rules = scenario.write(folder / "rules", aws.seeded.data_analyst)
        configuration = configuration_folder.write(folder / "conf", aws.s3a_settings(), scenario.CALLERS)
        spark = Spark(version, artifacts, aws, configuration, folder)
        say("Asking `rolecall explain` what the rules decide for each caller and bucket")
        explained = _explain_all(artifacts, rules)
        results: dict[str, list[Tried]] = {}
        calls: dict[str, int] = {}
        for caller, group in scenario.CALLERS.items():
            say(f"Spark {version} runs as {caller} (group {group}) and tries each bucket")
            mark = aws.recording.mark()
            results[caller] = try_buckets(spark, caller, rules)
            calls[caller] = len(aws.recording.assume_roles(mark))
    print()
    print(render(results, explained))
    print()
    told = ", ".join(f"{caller} {count}" for caller, count in calls.items())
    print(f"STS calls: {sum(calls.values())} AssumeRole ({told})")
    return verdict(results, explained, calls)


def try_buckets(spark: Spark, caller: str, rules: Path) -> list[Tried]:
    """One Spark application of a caller that tries each bucket."""
    mark = spark.aws.recording.mark()
    reads = spark.read(caller, locations(), {"rolecall.rules": str(rules)})
    exchanges = spark.aws.recording.since(mark)
    return [
        tried(caller, bucket, None if read.rows is None else len(read.rows), read.error, exchanges)
        for bucket, read in zip(scenario.BUCKETS, reads, strict=True)
    ]


def _explain_all(artifacts: Artifacts, rules: Path) -> dict[tuple[str, str], Explained]:
    return {
        (caller, bucket): explain(artifacts.cli, rules, caller, group, bucket)
        for caller, group in scenario.CALLERS.items()
        for bucket in scenario.BUCKETS
    }


def verdict(results: dict[str, list[Tried]], explained: dict[tuple[str, str], Explained], calls: dict[str, int]) -> int:
    """Tell what is not as the scenario asks; 0 where nothing is."""
    faults = [
        f"{cell.caller} at {cell.bucket}: {fault}"
        for cells in results.values()
        for cell in cells
        for fault in cell.faults()
    ]
    for (caller, bucket), decision in explained.items():
        cell = scenario.EXPECTED[caller][bucket]
        if (decision.rule, decision.role) != (cell.rule, cell.assumed):
            faults.append(f"{caller} at {bucket}: explained as rule {decision.rule}, role {decision.role}")
    for caller, count in calls.items():
        if count != scenario.sessions(caller):
            faults.append(f"{caller}: {count} AssumeRole calls for {scenario.sessions(caller)} sessions")
    for fault in faults:
        print(f"NOT AS EXPECTED: {fault}", file=sys.stderr)
    good = "Every cell is as expected, and S3 saw each request signed by exactly that role's session."
    print(good if not faults else f"{len(faults)} things are not as expected.")
    return 1 if faults else 0


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="rolecall-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


STARTED = time.monotonic()


def say(what: str) -> None:
    """Tell the user what goes on, and how long it has been going on."""
    print(f"[{time.monotonic() - STARTED:4.0f} s] {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
