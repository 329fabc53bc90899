"""An AWS of two accounts on this machine: S3, STS and IAM with authorization on, and an instance with a role.

`LocalAws` starts all of it on free ports and leaves no process behind. Clients talk to S3 and STS through the
recording proxy; `environment()` and `s3a_settings()` point them there.
"""

import contextlib
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Self

from local_aws import child_process
from local_aws.instance_metadata import InstanceMetadata
from local_aws.proxy import Proxy
from local_aws.recording import Recording
from local_aws.seed import DATA_ANALYST, EC2_SERVICE, REGION, Keys, Seeded, seed

TESTS_DIR = Path(__file__).resolve().parent.parent


class LocalAws:
    """Everything together; use it as a context manager, from a thread that lives as long as it does."""

    proxy: Proxy
    metadata: InstanceMetadata
    seeded: Seeded

    def __init__(self, output: Path) -> None:
        """`output` is the folder for the server's log and the recording."""
        self._output = output
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._output.mkdir(parents=True, exist_ok=True)
        with self._stack:
            port = self._start_server()
            url = f"http://127.0.0.1:{port}"
            self.seeded = seed(url)
            _turn_authorization_on(url)
            self.proxy = self._stack.enter_context(Proxy(port, self._output / "recording.jsonl"))
            self._learn(self.seeded.data_analyst, DATA_ANALYST)
            self._learn(self.seeded.ec2_service, EC2_SERVICE)
            self.metadata = self._stack.enter_context(InstanceMetadata(url, self.seeded.ec2_service, self._learn))
            # Nothing failed: what was started lives until __exit__.
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def recording(self) -> Recording:
        """What clients asked of S3 and STS."""
        return self.proxy.recording

    def environment(self) -> dict[str, str]:
        """This process's environment for a client: no AWS setting but those that lead here."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ROLECALL_"))}
        return clean | {
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.metadata.url,
            "AWS_ENDPOINT_URL_STS": self.proxy.url,
            "AWS_REGION": REGION,
            # No profile of whoever runs this may be found.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def s3a_settings(self) -> dict[str, str]:
        """Hadoop settings that lead S3A here and let it fail soon."""
        return {
            "fs.s3a.endpoint": self.proxy.url,
            "fs.s3a.endpoint.region": REGION,
            "fs.s3a.path.style.access": "true",
            "fs.s3a.connection.ssl.enabled": "false",
            "fs.s3a.attempts.maximum": "1",
            "fs.s3a.retry.limit": "1",
            "fs.s3a.retry.interval": "50ms",
            "fs.s3a.bucket.probe": "0",
        }

    def _start_server(self) -> int:
        log = self._stack.enter_context((self._output / "server.log").open("wb"))
        server = child_process.start(
            [sys.executable, "-m", "local_aws.server"], stdout=subprocess.PIPE, stderr=log, cwd=TESTS_DIR
        )
        self._stack.callback(child_process.stop, server)
        assert server.stdout is not None
        line = server.stdout.readline().strip()
        if not line.isdigit():
            raise RuntimeError(f"the local AWS did not start; see {self._output / 'server.log'}")
        return int(line)

    def _learn(self, keys: Keys, identity: str) -> None:
        self.recording.identify(keys.access_key_id, identity, (keys.secret_access_key, keys.session_token))


def _turn_authorization_on(url: str) -> None:
    # Zero further actions without authorization.
    request = urllib.request.Request(
        f"{url}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()
