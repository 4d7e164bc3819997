"""PostgreSQL: each entry is marked with its month, so that the newest matches are found first; vectors lie uncompressed,
as they hardly shrink and ranking a thousand of them should not begin with unpacking."""

from django.db import migrations

# A position is the number of its day, shifted by 32 bits (news/search/positions.py).
MARK = """
    UPDATE news_searchentry SET vector = vector || (
        '''#m' || to_char(date '0001-01-01' + ((position >> 32)::int - 1), 'YYYYMM') || ''':16001C'
    )::tsvector WHERE position > 0
"""


def there(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE news_searchentry ALTER COLUMN vector SET STORAGE EXTERNAL")
        schema_editor.execute(MARK, params=None)


def back(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE news_searchentry ALTER COLUMN vector SET STORAGE EXTENDED")


class Migration(migrations.Migration):
    dependencies = [("news", "0010_who_keeps_synonyms")]
    operations = [migrations.RunPython(there, back)]
