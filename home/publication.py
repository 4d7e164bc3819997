"""What readers may see. Every list shown to them starts from public_pages()."""

from django.db.models import QuerySet
from wagtail.models import Page


def public_pages(model: type[Page] = Page) -> QuerySet:
    """Pages of `model` that are live and under no view restriction: live, public, nothing else."""
    return model.objects.live().public()
