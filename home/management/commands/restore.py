import time
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand

from home.backups import snapshot
from home.pagecache.generation import removed


class Command(BaseCommand):
    help = "Puts back the newest backup in DIR (or the one named) after checking all of it. What is newer is overwritten."

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument(
            "--backup", default="", metavar="NAME", help="another than the newest, such as 2026-03-14T092653Z"
        )

    def handle(self, folder: Path, backup: str, **options) -> None:
        began = time.monotonic()
        manifest = snapshot.restore(folder.resolve(), backup)
        call_command("migrate", interactive=False, verbosity=0)  # a backup of an older release
        cache.clear()
        removed()  # what running processes kept shows what was there before
        self.stdout.write(
            f"Restored the backup of {manifest['made_at']}: {manifest['written']} files written "
            f"({time.monotonic() - began:.1f} s)."
        )
        if manifest["secret_key"] != snapshot.fingerprint(settings.SECRET_KEY):
            self.stdout.write(
                "SECRET_KEY is another than the backup's: sign-ins and mailed links end. Set the old one to keep them."
            )
        if manifest["stripe_key"] != snapshot.fingerprint(settings.STRIPE_SECRET_KEY):
            self.stdout.write("STRIPE_SECRET_KEY is another than the backup's.")
        self.stdout.write(
            "Next: manage.py check_ledger, then manage.py catch_up_stripe for what happened since the backup."
        )
