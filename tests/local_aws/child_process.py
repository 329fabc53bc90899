"""Programs that never outlive whoever started them.

A test run leaves nothing behind, also when it is interrupted or killed: each program gets its own
process group, which is killed as a whole, and the kernel kills it when its parent dies first.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

STOP_SECONDS = 5.0


def start(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program that dies with the thread that started it: call this from a thread that stays."""
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", *map(str, command)],
        env=None if env is None else dict(env),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=cwd,
        start_new_session=True,
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a program and all that it started; one that is gone already is no error."""
    if process.poll() is None:
        _signal_group(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    _signal_group(process.pid, signal.SIGKILL)
    process.wait(STOP_SECONDS)
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def run(
    command: Sequence[str | Path], *, env: Mapping[str, str], output: Path, timeout: float, cwd: Path | None = None
) -> int:
    """Run a program to its end with its whole output in a file; past `timeout` seconds it is an error."""
    with output.open("wb") as log:
        process = start(command, env=env, stdout=log, stderr=subprocess.STDOUT, cwd=cwd)
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired as late:
            raise TimeoutError(f"{command[0]} was still running after {timeout:.0f} s; its output: {output}") from late
        finally:
            stop(process)


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
