"""Talks to a host JVM: one line to it for each command, one line back; what it logs goes to a file."""

import queue
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, urlencode

from local_aws import child_process

ANSWER_SECONDS = 90.0


class HostDiedError(Exception):
    """The JVM ended or did not answer; its log says why."""


@dataclass(frozen=True)
class Outcome:
    """What came of one try: the text that was read, or the chain of errors, outermost first."""

    text: str | None
    errors: tuple[str, ...]

    @property
    def message(self) -> str:
        """All errors in one text."""
        return "\n".join(self.errors)

    def __str__(self) -> str:
        return f"read {self.text!r}" if self.text is not None else self.message


class Answer:
    """The fields of one answer."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = fields

    def outcome(self, prefix: str = "") -> Outcome:
        """The outcome that is told under a prefix."""
        errors = []
        while (error := self.fields.get(f"{prefix}error.{len(errors)}")) is not None:
            errors.append(error)
        return Outcome(self.fields.get(f"{prefix}text"), tuple(errors))


class HostJvm:
    """A running host; use it as a context manager."""

    def __init__(self, command: Sequence[str | Path], env: Mapping[str, str], log: Path) -> None:
        self.log = log
        self._command = command
        self._env = env
        self._answers: queue.Queue[str | None] = queue.Queue()

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self._process = child_process.start(
                self._command, env=self._env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        threading.Thread(target=self._listen, name=f"answers of {self.log.stem}", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        child_process.stop(self._process)

    def ask(self, timeout: float = ANSWER_SECONDS, **fields: str) -> Answer:
        """Give a command and wait for its answer."""
        return self.ask_fields(fields, timeout)

    def ask_fields(self, fields: Mapping[str, str], timeout: float = ANSWER_SECONDS) -> Answer:
        """Give a command whose fields may have any name."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write((urlencode(fields) + "\n").encode())
            self._process.stdin.flush()
            line = self._answers.get(timeout=timeout)
        except (BrokenPipeError, queue.Empty) as error:
            raise HostDiedError(f"no answer to {fields.get('do')} in {timeout:.0f} s; its log: {self.log}") from error
        if line is None:
            raise HostDiedError(f"it ended with {self._process.wait(5)}; its log: {self.log}\n{self.logged()[-2000:]}")
        return Answer(dict(parse_qsl(line, keep_blank_values=True)))

    def log_mark(self) -> int:
        """Where its log ends by now; give it to `logged` later."""
        return self.log.stat().st_size

    def logged(self, since: int = 0) -> str:
        """What it logged after a mark."""
        with self.log.open("rb") as log:
            log.seek(since)
            return log.read().decode("utf-8", "replace")

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for raw in self._process.stdout:
            line = raw.decode("utf-8").rstrip("\n")
            if line.startswith("ANSWER "):
                self._answers.put(line.removeprefix("ANSWER "))
        self._answers.put(None)
