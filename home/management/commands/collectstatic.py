import hashlib

from django.conf import settings
from django.contrib.staticfiles.management.commands import collectstatic

OURS = ("site", "home", "donate", "news")
NARROWING = ("dry_run", "link", "ignore_patterns")


class Command(collectstatic.Command):
    """Django's own, which leaves at once where nothing has changed since the last time: compressing takes long."""

    def set_options(self, **options) -> None:
        # Asked first: Django adds its own patterns to the list that it is given.
        self.is_whole = options["post_process"] and not any(options[name] for name in NARROWING)
        super().set_options(**options)

    def collect(self) -> dict[str, list]:
        if not self.is_whole:
            return super().collect()
        mark = settings.STATIC_ROOT / "collected.txt"
        if not self.clear and mark.is_file() and mark.read_text() == fingerprint():
            self.log("Nothing has changed since the last time; --clear collects all the same.", level=1)
            return {"modified": [], "unmodified": [], "post_processed": []}
        mark.unlink(missing_ok=True)
        collected = super().collect()
        mark.write_text(fingerprint())
        return collected


def fingerprint() -> str:
    """Of every static file of ours, of the packages that bring theirs, of how they are stored, and of what came of it:
    another release, which knows nothing of this mark, may have collected into the same folder since."""
    digest = hashlib.sha256((settings.ROOT / "requirements.txt").read_bytes())
    digest.update(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for folder in OURS:
        for path in sorted(file for file in (settings.ROOT / folder / "static").rglob("*") if file.is_file()):
            digest.update(str(path.relative_to(settings.ROOT)).encode() + path.read_bytes())
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    digest.update(manifest.read_bytes() if manifest.is_file() else b"")
    return digest.hexdigest()
