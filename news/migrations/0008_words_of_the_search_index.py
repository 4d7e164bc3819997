"""Where the words stand, in what each database has for them: columns with a GIN index, or an FTS5 table."""

from django.db import migrations

POSTGRES = [
    """
    ALTER TABLE news_searchentry
        ADD COLUMN region_ids integer[] NOT NULL DEFAULT '{}',
        ADD COLUMN topic_ids integer[] NOT NULL DEFAULT '{}',
        ADD COLUMN source_ids integer[] NOT NULL DEFAULT '{}',
        ADD COLUMN vector tsvector NOT NULL DEFAULT ''
    """,
    # Vectors lie apart from the rows, so that sorting and counting matches reads little.
    "ALTER TABLE news_searchentry SET (toast_tuple_target = 128)",
    "CREATE INDEX news_searchentry_words ON news_searchentry USING gin (vector, region_ids, topic_ids, source_ids)",
]
POSTGRES_BACK = [
    "DROP INDEX news_searchentry_words",
    "ALTER TABLE news_searchentry DROP COLUMN region_ids, DROP COLUMN topic_ids, DROP COLUMN source_ids, DROP COLUMN vector",
]
SQLITE = [
    "CREATE VIRTUAL TABLE news_searchtext USING fts5(title, note, body, marks, tokenize = 'ascii')",
    """
    CREATE TRIGGER news_searchentry_gone AFTER DELETE ON news_searchentry
    BEGIN DELETE FROM news_searchtext WHERE rowid = old.position; END
    """,
]
SQLITE_BACK = ["DROP TRIGGER news_searchentry_gone", "DROP TABLE news_searchtext"]


def there(apps, schema_editor):
    run(schema_editor, {"postgresql": POSTGRES, "sqlite": SQLITE})


def back(apps, schema_editor):
    run(schema_editor, {"postgresql": POSTGRES_BACK, "sqlite": SQLITE_BACK})


def run(schema_editor, statements):
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("news", "0007_search_index")]
    operations = [migrations.RunPython(there, back)]
