"""PostgreSQL: vectors hardly shrink, and ranking a thousand of them should not begin with unpacking."""

from django.db import migrations


def storage(kind):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE news_searchentry ALTER COLUMN vector SET STORAGE {kind}")

    return run


class Migration(migrations.Migration):
    dependencies = [("news", "0010_who_keeps_synonyms")]
    operations = [migrations.RunPython(storage("EXTERNAL"), storage("EXTENDED"))]
