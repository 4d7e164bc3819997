from datetime import datetime

from django.db import migrations
from django.db.models import Count, F, Sum
from django.utils import timezone


def keep_figures(apps, schema_editor):
    """Months closed by an earlier release: what came late becomes a dated correction, the rest are the figures."""
    Entry = apps.get_model("donate", "LedgerEntry")
    for month in apps.get_model("donate", "ClosedMonth").objects.filter(figures__isnull=True):
        since = timezone.make_aware(datetime(month.year, month.month, 1))
        until = timezone.make_aware(datetime(month.year + month.month // 12, month.month % 12 + 1, 1))
        lines = Entry.objects.filter(
            at__gte=since, at__lt=until, settled_minor__isnull=False, gift__livemode=month.livemode
        ).order_by()
        lines.filter(recorded_at__gt=month.closed_at).update(booked_at=F("recorded_at"), corrects=month)
        rows = lines.filter(corrects__isnull=True).values("settled_currency")
        rows = rows.annotate(lines=Count("pk"), moved=Sum("settled_minor"))
        month.figures = {row["settled_currency"]: [row["lines"], row["moved"]] for row in rows}
        month.save(update_fields=["figures"])


class Migration(migrations.Migration):

    dependencies = [
        ("donate", "0007_corrections_of_closed_months"),
    ]

    operations = [
        migrations.RunPython(keep_figures, migrations.RunPython.noop),
    ]
