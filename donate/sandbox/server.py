"""The sandbox over HTTP: a plain WSGI application and a threaded server.

/v1/...        the API, for the official SDK
/c/pay/...     the hosted payment page;  /i/...  an invoice's page;  /p/session/...  the customer portal
/              what there is, with buttons;  /_control/<name>  the same for machines (controls.py)
"""

import hashlib
import json
import re
import secrets
import socket
import sys
import threading
import time
from http import HTTPStatus
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from donate.sandbox import controls, forms, pages, routes
from donate.sandbox.deliver import Deliverer
from donate.sandbox.errors import Refusal
from donate.sandbox.objects import Sandbox

MAX_BODY = 1_000_000
LIVE = re.compile(r"\b[sr]k_live_")


class Answer:
    """Status, headers and bytes."""

    def __init__(
        self, status: int, body: bytes | str | dict, headers: dict[str, str] | None = None, kind: str = ""
    ):
        if isinstance(body, dict):
            body, kind = json.dumps(body, indent=2), "application/json"
        self.status = status
        self.body = body.encode() if isinstance(body, str) else body
        self.headers = {"Content-Type": kind or "text/html; charset=utf-8", "Cache-Control": "no-store"} | (
            headers or {}
        )


class Application:
    """`Application(box)` is a WSGI application."""

    def __init__(self, box: Sandbox):
        self.box = box

    def __call__(self, environ, start_response):
        try:
            answer = self.respond(environ)
        except Refusal as refusal:
            answer = Answer(refusal.status, {"error": refusal.error})
        if answer is None:
            environ["sandbox.socket"].shutdown(socket.SHUT_RDWR)
            return []
        reason = (
            HTTPStatus(answer.status).phrase if answer.status in HTTPStatus._value2member_map_ else "Unknown"
        )
        length = len(answer.body) * (2 if environ.get("sandbox.cut") else 1)
        headers = answer.headers | {"Content-Length": str(length), "X-Content-Type-Options": "nosniff"}
        start_response(f"{answer.status} {reason}", list(headers.items()))
        if environ.get("sandbox.drip"):
            return drip(answer.body, environ["sandbox.drip"])
        return [answer.body]

    def respond(self, environ) -> Answer | None:
        path, verb = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        size = min(int(environ.get("CONTENT_LENGTH") or 0), MAX_BODY)
        body = environ["wsgi.input"].read(size).decode("utf-8", "replace") if size else ""
        if LIVE.search(environ.get("HTTP_AUTHORIZATION", "") + body):
            raise Refusal("This is a sandbox: it takes no live key.", status=401)
        if path.startswith("/v1/") or path.startswith("/v2/"):
            return self.api(environ, verb, path, body)
        if path.startswith("/_control/"):
            return self.control(environ, verb, path.removeprefix("/_control/"), body)
        status, content, headers = pages.respond(self.box, verb, path, environ.get("QUERY_STRING", ""), body)
        return Answer(status, content, headers)

    def control(self, environ, verb: str, name: str, body: str) -> Answer:
        if verb != "POST":
            raise Refusal("Controls take POST.", status=405)
        text = environ.get("CONTENT_TYPE", "")
        fields = json.loads(body or "{}") if "json" in text else forms.decode(body)
        back = fields.pop("back", "")
        try:
            result = controls.act(self.box, name, fields)
        except Refusal as refusal:
            if not back:
                raise
            return Answer(refusal.status, pages.refused(refusal, back))
        if back.startswith("/") and not back.startswith("//"):
            return Answer(303, b"", {"Location": back})
        return Answer(200, controls.shown(result))

    # The API

    def api(self, environ, verb: str, path: str, body: str) -> Answer | None:
        fault = self.next_fault(verb, path)
        time.sleep(fault.get("slow", 0))
        environ["sandbox.cut"], environ["sandbox.drip"] = fault.get("cut"), fault.get("drip")
        if fault and not fault.get("after"):
            early = self.faulty(environ, fault, path, body)
            if early is not None or fault.get("drop"):
                return early
        answer = self.work(environ, verb, path, body)
        if fault.get("after"):
            return self.faulty(environ, fault, path, body)
        return answer

    def next_fault(self, verb: str, path: str) -> dict:
        """The first queued fault that is meant for this request."""
        store = self.box.store
        if not store.option("faults"):
            return {}
        with store.transaction():
            queue = store.option("faults", [])
            for place, fault in enumerate(queue):
                if path.startswith(fault.get("path", "")) and fault.get("method", verb) == verb:
                    store.set_option("faults", queue[:place] + queue[place + 1 :])
                    return fault
        return {}

    def faulty(self, environ, fault: dict, path: str, body: str) -> Answer | None:
        if fault.get("drop"):
            return None
        if fault.get("garbage"):
            return Answer(
                fault.get("status", 200), "<html>not what you expected", {"Request-Id": request_id()}
            )
        if not fault.get("status"):
            return None
        kind = {402: "card_error", 429: "invalid_request_error"}.get(fault["status"], "api_error")
        message = fault.get("message", "The sandbox was told to answer like this.")
        error = {"type": fault.get("type", kind), "message": message}
        if fault.get("code") or fault["status"] == 429:
            error["code"] = fault.get("code", "rate_limit")
        answer = Answer(fault["status"], {"error": error}, {"Request-Id": request_id()})
        key = environ.get("HTTP_IDEMPOTENCY_KEY")
        if key and fault.get("stored"):
            self.remember(key, digest(path, body), answer)
        return answer

    def work(self, environ, verb: str, path: str, body: str) -> Answer:
        headers = {"Request-Id": request_id(), "Stripe-Version": environ.get("HTTP_STRIPE_VERSION", "")}
        try:
            key_of(environ)
            self.box_at(environ)
            key = environ.get("HTTP_IDEMPOTENCY_KEY", "") if verb == "POST" else ""
            if not key:
                return Answer(200, self.result(verb, path, environ, body), headers)
            with self.box.store.transaction():
                return self.once(key, verb, path, environ, body, headers | {"Idempotency-Key": key})
        except Refusal as refusal:
            return Answer(refusal.status, {"error": refusal.error}, headers)

    def box_at(self, environ) -> None:
        """Addresses in answers are where this request came to: the site lists that origin in its policy."""
        host = environ.get("HTTP_HOST", "")
        if re.fullmatch(r"[\w.\-\[\]:]+", host):
            self.box.base_url = f"{environ['wsgi.url_scheme']}://{host}"

    def result(self, verb: str, path: str, environ, body: str) -> dict:
        raw = forms.decode(body if verb == "POST" else environ.get("QUERY_STRING", ""))
        return routes.answer(self.box, verb, path, raw)

    def once(self, key: str, verb: str, path: str, environ, body: str, headers: dict) -> Answer:
        """The same key and content: the stored answer. Other content: an error. A refusal is not stored."""
        found = self.box.store.rows("SELECT digest, status, body FROM answers WHERE key = ?", key)
        if found:
            stored, status, text = found[0]
            if stored != digest(path, body):
                raise Refusal(
                    "Keys for idempotent requests can only be used with the same parameters they were first used with.",
                    type="idempotency_error",
                )
            return Answer(status, text, headers | {"Idempotent-Replayed": "true"}, "application/json")
        try:
            answer = Answer(200, self.result(verb, path, environ, body), headers)
        except Refusal as refusal:
            if not refusal.keep:
                raise
            answer = Answer(refusal.status, {"error": refusal.error}, headers)
        self.remember(key, digest(path, body), answer)
        return answer

    def remember(self, key: str, digest: str, answer: Answer) -> None:
        self.box.store.rows(
            "INSERT OR REPLACE INTO answers (key, digest, status, body) VALUES (?, ?, ?, ?)",
            key,
            digest,
            answer.status,
            answer.body.decode(),
        )


