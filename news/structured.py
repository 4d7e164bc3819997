"""A story as search engines read it: schema.org NewsArticle."""

from django.conf import settings
from django.utils.html import strip_tags

from home.structured import moment, organisation_id, without_empty
from news.models import StoryPage


def article(story: StoryPage, path: str, image: str = "") -> dict:
    """`path` is the story's own address, `image` an absolute one. The press address is nowhere in it."""
    address = settings.SITE_URL + path
    first = story.first_published_at or story.dated_on
    return {
        "@type": "NewsArticle",
        "@id": f"{address}#story",
        "mainEntityOfPage": address,
        "headline": story.title,
        "description": story.summary,
        "datePublished": moment(first),
        "dateModified": moment(story.last_published_at or first),
        "inLanguage": settings.LANGUAGE_CODE,
        "isAccessibleForFree": True,
        "author": authors(story),
        "publisher": {"@id": organisation_id()},
        "image": [image] if image else [],
        "articleSection": story.shown_region.title if story.shown_region else "",
        "keywords": [topic.name for topic in story.topics.all()],
        "contentLocation": {"@type": "Place", "name": story.place} if story.place else None,
        "isBasedOn": story.full_story_url,
        "sourceOrganization": {"@type": "Organization", "name": story.source.name} if story.source else None,
        "creativeWorkStatus": "Retracted" if story.is_retracted else "",
        "correction": [correction(row) for row in story.corrections.all()],
    }


def authors(story: StoryPage) -> list[dict]:
    people = [row.person for row in story.story_authors.all()]
    if not people:
        return [{"@id": organisation_id()}]
    return [without_empty({"@type": "Person", "name": one.name, "jobTitle": one.role}) for one in people]


def correction(row) -> dict:
    return {
        "@type": "CorrectionComment",
        "name": row.get_kind_display().capitalize(),
        "text": " ".join(strip_tags(row.text).split()),
        "datePublished": moment(row.dated_on),
    }
