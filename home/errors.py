"""Errors reported to a Sentry-compatible service, where SENTRY_DSN names one: the code's steps, no person's data."""

from home.logs import scrub


def report_to(dsn: str) -> None:
    import sentry_sdk  # read with the settings, so only where it is used

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        traces_sample_rate=0,
        before_send=without_private_data,
        before_breadcrumb=lambda crumb, hint: None,
    )


def without_private_data(event: dict, hint: dict) -> dict:
    """The event without request, user and anything that looks private in its words."""
    for part in ("request", "user", "extra", "server_name", "breadcrumbs"):
        event.pop(part, None)
    return clean(event)


def clean(value):
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {name: clean(part) for name, part in value.items()}
    if isinstance(value, list):
        return [clean(part) for part in value]
    return value
