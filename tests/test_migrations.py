"""Migrations run while the release before still serves: what they do to the tables, that release must bear."""

import importlib

import pytest
from django.db import migrations
from django.db.models import NOT_PROVIDED, ManyToManyField
from processes import ROOT

# No server ran between these and the first release.
BEFORE_THE_FIRST_RELEASE = {
    *("home.0001", "home.0002", "donate.0001", "donate.0002", "donate.0004", "news.0001", "news.0003"),
}
NEVER = (
    migrations.DeleteModel,
    migrations.RemoveField,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)
LATER = [
    f"{path.parts[-3]}.migrations.{path.stem}"
    for path in sorted(ROOT.glob("*/migrations/0*.py"))
    if f"{path.parts[-3]}.{path.stem[:4]}" not in BEFORE_THE_FIRST_RELEASE
]


@pytest.mark.parametrize("name", LATER)
def test_the_release_before_can_go_on_reading_and_writing(name):
    operations = importlib.import_module(name).Migration.operations
    made_here = {op.name_lower for op in operations if isinstance(op, migrations.CreateModel)}

    for operation in operations:
        assert not isinstance(operation, NEVER), operation.describe()
        if isinstance(operation, migrations.AddField) and operation.model_name_lower not in made_here:
            assert can_be_left_out(operation.field), f"{operation.describe()}: null=True or a db_default"


def can_be_left_out(field) -> bool:
    """By an INSERT of code that does not know the column (Django takes a mere `default` out of the table again)."""
    return field.null or field.db_default is not NOT_PROVIDED or isinstance(field, ManyToManyField)
