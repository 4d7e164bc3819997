"""DATA_DIR/run.env: what `make run` made up once (secret, sandbox keys, passwords) and the ports of this run.

Plain Python without Django, as the settings cannot be read before this file is there.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class RunEnv:
    """The file's lines, and the environment that a run has with them."""

    def __init__(self, given: Mapping[str, str]):
        self.given = dict(given)
        self.folder = Path(given.get("DATA_DIR") or ROOT / "var").resolve()
        self.file = self.folder / "run.env"
        self.lines = read(self.file)

    def remember(self, **lines: str) -> None:
        self.lines.update(lines)
        self.folder.mkdir(parents=True, exist_ok=True)
        text = "# Made by `make run`; keep it private. manage.py reads it where SECRET_KEY and DEBUG are not set.\n"
        text += "".join(f"{name}={value}\n" for name, value in self.lines.items())
        new = self.file.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(text)
        new.replace(self.file)

    def once(self, name: str, make=lambda: secrets.token_hex(24)) -> str:
        """The line of that name, made up if it is not there yet."""
        if name not in self.lines:
            self.remember(**{name: make()})
        return self.lines[name]

    def settle(self, *, empty: bool) -> None:
        """Makes up what is missing, and lets the addresses follow PORT."""
        self.once("SECRET_KEY", lambda: secrets.token_urlsafe(48))
        port = int(self.given.get("PORT") or 8000)
        self.remember(
            PORT=str(port),
            SITE_URL=self.given.get("SITE_URL") or f"http://localhost:{port}",
            ALLOWED_HOSTS=self.given.get("ALLOWED_HOSTS") or "localhost,127.0.0.1,[::1]",
            EMAIL_URL=self.given.get("EMAIL_URL") or f"filemail:///{self.folder / 'mail'}",
            CONTENT="own" if empty else self.lines.get("CONTENT", "demo"),
        )
        if self.has_sandbox:
            self.once("STRIPE_SECRET_KEY", lambda: f"sk_test_sandbox_{secrets.token_hex(16)}")
            self.once("STRIPE_WEBHOOK_SECRETS", lambda: f"whsec_sandbox_{secrets.token_hex(16)}")
            self.remember(STRIPE_API_BASE=f"http://localhost:{port + 1}")
        else:
            for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS", "STRIPE_API_BASE"):
                self.lines.pop(name, None)
            self.remember()

    @property
    def has_demo(self) -> bool:
        return self.lines.get("CONTENT") == "demo"

    @property
    def has_sandbox(self) -> bool:
        """A stand-in for Stripe runs unless the site is somebody's own or comes with a key of its own."""
        return self.has_demo and not self.given.get("STRIPE_SECRET_KEY")

    @property
    def environment(self) -> dict[str, str]:
        """For all processes of the run: the file's lines, and above them what was given."""
        return {**self.lines, **self.given, "DATA_DIR": str(self.folder)}


def read(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    pairs = (line.partition("=") for line in file.read_text().splitlines() if not line.startswith("#"))
    return {name: value for name, separator, value in pairs if separator}


def current() -> RunEnv:
    return RunEnv(os.environ)
