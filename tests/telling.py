"""What a refusal must tell, and that no byte went to anybody else meanwhile."""

from collections.abc import Iterable

from hosting.conversation import HostJvm, Outcome
from local_aws.recording import Exchange, Recording


def line_that_tells(parts: Iterable[str], outcome: Outcome, host: HostJvm, log_mark: int) -> str:
    """The one message or log line that holds all the parts; without one, the test fails and shows what there is."""
    wanted = list(parts)
    candidates = [*outcome.errors, *host.logged(log_mark).splitlines()]
    for candidate in candidates:
        if all(part.lower() in candidate.lower() for part in wanted):
            return candidate
    shown = "\n".join(line for line in candidates if "RC" in line) or "\n".join(candidates[-20:])
    raise AssertionError(f"no message or log line holds all of {wanted}; there is:\n{shown}")


def assert_nobody_else_read(recording: Recording, mark: int, *allowed: str | None) -> None:
    """Since the mark S3 saw nobody but `allowed` (None is a key that nobody handed out), and gave others nothing."""
    strangers = [exchange for exchange in recording.s3(mark) if exchange.signer not in {None, *allowed}]
    assert not strangers, f"S3 was asked by another identity: {describe(strangers)}"
    given = [exchange for exchange in recording.s3(mark) if exchange.reads_data and exchange.signer not in allowed]
    assert not given, f"S3 gave data to another identity: {describe(given)}"


def describe(exchanges: Iterable[Exchange]) -> str:
    """Exchanges as a failing test shows them."""
    return "; ".join(
        f"{exchange.method} {exchange.path} by {exchange.signer} -> {exchange.status}" for exchange in exchanges
    )


def session_of(role: str, caller: str) -> str:
    """The ARN of a role's session that is named after its caller."""
    return role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + f"/{caller}"
