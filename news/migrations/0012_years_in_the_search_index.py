"""PostgreSQL: each entry is marked with its year too, so that a query for a long time names few marks."""

from django.db import migrations

# A position is the number of its day, shifted by 32 bits (news/search/positions.py).
MARK = """
    UPDATE news_searchentry SET vector = vector || (
        '''#y' || to_char(date '0001-01-01' + ((position >> 32)::int - 1), 'YYYY') || ''':16001C'
    )::tsvector WHERE position > 0
"""


def there(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MARK, params=None)


class Migration(migrations.Migration):
    dependencies = [("news", "0011_months_in_the_search_index")]
    operations = [migrations.RunPython(there, migrations.RunPython.noop)]
