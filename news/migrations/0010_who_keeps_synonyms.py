from django.db import migrations

GRANTS = {
    "searchsynonym": ("add", "change", "delete", "view"),
    "searchmiss": ("view",),
}


def give(apps, schema_editor):
    """Permissions are made here already: Django itself makes them only after all migrations."""
    for model, actions in GRANTS.items():
        kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="news", model=model)
        for action in actions:
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=kind, codename=f"{action}_{model}", defaults={"name": f"Can {action} {model}"}
            )
            for name in ("Editors", "Moderators"):
                apps.get_model("auth", "Group").objects.get_or_create(name=name)[0].permissions.add(permission)


def take(apps, schema_editor):
    apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="news", content_type__model__in=GRANTS
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("news", "0009_the_admins_search_has_its_index")]
    operations = [migrations.RunPython(give, take)]
