"""Two uploads that Wagtail stores in models of its own: they go through the same door."""

from django.core.exceptions import ValidationError
from django.db.models.signals import pre_save
from wagtail.images.models import AbstractImage
from wagtail.models import UploadedFile
from wagtail.users.models import UserProfile

from home.documents import clean_document
from home.uploads import clean_picture, random_name


def connect() -> None:
    pre_save.connect(clean_waiting_upload, UploadedFile)
    pre_save.connect(clean_portrait, UserProfile)


def clean_waiting_upload(instance, **kwargs) -> None:
    """A file of a multi-upload whose other fields are not right yet waits here for its editor."""
    if instance.file and not instance.file._committed:
        is_image = issubclass(instance.for_content_type.model_class(), AbstractImage)
        clean = (clean_picture if is_image else clean_document)(instance.file.file)
        clean.name = random_name(clean.name)
        instance.file = clean


def clean_portrait(instance, **kwargs) -> None:
    """A member of staff's own picture; one that cannot be cleaned is left out."""
    if instance.avatar and not instance.avatar._committed:
        try:
            instance.avatar = clean_picture(instance.avatar.file)
        except ValidationError:
            instance.avatar = ""
