from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image, SourceImageIOError, get_upload_to

from home.documents import SafeDocumentField, clean_document, document_path
from home.storage import StorageFailed, private_storage
from home.uploads import SafeImageField, clean_picture, random_name


class SafeImage(AbstractImage):
    """A picture stored without the data that could betray who took it, where and with what."""

    file = SafeImageField(
        verbose_name=_("file"), upload_to=get_upload_to, width_field="width", height_field="height"
    )
    credit = models.CharField(
        _("credit"),
        max_length=200,
        blank=True,
        help_text=_("Who made the picture, as it is printed under it."),
    )

    admin_form_fields = (*Image.admin_form_fields, "credit")

    def save(self, *args, **kwargs):
        """Cleans first, so that size, hash, width and height are those of the file that is stored."""
        if self.file and not self.file._committed:
            self._set_image_file_metadata()
        super().save(*args, **kwargs)

    def _set_image_file_metadata(self):
        if not self.file._committed:
            self.file = clean_picture(self.file.file)
            self.file_size, self.file_hash = self.file.file.size, self.file.file.sha1
        else:
            super()._set_image_file_metadata()

    def get_upload_to(self, filename):
        return f"original_images/{random_name(filename)}"

    def create_rendition(self, filter):
        try:
            return super().create_rendition(filter)
        except StorageFailed as error:
            # Wagtail's tags put a "not found" picture in its place: a full disk must not take the page down.
            raise SourceImageIOError(str(error)) from error


class SafeRendition(AbstractRendition):
    image = models.ForeignKey(SafeImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_filter"
            )
        ]

    def get_upload_to(self, filename):
        """A name of its own: Wagtail's would begin with the original's and give its address away."""
        return f"images/{random_name(filename)}"


class SafeDocument(AbstractDocument):
    file = SafeDocumentField(verbose_name=_("file"), upload_to=document_path, storage=private_storage)

    admin_form_fields = Document.admin_form_fields

    def save(self, *args, **kwargs):
        if self.file and not self.file._committed:
            self._set_document_file_metadata()
        super().save(*args, **kwargs)

    def _set_document_file_metadata(self):
        if not self.file._committed:
            self.file = clean_document(self.file.file)
            self.file_size, self.file_hash = self.file.file.size, self.file.file.sha1
        else:
            super()._set_document_file_metadata()
