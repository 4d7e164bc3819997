"""The documents' door: every path of upload goes through `clean_document`, and storage is out of the web's reach."""

import hashlib
import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import models
from django.template.defaultfilters import filesizeformat
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

from home.papers import BROKEN, PAPER_ERRORS, STRIPPERS, strip_paper
from home.uploads import extension_of

NAME_LENGTH = 60  # of the readable part; the column holds 100 with folder and random part


class CleanDocument(ContentFile):
    """A document that has been through `clean_document`; nothing else may become one."""

    def __init__(self, content: bytes, name: str):
        super().__init__(content, name=name)
        self.sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()


def clean_document(file: File) -> CleanDocument:
    """The same document without its author's data; or a ValidationError."""
    if isinstance(file, CleanDocument):
        return file
    extension = extension_of(file.name or "")
    if extension not in STRIPPERS:
        allowed = ", ".join(sorted(STRIPPERS))
        raise ValidationError(
            _("Documents of this kind are not accepted. Accepted: %(kinds)s.") % {"kinds": allowed}
        )
    if file.size > settings.WAGTAILDOCS_MAX_UPLOAD_SIZE:
        limit = filesizeformat(settings.WAGTAILDOCS_MAX_UPLOAD_SIZE)
        raise ValidationError(_("This file is too big. The most is %(limit)s.") % {"limit": limit})
    file.seek(0)
    try:
        content = strip_paper(file.read(), extension)
    except ValidationError:
        raise
    except PAPER_ERRORS as error:
        raise ValidationError(BROKEN) from error
    return CleanDocument(content, _stored_name(file.name, extension))


def _stored_name(name: str, extension: str) -> str:
    stem = get_valid_filename(name.replace("\\", "/").rpartition("/")[2]).rpartition(".")[0]
    return f"{stem.encode('ascii', 'ignore').decode()[:NAME_LENGTH].strip('._-') or 'document'}.{extension}"


def document_path(document, filename: str) -> str:
    return f"documents/{secrets.token_urlsafe(12)}/{filename}"


class SafeDocumentFieldFile(models.fields.files.FieldFile):
    def save(self, name, content, save=True):
        document = clean_document(content)
        super().save(document.name, document, save=save)


class SafeDocumentField(models.FileField):
    """The last door before the disk: whoever saves, and however, stores a document without its author's data."""

    attr_class = SafeDocumentFieldFile
