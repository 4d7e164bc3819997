from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("donate", "0009_giving_settings_row"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="stripeevent",
            index=models.Index(fields=["-received_at", "-id"], name="event_newest_first"),
        ),
    ]
