from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("donate", "0008_figures_of_closed_months"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="stripeevent",
            index=models.Index(fields=["-received_at", "-id"], name="event_newest_first"),
        ),
    ]
