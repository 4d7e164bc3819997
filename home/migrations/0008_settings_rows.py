from django.db import migrations


def make_rows(apps, schema_editor):
    """Settings are there from the start: the first load would make their row, and a reader's GET writes nothing."""
    for name in ("OrganisationSettings", "SignInSettings"):
        rows = apps.get_model("home", name).objects
        if not rows.exists():
            rows.create()


class Migration(migrations.Migration):
    dependencies = [("home", "0007_alarms")]

    operations = [migrations.RunPython(make_rows, migrations.RunPython.noop)]
