"""Collecting static files: once for each state they are in."""

from io import StringIO

from django.core.management import call_command


def collect(**options) -> str:
    """What the command says when it is done."""
    said = StringIO()
    call_command("collectstatic", interactive=False, stdout=said, **options)
    return said.getvalue()


def test_what_has_not_changed_is_not_collected_again(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"

    assert "Nothing has changed" not in collect()
    assert "Nothing has changed" in collect()
    assert (settings.STATIC_ROOT / "css/dateline.css").is_file()


def test_all_is_collected_when_asked_for_or_when_files_or_their_storage_changed(settings, tmp_path):
    settings.STATIC_ROOT, settings.ROOT = tmp_path / "static", tmp_path / "release"
    own = settings.ROOT / "home/static/a.css"
    own.parent.mkdir(parents=True)
    own.write_text("a {}")
    (settings.ROOT / "requirements.txt").touch()
    collect()

    assert "Nothing has changed" not in collect(clear=True)
    assert "Nothing has changed" in collect()
    own.write_text("b {}")
    assert "Nothing has changed" not in collect()
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}
    assert "Nothing has changed" not in collect()
    assert "Nothing has changed" in collect()
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    manifest.write_text(manifest.read_text() + " ")  # as another release leaves it, which went back
    assert "Nothing has changed" not in collect()


def test_a_part_is_never_taken_for_the_whole(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    collect(ignore_patterns=["*.css"])
    assert not (settings.STATIC_ROOT / "css/dateline.css").exists()

    collect()
    assert (settings.STATIC_ROOT / "css/dateline.css").is_file()


def test_trying_it_out_changes_nothing(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    collect(dry_run=True)
    assert not settings.STATIC_ROOT.exists() or not list(settings.STATIC_ROOT.iterdir())

    collect()
    collect(dry_run=True)
    assert "Nothing has changed" in collect()
