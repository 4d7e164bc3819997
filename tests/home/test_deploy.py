"""deploy/ for real: nginx with our file, and the commands that the systemd units name."""

import configparser
import json
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import migrated
import pytest
from conftest import missing
from postgres import free_port
from processes import ROOT, Site, wait_for

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
UNITS = ROOT / "deploy" / "systemd"
pytestmark = [pytest.mark.nginx, pytest.mark.slow]


class Deployed:
    """nginx on a port of this machine before the units' processes; TLS by a certificate made for the test."""

    def __init__(self, site, folder: Path):
        self.site, self.folder = site, folder
        self.app, self.http, self.https = free_port(), free_port(), free_port()
        site.environment.update(
            SITE_URL="https://news.example.org",
            ALLOWED_HOSTS="news.example.org",
            TRUSTED_PROXIES="1",
            METRICS_TOKEN="figures",
            SEARCH_LIMIT="off",
        )

    def start_units(self) -> None:
        for name in ("web", "worker-fast", "worker-slow", "clock"):
            self.site.start_program(*unit_command(f"dateline-{name}", self.app))
        wait_for(lambda: self.get("/health/ready/", port=self.app)[0] == 200, 120, "the units to be ready")

    def start_nginx(self) -> None:
        make_certificate(self.folder)
        text = (ROOT / "deploy/nginx/dateline.conf").read_text()
        for theirs, ours in {
            r"listen \[::\]:\d+[^;]*;": "",
            r"listen 80;": f"listen 127.0.0.1:{self.http};",
            r"listen 443": f"listen 127.0.0.1:{self.https}",
            r"127\.0\.0\.1:8000": f"127.0.0.1:{self.app}",
            r"/etc/letsencrypt/live/news\.example\.org|/var/log/nginx|/var/cache/nginx": str(self.folder),
            r"/var/lib/dateline": str(self.site.folder),
        }.items():
            text, count = re.subn(theirs, ours, text)
            assert count, theirs
        (self.folder / "site.conf").write_text(text)
        (self.folder / "nginx.conf").write_text(
            f"pid {self.folder}/pid; error_log {self.folder}/main.log; daemon off; user root; "
            f"events {{}} http {{ include /etc/nginx/mime.types; client_body_temp_path {self.folder}/body; "
            f"proxy_temp_path {self.folder}/proxy; include {self.folder}/site.conf; }}"
        )
        command = [NGINX, "-c", str(self.folder / "nginx.conf"), "-p", str(self.folder)]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        self.site.start_program(*command)
        wait_for(lambda: self.get("/health/live/")[0] == 200, 20, "nginx to answer")

    def get(self, path: str, port: int = 0, data: bytes | None = None, **headers: str):
        """(status, headers, body) of one request, redirects not followed."""
        scheme = "http" if port else "https"
        request = urllib.request.Request(
            f"{scheme}://127.0.0.1:{port or self.https}{path}",
            data=data,
            headers={"Host": "news.example.org", **headers},
        )
        try:
            with opener.open(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()
        except OSError:
            return 0, {}, b""

    def log(self) -> list[dict]:
        return [json.loads(line) for line in (self.folder / "dateline.log").read_text().splitlines()]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


trusting = ssl.create_default_context()
trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
opener = urllib.request.build_opener(NoRedirect, urllib.request.HTTPSHandler(context=trusting))


def unit_command(name: str, port: int) -> list[str]:
    """ExecStart of a unit, on this checkout and port."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(UNITS / f"{name}.service")
    text = unit["Service"]["ExecStart"].replace("/opt/dateline/current", str(ROOT)).replace("8000", str(port))
    return shlex.split(text)


def make_certificate(folder: Path) -> None:
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ]
        + [
            "-subj",
            "/CN=news.example.org",
            "-keyout",
            str(folder / "privkey.pem"),
            "-out",
            str(folder / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def deployed(tmp_path_factory, collected_static):
    """The units' processes, started once; the last test here stops them."""
    if not Path(NGINX).exists():
        missing("nginx", "apt-get install nginx")
    folder = tmp_path_factory.mktemp("nginx")
    site = Site(folder / "site")
    shutil.copy(migrated.sqlite_file(), site.folder / "dateline.sqlite3")
    (site.folder / "static").symlink_to(collected_static)
    site.python("from news.tree import plant_tree; plant_tree()")
    deployed = Deployed(site, folder)
    try:
        deployed.start_units()
        yield deployed
    finally:
        site.stop()


def test_the_site_behind_nginx(deployed):
    deployed.start_nginx()

    status, headers, body = deployed.get("/")
    assert status == 200 and b"</html>" in body
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert "default-src 'none'" in headers["Content-Security-Policy"] and "Set-Cookie" not in headers

    to_https = deployed.get("/news/?q=1", port=deployed.http)
    assert (to_https[0], to_https[1]["Location"]) == (301, "https://news.example.org/news/?q=1")

    assert deployed.get("/giving/webhook/", data=b"x" * (1024 * 1024 + 1))[0] == 413
    assert deployed.get("/giving/webhook/", data=b"x" * 1000)[0] == 400
    assert deployed.get("/metrics/", Authorization="Bearer figures")[0] == 404
    assert (
        deployed.get(
            "/metrics/", port=deployed.app, Authorization="Bearer figures", **{"X-Forwarded-Proto": "https"}
        )[0]
        == 200
    )

    for coding in ("br", "gzip"):
        assert deployed.get("/", **{"Accept-Encoding": f"{coding}, *;q=0"})[1]["Content-Encoding"] == coding
    style = re.search(rb'href="(/static/[^"]+\.css)"', body)
    assert style, body[:1500]
    style = style[1].decode()
    status, headers, _body = deployed.get(style, **{"Accept-Encoding": "gzip"})
    assert status == 200 and headers["Content-Encoding"] == "gzip" and "immutable" in headers["Cache-Control"]

    a_wave_of_readers_costs_one_rendering(deployed)
    searching_is_limited(deployed)
    the_log_knows_nobody(deployed)


def a_wave_of_readers_costs_one_rendering(deployed) -> None:
    for _ in range(5):
        deployed.get("/news/")
    wait_for(lambda: "HIT" in [line["cache"] for line in deployed.log() if line["path"] == "/news/"])
    deployed.get("/news/", Cookie="sessionid=abc")
    wait_for(lambda: deployed.log()[-1]["cache"] == "BYPASS", what="a signed-in reader to pass by the cache")


def searching_is_limited(deployed) -> None:
    with ThreadPoolExecutor(20) as pool:  # one after another they would be slow enough on a busy machine
        answers = set(pool.map(lambda _: deployed.get("/search/?q=secret-question")[0], range(60)))
    assert {200, 429} <= answers
    assert deployed.get("/")[0] == 200


def the_log_knows_nobody(deployed) -> None:
    deployed.get("/giving/eyJhIjoxfQ:1abc:signature/")
    wait_for(lambda: deployed.log()[-1]["path"] == "/giving/private")
    written = "".join(path.read_text() for path in deployed.folder.glob("*.log"))
    assert '"network":"127.0.0.0/24"' in written and "/giving/private" in written
    for private in ("secret-question", "127.0.0.1", "signature", "Mozilla", "Python-urllib"):
        assert private not in written
    ours = deployed.site.running[0].log.read_text()
    ids = {line["request_id"] for line in deployed.log()}
    assert "secret-question" not in ours
    assert ids & set(re.findall(r'"request_id": "(\w+)"', ours)), "both logs name a request alike"


def test_told_to_stop_the_web_server_finishes_the_request_it_has(deployed):
    web = deployed.site.running[0]
    with socket.create_connection(("127.0.0.1", deployed.app), timeout=30) as visitor:
        visitor.sendall(
            b"POST /giving/webhook/ HTTP/1.1\r\nHost: news.example.org\r\nX-Forwarded-Proto: https\r\n"
            b"Content-Length: 10\r\nConnection: close\r\n\r\n12345"
        )
        time.sleep(1)  # the request is being read: nothing tells us so from outside
        web.send_signal(signal.SIGTERM)
        wait_for(
            lambda: deployed.get("/health/live/", port=deployed.app)[0] != 200,
            20,
            "no new request to be taken",
        )
        visitor.sendall(b"67890")

        assert visitor.recv(100).startswith(b"HTTP/1.1 400")
    assert web.wait(30) == 0


def test_every_unit_is_well_formed_and_restarts():
    for path in UNITS.glob("*.service"):
        text = path.read_text()
        assert "EnvironmentFile=/etc/dateline.env" in text, path
        assert "User=dateline" in text, path
        if path.name != "dateline-backup.service":
            assert "Restart=always" in text and "NoNewPrivileges=yes" in text, path
    target = (UNITS / "dateline.target").read_text()
    for name in ("web", "worker-fast", "worker-slow", "clock"):
        assert f"dateline-{name}.service" in target
