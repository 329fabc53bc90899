"""An STS that answers as AWS documents, for what the local AWS accepts without a word.

moto takes durations, session names and chained sessions that STS refuses, and its keys never end. This stub
checks them as the API reference says, and can be told to answer the next calls with any documented error.
"""

import re
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass
from urllib.parse import parse_qsl

from local_aws.http_service import Handler, HttpService
from local_aws.proxy import TIME_FORMAT
from local_aws.recording import Recording

XMLNS = "https://sts.amazonaws.com/doc/2011-06-15/"
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


@dataclass(frozen=True)
class StsError:
    """An error of the API, with its HTTP status."""

    status: int
    code: str
    message: str


THROTTLING = StsError(400, "Throttling", "Rate exceeded")
EXPIRED_TOKEN = StsError(403, "ExpiredToken", "The security token included in the request is expired")
MALFORMED_POLICY = StsError(400, "MalformedPolicyDocument", "This policy contains invalid Json")
PACKED_POLICY_TOO_LARGE = StsError(400, "PackedPolicyTooLarge", "Packed policy consumes 105% of allotted space")


@dataclass(frozen=True)
class Grant:
    """Credentials that end so many seconds after the answer; negative is an answer that has ended already."""

    seconds: float


class StubSts(HttpService):
    """Start it as a context manager. `calls` has the form of each AssumeRole call."""

    def __init__(self, recording: Recording) -> None:
        """`recording` is told whose the keys are that are handed out here."""
        super().__init__()
        self.handler = _StsHandler
        self.recording = recording
        self.calls: list[dict[str, str]] = []
        self._next: deque[StsError | Grant] = deque()
        self._lock = threading.Lock()

    def answer_next_with(self, *answers: StsError | Grant) -> None:
        """Answer the next calls so, one each; after these as the documentation says."""
        with self._lock:
            self._next.extend(answers)

    def decide(self, form: dict[str, str], signed_by_a_session: bool) -> StsError | Grant:
        """The answer to a call."""
        with self._lock:
            self.calls.append(form)
            if self._next:
                return self._next.popleft()
        return _documented(form, signed_by_a_session)


def _documented(form: dict[str, str], signed_by_a_session: bool) -> StsError | Grant:
    seconds, name = int(form.get("DurationSeconds", "3600")), form.get("RoleSessionName", "")
    if not SESSION_NAME.fullmatch(name):
        return _invalid(f"Value '{name}' at 'roleSessionName' failed to satisfy constraint")
    if not 900 <= seconds <= 43200:
        return _invalid(f"Value '{seconds}' at 'durationSeconds' failed to satisfy constraint")
    if signed_by_a_session and seconds > 3600:
        return StsError(
            400,
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        )
    return Grant(seconds)


def _invalid(what: str) -> StsError:
    return StsError(400, "ValidationError", f"1 validation error detected: {what}")


class _StsHandler(Handler):
    def do_POST(self) -> None:
        stub: StubSts = self.server.service
        form = dict(parse_qsl(self.read_body().decode()))
        answer = stub.decide(form, self.headers.get("X-Amz-Security-Token") is not None)
        headers = [("Content-Type", "text/xml"), ("Date", self.date_time_string())]
        if isinstance(answer, StsError):
            text = (
                f'<ErrorResponse xmlns="{XMLNS}"><Error><Type>Sender</Type><Code>{answer.code}</Code>'
                f"<Message>{answer.message}</Message></Error><RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
            )
            return self.answer(answer.status, headers, text.encode())
        return self.answer(200, headers, self._granted(stub, form, answer).encode())

    def _granted(self, stub: StubSts, form: dict[str, str], grant: Grant) -> str:
        account, role = form["RoleArn"].split(":")[4], form["RoleArn"].rsplit("/", 1)[1]
        secret, token = uuid.uuid4().hex + "stub", uuid.uuid4().hex + "stub/session+token="
        arn = f"arn:aws:sts::{account}:assumed-role/{role}/{form['RoleSessionName']}"
        access_key = f"ASIA{uuid.uuid4().hex[:16].upper()}"
        stub.recording.identify(access_key, arn, (secret, token))
        end = time.strftime(TIME_FORMAT, time.gmtime(time.time() + grant.seconds))
        return (
            f'<AssumeRoleResponse xmlns="{XMLNS}"><AssumeRoleResult><AssumedRoleUser>'
            f"<AssumedRoleId>AROASTUB:{form['RoleSessionName']}</AssumedRoleId>"
            f"<Arn>{arn}</Arn></AssumedRoleUser><Credentials><AccessKeyId>{access_key}</AccessKeyId>"
            f"<SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>"
            f"<Expiration>{end}</Expiration></Credentials></AssumeRoleResult>"
            f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata></AssumeRoleResponse>"
        )
