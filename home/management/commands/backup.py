import time
from pathlib import Path

from django.core.management.base import BaseCommand

from home.backups import snapshot


class Command(BaseCommand):
    help = "Backs up database and uploads into DIR while the site runs. DIR may hold many backups; files are stored once."

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument(
            "--keep", type=int, default=0, metavar="N", help="keep only the newest N (default: all)"
        )

    def handle(self, folder: Path, keep: int, **options) -> None:
        began = time.monotonic()
        place = snapshot.make(folder.resolve())
        gone = snapshot.thin_out(folder.resolve(), keep) if keep > 0 else 0
        self.stdout.write(
            f"Backup: {place} ({time.monotonic() - began:.1f} s{f', {gone} old ones removed' if gone else ''})"
        )
