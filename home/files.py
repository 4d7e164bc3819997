"""Handing out files: pictures by their random names, documents as attachments that nothing may run in."""

from django.core.files.storage import FileSystemStorage, storages
from django.http import Http404
from django.views.decorators.http import require_safe
from django.views.static import serve as serve_from_disk
from wagtail.documents.views.serve import serve as serve_with_wagtail
from wagtail.models import CollectionViewRestriction

from home.models import SafeDocument, SafeImage, SafeRendition

# Nothing in a file may run, load or be framed, whatever a browser takes it for.
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
FOLDERS = {"images": SafeRendition, "original_images": SafeImage, "avatar_images": None}
MONTH = 30 * 24 * 3600  # seconds; stored names are random, so another picture is another address


@require_safe
def media(request, path):
    """A picture from this machine's disk; with an object store, pictures have their addresses there."""
    folder, _slash, name = path.partition("/")
    if (
        folder not in FOLDERS
        or "/" in name
        or name in ("", ".", "..")
        or not isinstance(storages["default"], FileSystemStorage)
    ):
        raise Http404
    is_private = _refuse_strangers(request, FOLDERS[folder], path)
    response = serve_from_disk(request, path, document_root=storages["default"].location)
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin" if is_private else "cross-origin"
    response["Cache-Control"] = "private, no-store" if is_private else f"public, max-age={MONTH}, immutable"
    return response


def _refuse_strangers(request, model, path) -> bool:
    """Whether the picture lies in a restricted collection; 404 for those whom its restrictions do not let in."""
    restrictions = list(CollectionViewRestriction.objects.select_related("collection"))
    if not restrictions or model is None:
        return False
    found = model.objects.filter(file=path).select_related(
        "image__collection" if model is SafeRendition else "collection"
    )
    file = found.first()
    if file is None:
        raise Http404
    collection = file.image.collection if model is SafeRendition else file.collection
    holding = [r for r in restrictions if collection.path.startswith(r.collection.path)]
    if not all(restriction.accept_request(request) for restriction in holding):
        raise Http404
    return bool(holding)


@require_safe
def document(request, document_id, document_filename):
    """Wagtail's view (it asks the restrictions), with a policy on every answer and no cache for private ones."""
    response = serve_with_wagtail(request, document_id, document_filename)
    if response.status_code in (200, 304):
        response["Content-Security-Policy"] = FILE_POLICY
        response["X-Content-Type-Options"] = "nosniff"
        response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store" if _is_restricted(document_id) else "public, max-age=3600"
    return response


def _is_restricted(document_id) -> bool:
    file = SafeDocument.objects.select_related("collection").filter(id=document_id).first()
    return file is None or file.collection.get_view_restrictions().exists()
