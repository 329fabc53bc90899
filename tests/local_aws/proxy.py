"""The proxy in front of the local AWS: it records every exchange, and makes STS fail or hurry on request.

Signatures survive it because Host and the signed headers pass unchanged. What it records tells whose keys
signed each request: it learns the owner of each access key from the AssumeRole answers that pass.
"""

import contextlib
import http.client
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from local_aws.http_service import Handler, HttpService
from local_aws.recording import Exchange, Recording

HOP_HEADERS = {"connection", "transfer-encoding", "keep-alive", "expect", "content-length"}
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"

Answer = tuple[int, list[tuple[str, str]], bytes]
# Stands for no answer at all: the connection breaks.
RESET: Answer = (0, [], b"")


@dataclass
class Fault:
    """What the proxy does to exchanges that match, instead of passing them on."""

    matches: Callable[[Exchange], bool]
    name: str
    status: int = 0
    code: str = ""
    message: str = ""
    reset: bool = False
    delay: float = 0.0
    times: int | None = None
    """How often it still happens; None is always."""


def assume_role_of(role_arn: str | None = None) -> Callable[[Exchange], bool]:
    """Matches AssumeRole, of one role or of any."""
    return lambda exchange: exchange.action == "AssumeRole" and role_arn in (None, exchange.form.get("RoleArn"))


def throttled(matches: Callable[[Exchange], bool], times: int | None = None) -> Fault:
    """STS throttles: HTTP 400, which S3A does not try again."""
    return Fault(matches, "throttle", status=400, code="Throttling", message="Rate exceeded", times=times)


def failing(
    matches: Callable[[Exchange], bool], status: int, code: str, message: str, times: int | None = None
) -> Fault:
    """STS or S3 answers with an error of the given code."""
    return Fault(matches, code, status=status, code=code, message=message, times=times)


def resetting(matches: Callable[[Exchange], bool], times: int | None = None) -> Fault:
    """The connection breaks before an answer."""
    return Fault(matches, "reset", reset=True, times=times)


def delayed(matches: Callable[[Exchange], bool], seconds: float, times: int | None = None) -> Fault:
    """The request is passed on late."""
    return Fault(matches, "delay", delay=seconds, times=times)


EXPIRED = failing(lambda _exchange: True, 400, "ExpiredToken", "The provided token has expired.")


class Proxy(HttpService):
    """Start it as a context manager; `recording` has what it saw."""

    def __init__(self, target_port: int, recording_file: Path) -> None:
        super().__init__()
        self.handler = _ProxyHandler
        self.target_port = target_port
        self.recording = Recording(recording_file)
        self.session_seconds: Callable[[Exchange], float | None] = lambda _exchange: None
        self._ends: dict[str, float] = {}
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        self.recording.close()

    @contextlib.contextmanager
    def fault(self, fault: Fault) -> Iterator[None]:
        """Let a fault happen for as long as the context lasts."""
        with self._lock:
            self._faults.append(fault)
        try:
            yield
        finally:
            with self._lock:
                self._faults.remove(fault)

    @contextlib.contextmanager
    def sessions_cut_short(self, seconds: float, matches: Callable[[Exchange], bool]) -> Iterator[None]:
        """Let sessions that match end early: their `Expiration` says so, and S3 refuses them from then on."""
        before = self.session_seconds
        self.session_seconds = lambda exchange: seconds if matches(exchange) else None
        try:
            yield
        finally:
            self.session_seconds = before

    def next_fault(self, exchange: Exchange) -> Fault | None:
        """The fault that this exchange meets, counted."""
        with self._lock:
            for fault in self._faults:
                if fault.times != 0 and fault.matches(exchange):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None

    def has_ended(self, access_key: str | None) -> bool:
        """Whether a session that was cut short is over."""
        with self._lock:
            return time.time() > self._ends.get(access_key or "", float("inf"))

    def learn(self, exchange: Exchange, answer: bytes) -> bytes:
        """Learn whose keys an AssumeRole answer hands out; gives the answer, cut short where that is asked for."""
        text = answer.decode()
        access_key, secret = _element(text, "AccessKeyId"), _element(text, "SecretAccessKey")
        exchange.granted = access_key
        self.recording.identify(access_key, _element(text, "Arn"), (secret, _element(text, "SessionToken")))
        seconds = self.session_seconds(exchange)
        if seconds is None:
            return answer
        end = int(time.time() + seconds)
        with self._lock:
            # STS tells whole seconds, in `Expiration` and in `Date`: a client's count may be off by one.
            self._ends[access_key] = end + 1.0
        told = time.strftime(TIME_FORMAT, time.gmtime(end))
        return re.sub(r"<Expiration>[^<]*<", f"<Expiration>{told}<", text).encode()


