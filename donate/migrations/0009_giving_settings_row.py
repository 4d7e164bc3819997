from django.db import migrations


def make_row(apps, schema_editor):
    """As home's settings: there from the start, so that no reader's GET makes it."""
    rows = apps.get_model("donate", "GivingSettings").objects
    if not rows.exists():
        rows.create()


class Migration(migrations.Migration):
    dependencies = [("donate", "0008_figures_of_closed_months")]

    operations = [migrations.RunPython(make_row, migrations.RunPython.noop)]
