"""A node of its own for a JVM: no setting moves /etc/rolecall, so it gets a private /etc."""

import os
from collections.abc import Mapping
from pathlib import Path

# A copy of /etc with the given /etc/rolecall, seen by the command alone; it is gone when the command ends.
ENTER = """
mount -t tmpfs tmpfs "$1"
cp -a /etc/. "$1" 2>/dev/null || true
rm -rf "$1/rolecall"
cp -a "$2" "$1/rolecall"
mount --bind "$1" /etc
shift 2
exec "$@"
"""


def with_etc_rolecall(folder: Path, files: Mapping[str, str], mode: int = 0o644) -> list[str | Path]:
    """The command that runs another one where /etc/rolecall holds the files, owned by root."""
    source, stage = folder / "etc-rolecall", folder / "etc"
    for made in (source, stage):
        made.mkdir(parents=True, exist_ok=True)
        made.chmod(0o755)
    for name, content in files.items():
        (source / name).write_text(content)
        (source / name).chmod(mode)
    # Whoever is not root becomes it in a namespace of users.
    become = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", "--mount", *become, "sh", "-ec", ENTER, "sh", stage, source]