def key_of(environ) -> str:
    scheme, _, key = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme != "Bearer" or not re.match(r"[sr]k_test_", key):
        raise Refusal("Invalid API Key provided: the sandbox takes test keys (sk_test_...).", status=401)
    return key


def request_id() -> str:
    return f"req_{secrets.token_hex(7)}"


def digest(path: str, body: str) -> str:
    return hashlib.sha256(f"{path}\n{body}".encode()).hexdigest()


def drip(body: bytes, seconds: float):
    """The answer in twenty pieces."""
    step = max(1, len(body) // 20)
    for start in range(0, len(body), step):
        time.sleep(seconds / 20)
        yield body[start : start + step]


class Handler(WSGIRequestHandler):
    wbufsize = -1  # headers and body leave together: no wait between two small packets
    disable_nagle_algorithm = True

    def get_environ(self):
        return super().get_environ() | {"sandbox.socket": self.connection}

    def address_string(self):
        return self.client_address[0]

    def log_message(self, format, *args):
        """Quiet: the control page shows what happened."""


class Server(ThreadingMixIn, WSGIServer):
    """`with Server(box, port) as server:` serves in threads and posts webhooks; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, box: Sandbox, port: int = 0, host: str = "127.0.0.1"):
        super().__init__((host, port), Handler)
        self.box = box
        self.set_app(Application(box))
        self.deliverer = Deliverer(box)
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True, name="sandbox")

    def server_bind(self):
        """Without the name look-up of the parents, which can take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]
        self.setup_environ()

    def handle_error(self, request, client_address):
        """A client that went away is no news; anything else is."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        return f"http://{self.server_name}:{self.server_port}"

    def start(self) -> "Server":
        self.thread.start()
        self.deliverer.start()
        return self

    def stop(self) -> None:
        self.deliverer.stop()
        self.shutdown()
        self.server_close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.stop()
