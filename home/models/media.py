from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class SafeImage(AbstractImage):
    """A picture stored without the data that could betray who took it, where and with what."""

    credit = models.CharField(
        _("credit"),
        max_length=200,
        blank=True,
        help_text=_("Who made the picture, as it is printed under it."),
    )

    admin_form_fields = (*Image.admin_form_fields, "credit")


class SafeRendition(AbstractRendition):
    image = models.ForeignKey(SafeImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_filter"
            )
        ]


class SafeDocument(AbstractDocument):
    admin_form_fields = Document.admin_form_fields
