import pytest
from counting import Counting


@pytest.fixture(params=["files", "shared"])
def counting(request, settings, tmp_path):
    """A counting application, with the generation in files, as on one machine, and in a shared cache, as on many."""
    from home.pagecache.generation import moments

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DATA_DIR = tmp_path
    settings.CACHE_URL = "" if request.param == "files" else "redis://"
    moments.cache_clear()
    yield Counting()
    moments.cache_clear()
