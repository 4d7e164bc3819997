"""Where files lie: pictures for everybody in `default`, documents in `private`, which no web server may see."""

import os
import shutil

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage, storages
from django.utils.translation import gettext_lazy as _

# A disk that is full to the last byte stops the database too, so uploads stop earlier.
RESERVE = 64 * 1024 * 1024
FULL = _("Nothing was saved: the server's disk is full. Tell whoever runs the site.")


class StorageFailed(OSError):
    """A file could not be stored; nothing of it is left behind."""


class CarefulStorage(FileSystemStorage):
    """Files on this machine's disk; a save that fails half-way leaves no half a file."""

    def _save(self, name, content):
        was_there = self.exists(name)
        try:
            return super()._save(name, content)
        except OSError as error:
            if not was_there:
                self.delete(name)
            raise StorageFailed(str(error)) from error


class PrivateStorage(CarefulStorage):
    """Files that have no address: only a view that asked who wants them hands them out."""

    @property
    def base_location(self):
        return settings.PRIVATE_ROOT

    @property
    def location(self):
        return os.path.abspath(self.base_location)

    def url(self, name):
        raise NotImplementedError("a private file has no address of its own")


def private_storage():
    """The storage of documents (a callable, so that migrations do not name a disk)."""
    return storages["private"]


def refuse_when_full(size: int, alias: str = "default") -> None:
    """Raises ValidationError when `size` bytes more would leave too little room on a local disk."""
    storage = storages[alias]
    if not isinstance(storage, FileSystemStorage):
        return
    place = storage.location
    os.makedirs(place, exist_ok=True)
    if shutil.disk_usage(place).free < size + RESERVE:
        raise ValidationError(FULL, code="disk_full")
