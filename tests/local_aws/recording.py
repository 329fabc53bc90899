"""What a proxy saw: each exchange, whose keys signed it, and no secret in anything that is written down."""

import json
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

REDACTED = "[redacted]"


@dataclass
class Exchange:
    """One request and what came of it. It holds no secret: not the signature, not the token, no body."""

    method: str
    path: str
    service: str
    action: str | None
    form: dict[str, str]
    access_key: str | None
    signer: str | None
    user_agent: str
    at: float = field(default_factory=time.time)
    status: int | None = None
    error: str | None = None
    fault: str | None = None
    granted: str | None = None
    """The access key that an AssumeRole answer handed out."""

    @property
    def role(self) -> str | None:
        """The role whose session signed, as its bare name; None where no session signed."""
        match = re.fullmatch(r"arn:[^:]*:sts::\d+:assumed-role/(.+)/[^/]+", self.signer or "")
        return match[1] if match else None

    @property
    def bucket(self) -> str | None:
        """The bucket that an S3 request is for (the local AWS is asked path style)."""
        return (self.path.split("?")[0].split("/")[1] or None) if self.service == "s3" else None

    @property
    def reads_data(self) -> bool:
        """Whether the answer carried bytes of an object, or a listing, to the client."""
        return self.service == "s3" and self.method == "GET" and self.status in (200, 206)


class Recording:
    """All exchanges so far, the identity behind each access key, and the secrets that were handed out."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("w", buffering=1)
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []
        self._identities: dict[str, str] = {}
        self._secrets: set[str] = set()

    def close(self) -> None:
        """Write nothing any more."""
        with self._lock:
            self._file.close()

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange, and write it down without secrets."""
        line = self.redact(json.dumps(asdict(exchange)))
        with self._lock:
            self._exchanges.append(exchange)
            if not self._file.closed:
                self._file.write(line + "\n")

    def identify(self, access_key: str, identity: str, secrets: Iterable[str | None] = ()) -> None:
        """Remember whose an access key is, and which texts must be found nowhere."""
        with self._lock:
            self._identities[access_key] = identity
            self._secrets.update(secret for secret in secrets if secret)

    def identity(self, access_key: str | None) -> str | None:
        """Whose an access key is: the ARN of a user or of a role session."""
        return self._identities.get(access_key or "")

    def redact(self, text: str) -> str:
        """The text with every secret that is known taken out."""
        for secret in self.secrets():
            text = text.replace(secret, REDACTED)
        return text

    def secrets(self) -> set[str]:
        """Every secret access key and session token that was handed out."""
        with self._lock:
            return set(self._secrets)

    def mark(self) -> int:
        """How many exchanges there are by now; give it to `since` later."""
        with self._lock:
            return len(self._exchanges)

    def since(self, mark: int) -> list[Exchange]:
        """The exchanges after a mark, in the order in which they ended."""
        with self._lock:
            return self._exchanges[mark:]

    def s3(self, since: int) -> list[Exchange]:
        """The requests to S3 after a mark."""
        return [exchange for exchange in self.since(since) if exchange.service == "s3"]

    def assume_roles(self, since: int) -> list[Exchange]:
        """The AssumeRole calls after a mark."""
        return [exchange for exchange in self.since(since) if exchange.action == "AssumeRole"]

    def signers(self, since: int, bucket: str | None = None) -> set[str | None]:
        """Who signed the requests to S3 after a mark; None stands for keys that nobody handed out."""
        return {exchange.signer for exchange in self.s3(since) if bucket in (None, exchange.bucket)}
