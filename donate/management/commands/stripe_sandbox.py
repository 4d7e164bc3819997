import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from donate.sandbox.controls import set_webhook
from donate.sandbox.objects import Sandbox
from donate.sandbox.server import LIVE, Server


class Command(BaseCommand):
    help = "A local stand-in for Stripe: API, payment page, portal, webhooks. No real money."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8001)
        parser.add_argument("--webhook-url", default="", help="Where events are posted; none: they wait.")

    def handle(self, port: int, webhook_url: str, **options):
        if LIVE.search(settings.STRIPE_SECRET_KEY):
            raise CommandError("STRIPE_SECRET_KEY is a live key: the sandbox does not start beside one.")
        if webhook_url and not webhook_url.startswith(("http://", "https://")):
            raise CommandError(f"--webhook-url is no address: {webhook_url}")
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        box = Sandbox(
            settings.DATA_DIR / "sandbox.sqlite3",
            base_url=settings.STRIPE_API_BASE or f"http://localhost:{port}",
            secret=(settings.STRIPE_WEBHOOK_SECRETS or [settings.SANDBOX_WEBHOOK_SECRET])[0],
        )
        if webhook_url:
            set_webhook(box, webhook_url)
        stopped = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *received: stopped.set())
        try:
            server = Server(box, port)
        except (OSError, OverflowError) as error:
            raise CommandError(f"Port {port} cannot be used: {error}") from error
        with server:
            self.stdout.write(f"Payment sandbox: http://localhost:{port} (no real money)")
            stopped.wait()
