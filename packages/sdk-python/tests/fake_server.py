"""A real HTTP server whose answers the test gives."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Set, Union


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text) if self.text else None


@dataclass(frozen=True)
class Reply:
    json: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content: Optional[bytes] = None


DROP = "drop"
"""The connection breaks without an answer."""
HANG = "hang"
"""No answer comes before the server is closed."""

Answer = Callable[[Seen, int], Union[Reply, str]]

UNAUTHORIZED = Reply(status=401, json={"statusCode": 401, "message": "Invalid or missing authentication credentials"})


@dataclass(frozen=True)
class FakeServer:
    base_url: str
    seen: List[Seen]


@contextmanager
def fake_server(answer: Answer) -> Iterator[FakeServer]:
    seen: List[Seen] = []
    counting = threading.Lock()
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            one = Seen(self.command, self.path, headers, self.rfile.read(length).decode())
            with counting:
                seen.append(one)
                index = len(seen) - 1
                reply = answer(one, index)
            if isinstance(reply, str):
                if reply == HANG:
                    closing.wait(10)
                self.close_connection = True
                return
            content = reply.content
            if content is None:
                content = b"" if reply.json is None else json.dumps(reply.json, default=_raw).encode()
            self.send_response(reply.status)
            for name, value in {"x-request-id": "req_1", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = handle_any

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield FakeServer(f"http://127.0.0.1:{server.server_port}", seen)
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _raw(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)


class SessionServer:
    """One session: it knows which access token and which refresh token are alive."""

    def __init__(self) -> None:
        self.generation = 0
        self.refreshes = 0
        self.alive = True
        self.expired: Set[int] = set()

    def expire(self) -> None:
        self.expired.add(self.generation)

    def tokens(self) -> Dict[str, str]:
        return {"accessToken": f"access-{self.generation}", "refreshToken": f"refresh-{self.generation}"}

    def __call__(self, seen: Seen, index: int) -> Union[Reply, str]:
        if seen.path == "/api/auth/login":
            return Reply(self.tokens())
        if seen.path == "/api/auth/refresh":
            self.refreshes += 1
            if not self.alive or seen.body["refreshToken"] != f"refresh-{self.generation}":
                self.alive = False
                return UNAUTHORIZED
            self.generation += 1
            return Reply(self.tokens())
        current = seen.headers.get("authorization") == f"Bearer access-{self.generation}"
        if not current or not self.alive or self.generation in self.expired:
            return UNAUTHORIZED
        return Reply(status=204) if seen.path == "/api/auth/logout" else Reply([])
