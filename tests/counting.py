"""A small WSGI application that counts how often it is asked, and a way of asking."""

import threading

PUBLIC = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "public, max-age=0")]


class Counting:
    """Answers with its counter, padded so that compressing pays; while `gate` is cleared it does not answer."""

    def __init__(self):
        self.calls = 0
        self.status = "200 OK"
        self.headers = PUBLIC
        self.queries, self.cookies = [], []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, environ, start_response):
        self.calls += 1
        call = self.calls
        self.queries.append(environ["QUERY_STRING"])
        self.cookies.append(environ.get("HTTP_COOKIE"))
        self.gate.wait(10)
        start_response(self.status, list(self.headers))
        return [f"page {call} ".encode() * 100]


def ask(application, path="/", query="", method="GET", **headers):
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "testserver",
        "wsgi.url_scheme": "http",
        **headers,
    }
    started = []
    body = b"".join(application(environ, lambda *answer: started.append(answer)))
    return started[0][0], dict(started[0][1]), body
