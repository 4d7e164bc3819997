from django.db import migrations

NEW = ("refund_gift", "export_gift", "add_gift")


def give(apps, schema_editor):
    """Permissions are made here already: Django itself makes them only after all migrations."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="donate", model="gift"
    )
    names = {
        "refund_gift": "Can give money back",
        "export_gift": "Can export lists of gifts and donors",
        "add_gift": "Can add gift",
    }
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Fundraisers")
    for codename in NEW:
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": names[codename]}
        )
        group.permissions.add(permission)


def take(apps, schema_editor):
    group = apps.get_model("auth", "Group").objects.filter(name="Fundraisers").first()
    if group:
        group.permissions.remove(
            *group.permissions.filter(content_type__app_label="donate", codename__in=NEW)
        )


class Migration(migrations.Migration):
    dependencies = [("news", "0005_takedowns"), ("donate", "0005_staff_permissions")]
    operations = [migrations.RunPython(give, take)]
