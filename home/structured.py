"""Facts about pages as search engines read them: schema.org, in JSON-LD."""

import json
from datetime import date, datetime

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from home.models import OrganisationSettings

CONTEXT = "https://schema.org"
# As Django's json_script does: a text that holds "</script>" must not end the element.
UNSAFE = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def script(*things: dict) -> SafeString:
    """A data block with these things. It is data, not script: no policy forbids it and nothing runs."""
    graph = {"@context": CONTEXT, "@graph": [without_empty(thing) for thing in things]}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(UNSAFE)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))


def without_empty(thing: dict) -> dict:
    return {name: value for name, value in thing.items() if value not in ("", None, [], {}, ())}


def moment(when: date | datetime | None) -> str:
    return (
        when.isoformat(timespec="seconds") if isinstance(when, datetime) else when.isoformat() if when else ""
    )


def organisation_id() -> str:
    return f"{settings.SITE_URL}/#organisation"


def organisation(about: OrganisationSettings) -> dict:
    """Who publishes. The press address stays out: what stands here is collected by machines."""
    return {
        "@type": "NGO",
        "@id": organisation_id(),
        "name": about.name,
        "legalName": about.legal_name,
        "url": f"{settings.SITE_URL}/",
        "description": about.mission,
        "address": about.address,
        "identifier": about.registration_number,
    }


def website(about: OrganisationSettings) -> dict:
    return {
        "@type": "WebSite",
        "@id": f"{settings.SITE_URL}/#website",
        "url": f"{settings.SITE_URL}/",
        "name": about.name,
        "publisher": {"@id": organisation_id()},
        "inLanguage": settings.LANGUAGE_CODE,
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{settings.SITE_URL}/search/?q={{words}}"},
            "query-input": "required name=words",
        },
    }


def breadcrumbs(steps: list[tuple[str, str]]) -> dict:
    """`steps` are (title, path) from the outermost to the page itself."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": title, "item": settings.SITE_URL + path}
            for place, (title, path) in enumerate(steps, start=1)
            if path
        ],
    }


def donate_action(name: str, path: str) -> dict:
    """Giving, to the organisation, on the page at `path`."""
    return {
        "@type": "DonateAction",
        "name": name,
        "recipient": {"@id": organisation_id()},
        "target": {"@type": "EntryPoint", "urlTemplate": settings.SITE_URL + path},
    }
