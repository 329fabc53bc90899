"""The scenario tried for real: what each caller saw at each bucket, and whose keys S3 saw."""

from collections.abc import Iterable
from dataclasses import dataclass

from local_aws.recording import Exchange
from scenario import BUCKETS, EXPECTED, Cell, Seen


@dataclass(frozen=True)
class Tried:
    """One caller at one bucket, as it really went."""

    caller: str
    bucket: str
    seen: Seen | None
    """None is anything else than a reader of the scenario may see."""
    rows: int
    signers: frozenset[str | None]
    error: str | None

    @property
    def expected(self) -> Cell:
        """What the scenario asks for."""
        return EXPECTED[self.caller][self.bucket]

    def faults(self) -> list[str]:
        """How it differs from what the scenario asks for; empty is good."""
        cell, found = self.expected, []
        if self.seen is not cell.seen:
            found.append(f"seen {self.seen and self.seen.value}, not {cell.seen.value}: {self.error}")
        signed_by = {cell.identity_session(self.caller)} if cell.identity else set()
        if self.signers != signed_by:
            found.append(f"S3 saw {sorted(map(str, self.signers))}, not {sorted(map(str, signed_by))}")
        return found


def classify(rows: int | None, error: str | None) -> Seen | None:
    """What a reader saw, told from the rows or the error text."""
    if rows:
        return Seen.ROWS
    if error and "RC201" in error:
        return Seen.REFUSED
    if error and "AccessDeniedException" in error:
        return Seen.ACCESS_DENIED
    return None


def tried(caller: str, bucket: str, rows: int | None, error: str | None, exchanges: Iterable[Exchange]) -> Tried:
    """Put together what a caller saw and what the proxy recorded meanwhile."""
    signers = frozenset(exchange.signer for exchange in exchanges if exchange.bucket == bucket)
    return Tried(caller, bucket, classify(rows, error), rows or 0, signers, error)


def locations(scheme: str = "s3a") -> list[str]:
    """Where each bucket's rows are."""
    return [f"{scheme}://{bucket}/data/" for bucket in BUCKETS]
