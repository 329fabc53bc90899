"""A small HTTP server on a free port of the loopback, run by a thread, for everything that plays an AWS endpoint."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Handler(BaseHTTPRequestHandler):
    """A request handler that is as quick as Python's can be, and logs nothing by itself."""

    protocol_version = "HTTP/1.1"
    # Buffered writes and no Nagle: unbuffered ones cost 40 ms for each answer.
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: paths of requests belong into the recording, not on the console."""

    def handle_expect_100(self) -> bool:
        """Let a client that waits for it send its body; writes are buffered, so this one is flushed."""
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.wfile.flush()
        return True

    def read_body(self) -> bytes:
        """The whole body, whichever way its length is told."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return body

    def answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send one answer, with its length where the headers lack one."""
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def setup(self) -> None:
        """Take the connection; clients that go away in the middle are everyday life here."""
        super().setup()
        self.connection.settimeout(300)

    def handle(self) -> None:
        """Serve a connection until the client leaves."""
        try:
            super().handle()
        except (ConnectionError, BrokenPipeError, TimeoutError):
            self.close_connection = True


class HttpService:
    """A server whose handlers find it as `self.server.service`; use it as a context manager."""

    handler: type[Handler]

    def __init__(self) -> None:
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        server = _Server(("127.0.0.1", 0), self.handler)
        server.service = self
        self._server = server
        threading.Thread(target=server.serve_forever, args=(0.05,), name=type(self).__name__, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        assert self._server is not None, "not started"
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"http://127.0.0.1:{self.port}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    service: HttpService
