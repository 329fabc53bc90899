"""Runs the local AWS by hand until Ctrl-C, and prints how to talk to it: `python -m local_aws`."""

import signal
import sys
import tempfile
from pathlib import Path

from local_aws import LocalAws
from local_aws.seed import ROWS


def main() -> None:
    """Start everything, print it, and wait."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory(prefix="local-aws-") as folder, LocalAws(Path(folder)) as aws:
        print("Environment:")
        for name in ("AWS_ENDPOINT_URL_STS", "AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_REGION"):
            print(f"  export {name}={aws.environment()[name]}")
        print("Hadoop settings:")
        for name, value in aws.s3a_settings().items():
            print(f"  {name}={value}")
        print("Buckets:", ", ".join(ROWS))
        print("Recording:", Path(folder) / "recording.jsonl")
        print("Ctrl-C ends it.", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
