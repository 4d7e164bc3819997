import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("donate", "0010_events_newest_first"),
    ]

    operations = [
        migrations.AlterField(
            model_name="givingsettings",
            name="fee_basis_points",
            field=models.PositiveIntegerField(
                default=290,
                help_text="For the offer to cover the fee: 290 is 2.9 %.",
                validators=[django.core.validators.MaxValueValidator(2000)],
                verbose_name="card fee, in hundredths of a per cent",
            ),
        ),
    ]
