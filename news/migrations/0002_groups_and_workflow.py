from django.db import migrations

WORKFLOW = "Editors write, Moderators publish"
EVERYTHING = ("add", "change", "delete", "view")

# Page, picture and document permissions of Editors and Moderators come with Wagtail's own first migrations.
GRANTS = {
    "Editors": {
        ("news", "topic"): ("add", "change", "view"),
        ("news", "source"): ("add", "change", "view"),
        ("news", "person"): ("add", "change", "view"),
    },
    "Moderators": {
        ("news", "topic"): EVERYTHING,
        ("news", "source"): EVERYTHING,
        ("news", "person"): EVERYTHING,
        ("home", "organisationsettings"): ("change",),
        ("wagtailredirects", "redirect"): EVERYTHING,
        ("wagtailsearchpromotions", "searchpromotion"): EVERYTHING,
    },
    # Nobody else sees a donor or a gift.
    "Fundraisers": {
        ("wagtailadmin", "admin"): ("access",),
        ("home", "organisationsettings"): ("change",),
        ("donate", "givingsettings"): ("change",),
        ("donate", "designation"): EVERYTHING,
        ("donate", "givinglink"): EVERYTHING,
        ("donate", "gift"): ("view",),
        ("donate", "recurringgift"): ("view",),
        ("donate", "donor"): ("view",),
        ("donate", "checkout"): ("view",),
        ("donate", "ledgerentry"): ("view",),
        ("donate", "receipt"): ("view",),
        ("donate", "stripeevent"): ("view",),
        ("donate", "giftcomment"): ("view", "change"),
        ("donate", "message"): ("view",),
    },
}
COLLECTION_GRANTS = {
    ("wagtailimages", "image"): ("add", "change", "choose"),
    ("wagtaildocs", "document"): ("add", "change", "choose"),
}


def permission(apps, app_label, model, action):
    """The permission as it will be: Django makes permissions only after all migrations."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app_label, model=model)
    return apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename=f"{action}_{model}", defaults={"name": f"Can {action} {model}"}
    )[0]


def give(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    for name, grants in GRANTS.items():
        group, _ = Group.objects.get_or_create(name=name)
        for (app_label, model), actions in grants.items():
            group.permissions.add(*(permission(apps, app_label, model, action) for action in actions))
    give_pictures(apps, Group.objects.get(name="Fundraisers"))
    name_workflow(apps)


def give_pictures(apps, group):
    """Campaigns have pictures too: Fundraisers may use and add them, as Editors may."""
    root = apps.get_model("wagtailcore", "Collection").objects.filter(depth=1).first()
    grants = apps.get_model("wagtailcore", "GroupCollectionPermission").objects
    for (app_label, model), actions in COLLECTION_GRANTS.items():
        for action in actions:
            grants.get_or_create(
                group=group, collection=root, permission=permission(apps, app_label, model, action)
            )


def name_workflow(apps):
    """Wagtail's first migrations leave one workflow, on the root, in which Moderators approve. It gets a name that says so."""
    apps.get_model("wagtailcore", "Workflow").objects.filter(name="Moderators approval").update(name=WORKFLOW)


def take(apps, schema_editor):
    apps.get_model("wagtailcore", "Workflow").objects.filter(name=WORKFLOW).update(name="Moderators approval")
    apps.get_model("auth", "Group").objects.filter(name="Fundraisers").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0001_initial"),
        ("donate", "0002_relations"),
        ("home", "0002_pages_and_media"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailimages", "0023_add_choose_permissions"),
        ("wagtaildocs", "0011_add_choose_permissions"),
        ("wagtailredirects", "0001_initial"),
        ("wagtailsearchpromotions", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(give, take)]
