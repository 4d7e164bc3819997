"""STORAGE_URL, read into Django's STORAGES. Pure: the settings call it."""

from urllib.parse import parse_qsl, urlsplit

from django.core.exceptions import ImproperlyConfigured

KNOWN = {"endpoint_url", "region_name", "custom_domain", "access_key", "secret_key", "location"}
SIGNED_SECONDS = 300
ON_DISK = {
    "default": {"BACKEND": "home.storage.CarefulStorage"},  # MEDIA_ROOT
    "private": {"BACKEND": "home.storage.PrivateStorage"},  # PRIVATE_ROOT
}


def read_storage_url(url: str) -> tuple[dict, list[str]]:
    """(the `default` and `private` entries of STORAGES, the origins pictures come from beside our own).

    "" means this machine's disk: MEDIA_ROOT for pictures, PRIVATE_ROOT for documents.
    "s3://bucket?endpoint_url=...&region_name=...&custom_domain=..." means an object store: pictures under `media/`
    by plain address, so the bucket's policy must let everybody read that prefix and no other; documents under
    `private/`, by an address signed for a few minutes. Keys come from the address or AWS_ACCESS_KEY_ID and
    AWS_SECRET_ACCESS_KEY.
    """
    if not url:
        return ON_DISK, []
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not parts.netloc or options.keys() - KNOWN:
        raise ImproperlyConfigured(
            f"STORAGE_URL must look like s3://bucket?endpoint_url=https://... (options: {', '.join(sorted(KNOWN))})."
        )
    root = options.pop("location", "").strip("/")
    shared = {"bucket_name": parts.netloc, "file_overwrite": False, "default_acl": None, **options}
    if "endpoint_url" in options:
        shared["addressing_style"] = "path"
    return _in_bucket(shared, root), [_origin(parts.netloc, options)]


def _in_bucket(shared: dict, root: str) -> dict:
    backend = "home.object_storage.CarefulObjectStorage"
    private = {key: value for key, value in shared.items() if key != "custom_domain"}
    return {
        "default": {
            "BACKEND": backend,
            "OPTIONS": {
                **shared,
                "location": f"{root}/media".lstrip("/"),
                "querystring_auth": False,
                "object_parameters": {"CacheControl": "public, max-age=2592000, immutable"},
            },
        },
        "private": {
            "BACKEND": backend,
            "OPTIONS": {
                **private,
                "location": f"{root}/private".lstrip("/"),
                "querystring_auth": True,
                "querystring_expire": SIGNED_SECONDS,
                "object_parameters": {
                    "ContentDisposition": "attachment",
                    "CacheControl": "private, no-store",
                },
            },
        },
    }


def _origin(bucket: str, options: dict) -> str:
    if domain := options.get("custom_domain"):
        return f"https://{domain}"
    if endpoint := options.get("endpoint_url"):
        return "{0.scheme}://{0.netloc}".format(urlsplit(endpoint))
    region = options.get("region_name")
    return f"https://{bucket}.s3.{region + '.' if region else ''}amazonaws.com"
