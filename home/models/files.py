from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class UnstrippedFile(models.Model):
    """A stored file that the last look found metadata in: stored before the doors stood, or past them."""

    image = models.OneToOneField("home.SafeImage", null=True, blank=True, on_delete=models.CASCADE)
    document = models.OneToOneField("home.SafeDocument", null=True, blank=True, on_delete=models.CASCADE)
    found_at = models.DateTimeField(_("found"), auto_now_add=True)
    problem = models.CharField(_("why it was not cleaned"), max_length=200, blank=True)

    class Meta:
        ordering = ["-found_at", "-pk"]
        verbose_name = _("file with metadata")
        verbose_name_plural = _("files with metadata")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(image__isnull=False) ^ models.Q(document__isnull=False),
                name="either_a_picture_or_a_document",
            )
        ]

    def __str__(self) -> str:
        return self.file.title

    @property
    def file(self):
        return self.image or self.document

    @property
    def kind(self) -> str:
        return _("Picture") if self.image_id else _("Document")

    @property
    def edit_url(self) -> str:
        view = "wagtailimages:edit" if self.image_id else "wagtaildocs:edit"
        return reverse(view, args=[self.file.pk])
