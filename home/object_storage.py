"""Files in an object store (STORAGE_URL=s3://...), through django-storages."""

from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from home.storage import StorageFailed


class CarefulObjectStorage(S3Storage):
    """A store that cannot be reached is the same to an editor as a disk that is full."""

    def save(self, name, content, max_length=None):
        try:
            return super().save(name, content, max_length)
        except (BotoCoreError, ClientError) as error:
            raise StorageFailed(str(error)) from error
