"""An instance metadata service that hands out keys of the instance's role: IMDSv2 only, as strict as EC2's.

moto's own hands out keys that S3 refuses.
"""

import json
import threading
import time
import uuid
from collections.abc import Callable

from local_aws.http_service import Handler, HttpService
from local_aws.seed import ACCOUNT, INSTANCE_ROLE, REGION, Keys, client

INSTANCE_ID = "i-0123456789abcdef0"
ROLE_NAME = INSTANCE_ROLE.rsplit("/", 1)[1]
ROLE_PATH = "/latest/meta-data/iam/security-credentials"
TOKEN_HEADER = "X-aws-ec2-metadata-token"
TOKEN_TTL_HEADER = f"{TOKEN_HEADER}-ttl-seconds"
LONGEST_TOKEN_SECONDS = 21600
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class InstanceMetadata(HttpService):
    """Start it as a context manager. The keys stay the same until `rotate`, as EC2 keeps them for hours."""

    def __init__(self, aws_url: str, service_keys: Keys, learned: Callable[[Keys, str], None]) -> None:
        """`learned` is told the keys and the ARN of each session of the instance's role."""
        super().__init__()
        self.handler = _MetadataHandler
        self.reads_of_keys = 0
        self._sts = client("sts", aws_url, service_keys)
        self._learned = learned
        self._tokens: dict[str, float] = {}
        self._document: dict[str, str] | None = None
        self._lock = threading.Lock()

    def rotate(self) -> None:
        """Hand out new keys from the next request on."""
        with self._lock:
            self._document = None

    def new_token(self, seconds: int) -> str:
        """A session token of the service, good for so many seconds."""
        token = uuid.uuid4().hex + "=="
        with self._lock:
            self._tokens[token] = time.monotonic() + seconds
        return token

    def accepts(self, token: str | None) -> bool:
        """Whether a token was given out here and is still good."""
        with self._lock:
            return time.monotonic() < self._tokens.get(token or "", 0.0)

    def keys(self) -> dict[str, str]:
        """The document with the role's keys."""
        with self._lock:
            self.reads_of_keys += 1
            if self._document is None:
                self._document = self._assume()
            return self._document

    def _assume(self) -> dict[str, str]:
        granted = self._sts.assume_role(RoleArn=INSTANCE_ROLE, RoleSessionName=INSTANCE_ID, DurationSeconds=21600)
        found = granted["Credentials"]
        keys = Keys(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
        self._learned(keys, granted["AssumedRoleUser"]["Arn"])
        return {
            "Code": "Success",
            "LastUpdated": time.strftime(TIME_FORMAT, time.gmtime()),
            "Type": "AWS-HMAC",
            "AccessKeyId": keys.access_key_id,
            "SecretAccessKey": keys.secret_access_key,
            "Token": keys.session_token or "",
            "Expiration": found["Expiration"].strftime(TIME_FORMAT),
        }


class _MetadataHandler(Handler):
    def do_PUT(self) -> None:
        self.read_body()
        service: InstanceMetadata = self.server.service
        if self.path != "/latest/api/token":
            return self._say(404, "")
        if self.headers.get("X-Forwarded-For") is not None:
            return self._say(403, "")
        seconds = self.headers.get(TOKEN_TTL_HEADER, "")
        if not seconds.isdigit() or not 1 <= int(seconds) <= LONGEST_TOKEN_SECONDS:
            return self._say(400, "")
        return self.answer(
            200, [("Content-Type", "text/plain"), (TOKEN_TTL_HEADER, seconds)], service.new_token(int(seconds)).encode()
        )

    def do_GET(self) -> None:
        service: InstanceMetadata = self.server.service
        if not service.accepts(self.headers.get(TOKEN_HEADER)):
            return self._say(401, "")
        match self.path.rstrip("/"):
            case path if path == ROLE_PATH:
                return self._say(200, ROLE_NAME)
            case path if path == f"{ROLE_PATH}/{ROLE_NAME}":
                return self._say(200, json.dumps(service.keys()), "application/json")
            case "/latest/meta-data/instance-id":
                return self._say(200, INSTANCE_ID)
            case "/latest/meta-data/placement/region":
                return self._say(200, REGION)
            case "/latest/dynamic/instance-identity/document":
                document = {"region": REGION, "accountId": ACCOUNT, "instanceId": INSTANCE_ID}
                return self._say(200, json.dumps(document), "application/json")
        return self._say(404, "")

    def _say(self, status: int, text: str, content_type: str = "text/plain") -> None:
        self.answer(status, [("Content-Type", content_type)], text.encode())
