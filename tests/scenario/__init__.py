"""The scenario of EMRFS authorization: five callers, four buckets, and what each must see.

`rules.json` is written as it would stand on a cluster; only the place of the properties file differs here.
"""

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from local_aws.instance_metadata import INSTANCE_ID
from local_aws.seed import (
    ADMIN_ROLE,
    DEFAULT_BUCKET,
    DEFAULT_ROLE,
    ENGINEERING_BUCKET,
    ENGINEERING_ROLE,
    INSTANCE_ROLE,
    RESEARCH_BUCKET,
    RESEARCH_ROLE,
    SCIENCE_BUCKET,
    SCIENCE_ROLE,
    Keys,
)

# Each caller with the group that the cluster's directory gives.
CALLERS = {
    "admin1": "admins",
    "dataeng1": "grp_data_engineering",
    "datascientist1": "grp_data_science",
    "outsider1": "nobody",
    "contractor1": "contractors",
}
BUCKETS = (ENGINEERING_BUCKET, SCIENCE_BUCKET, DEFAULT_BUCKET, RESEARCH_BUCKET)


class Seen(Enum):
    """What a caller who tries to read sees."""

    ROWS = "rows read"
    ACCESS_DENIED = "AccessDenied"
    REFUSED = "refused by rule"


@dataclass(frozen=True)
class Cell:
    """One caller at one bucket."""

    rule: str
    identity: str | None
    """The role that S3 must see; the instance's own where the rules say base; None where a rule denies."""
    seen: Seen

    @property
    def assumed(self) -> str | None:
        """The role that Rolecall assumes for it, if any."""
        return None if self.identity == INSTANCE_ROLE else self.identity

    def identity_session(self, caller: str) -> str | None:
        """The ARN that S3 must see: the role's session named after the caller, or the instance's own."""
        if self.identity is None:
            return None
        session = INSTANCE_ID if self.identity == INSTANCE_ROLE else caller
        return self.identity.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + f"/{session}"

    @property
    def role_name(self) -> str | None:
        """The identity's bare name."""
        return self.identity.rsplit("/", 1)[1] if self.identity else None


def _row(rule: str, identity: str, *readable: str) -> dict[str, Cell]:
    return {bucket: Cell(rule, identity, Seen.ROWS if bucket in readable else Seen.ACCESS_DENIED) for bucket in BUCKETS}


EXPECTED: dict[str, dict[str, Cell]] = {
    "admin1": _row("admin", ADMIN_ROLE, ENGINEERING_BUCKET, SCIENCE_BUCKET, DEFAULT_BUCKET),
    "dataeng1": _row("engineering", ENGINEERING_ROLE, ENGINEERING_BUCKET),
    "datascientist1": _row("science", SCIENCE_ROLE, SCIENCE_BUCKET)
    | {RESEARCH_BUCKET: Cell("research", RESEARCH_ROLE, Seen.ROWS)},
    "outsider1": _row("otherwise", INSTANCE_ROLE) | {DEFAULT_BUCKET: Cell("default", DEFAULT_ROLE, Seen.ROWS)},
    "contractor1": {bucket: Cell("contractors", None, Seen.REFUSED) for bucket in BUCKETS},
}


def sessions(caller: str) -> int:
    """How many sessions, and so AssumeRole calls, a caller needs who tries every bucket in one process."""
    return len({cell.assumed for cell in EXPECTED[caller].values()} - {None})


def rules() -> dict[str, Any]:
    """The rules as they are in the file."""
    return json.loads((Path(__file__).parent / "rules.json").read_text())


def write(folder: Path, data_analyst: Keys) -> Path:
    """Write the rules and the properties file with the user's keys, which only its owner may read."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    properties = folder / "Credentials.properties"
    properties.touch(mode=0o600)
    properties.write_text(
        f"accessKey={data_analyst.access_key_id}\nsecretKey={data_analyst.secret_access_key}\n", encoding="ascii"
    )
    placed = rules()
    for rule in placed["rules"]:
        if rule.get("base", {}).get("source") == "properties":
            rule["base"]["file"] = str(properties)
    file = folder / "rules.json"
    file.write_text(json.dumps(placed, indent=2))
    file.chmod(0o644)
    return file
