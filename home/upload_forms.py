"""The admin's upload forms: what the doors in `uploads` and `documents` refuse becomes words for the editor."""

from django.core.exceptions import ValidationError
from wagtail.documents.fields import WagtailDocumentField
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from home.documents import clean_document
from home.storage import refuse_when_full
from home.uploads import BROKEN, DECODER_ERRORS, clean_picture


class SafeImageFormField(WagtailImageField):
    """The upload field of every image form: any decoder's error is a form error, and what comes out is clean."""

    def to_python(self, data):
        if data and data.size > self.max_upload_size:
            raise ValidationError(self.error_messages["file_too_large_unknown_size"], code="file_too_large")
        try:
            file = super().to_python(data)
        except DECODER_ERRORS as error:
            raise ValidationError(BROKEN, code="invalid_image") from error
        if file is None:
            return None
        picture = clean_picture(file)
        refuse_when_full(picture.size)
        return picture


class SafeImageForm(BaseImageForm):
    """Wagtail's image form with our upload field (WAGTAILIMAGES_IMAGE_FORM_BASE: add, multi-upload, chooser, edit)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            self.fields["file"] = SafeImageFormField(
                label=field.label, widget=field.widget, required=field.required
            )


class SafeDocumentFormField(WagtailDocumentField):
    def to_python(self, data):
        file = super().to_python(data)
        if file is None:
            return None
        document = clean_document(file)
        refuse_when_full(document.size, "private")
        return document


class SafeDocumentForm(BaseDocumentForm):
    """Wagtail's document form with our upload field (WAGTAILDOCS_DOCUMENT_FORM_BASE)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            self.fields["file"] = SafeDocumentFormField(
                label=field.label, widget=field.widget, required=field.required
            )

    def save(self, commit=True):
        """As Wagtail's, but the old file goes after the new one is safe, not before."""
        replaced = self.original_file if "file" in self.changed_data else None
        self.original_file = None
        document = super().save(commit=commit)
        if commit and replaced:
            replaced.storage.delete(replaced.name)
        return document