class _ProxyHandler(Handler):
    def _pass_on(self) -> None:
        proxy: Proxy = self.server.service
        body = self.read_body()
        exchange = self._exchange(body, proxy.recording)
        answer = self._meet_fault(proxy, exchange) or self._forward(proxy, exchange, body)
        # Recorded before the client has the answer: a test that got it finds the exchange.
        proxy.recording.add(exchange)
        if answer is RESET:
            self._reset()
        else:
            self.answer(*answer)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass_on

    def _exchange(self, body: bytes, recording: Recording) -> Exchange:
        authorization = self.headers.get("Authorization", "")
        scope = re.search(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/", authorization)
        access_key = scope[1] if scope else None
        # A request without a signature is an anonymous one to S3: it must show up there.
        service = scope[2] if scope else "s3"
        form = dict(parse_qsl(body.decode())) if service == "sts" else {}
        return Exchange(
            method=self.command,
            path=self.path,
            service=service,
            action=form.pop("Action", None),
            form=form,
            access_key=access_key,
            signer=recording.identity(access_key),
            user_agent=self.headers.get("User-Agent", ""),
        )

    def _meet_fault(self, proxy: Proxy, exchange: Exchange) -> Answer | None:
        fault = EXPIRED if proxy.has_ended(exchange.access_key) else proxy.next_fault(exchange)
        if fault is None:
            return None
        exchange.fault = fault.name
        time.sleep(fault.delay)
        if fault.reset:
            return RESET
        if not fault.status:
            return None
        exchange.status, exchange.error = fault.status, fault.code
        return fault.status, [("Content-Type", "text/xml")], _error_text(exchange.service, fault).encode()

    def _forward(self, proxy: Proxy, exchange: Exchange, body: bytes) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", proxy.target_port, timeout=120)
        with contextlib.closing(connection):
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP_HEADERS:
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            response = connection.getresponse()
            answer = response.read()
        exchange.status = response.status
        if response.status >= 400:
            exchange.error = answer[:300].decode("utf-8", "replace")
        elif exchange.action == "AssumeRole":
            answer = proxy.learn(exchange, answer)
        # The answer to a HEAD has no body, but the length of the one it would have.
        dropped = HOP_HEADERS if self.command != "HEAD" else HOP_HEADERS - {"content-length"}
        headers = [(name, value) for name, value in response.getheaders() if name.lower() not in dropped]
        return response.status, headers, answer

    def _reset(self) -> None:
        # Lingering for no time makes the kernel answer with a reset instead of an orderly end.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


def _error_text(service: str, fault: Fault) -> str:
    error = f"<Code>{fault.code}</Code><Message>{fault.message}</Message>"
    request = "<RequestId>00000000-0000-0000-0000-000000000000</RequestId>"
    if service == "s3":
        return f"<Error>{error}{request}</Error>"
    return (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<Error><Type>Sender</Type>{error}</Error>{request}</ErrorResponse>"
    )


def _element(text: str, name: str) -> str:
    match = re.search(f"<{name}>([^<]*)</{name}>", text)
    assert match is not None, f"an AssumeRole answer without {name}"
    return match[1]
