"""One list of items in three formats: RSS 2.0, Atom 1.0, JSON Feed 1.1. Pure: what goes in decides what comes out."""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, rfc3339_date
from django.utils.html import escape

# XML 1.0 has no place for these at all, whatever the escaping; lone surrogates cannot even be encoded.
UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def clean(text: str) -> str:
    """Without the control characters that make a feed unreadable."""
    return UNSAYABLE.sub("", text)


@dataclass(frozen=True)
class Item:
    """One entry. `url` is absolute; `html` is the full text with absolute addresses; times carry a zone."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    published: datetime
    updated: datetime
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Channel:
    """A feed: what it is about, the page it belongs to and its own address, both absolute."""

    title: str
    description: str
    page_url: str
    feed_url: str
    language: str
    publisher: str
    items: list[Item] = field(default_factory=list)

    @property
    def updated(self) -> datetime | None:
        return max((item.updated for item in self.items), default=None)


class Dated:
    """A feed without items was last changed never: Django would say "now", and no copy of it would ever be good."""

    def latest_post_date(self):
        return super().latest_post_date() if self.items else datetime(2000, 1, 1, tzinfo=UTC)


class FullTextRss(Dated, Rss201rev2Feed):
    def rss_attributes(self):
        return super().rss_attributes() | {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["html"])


class FullTextAtom(Dated, Atom1Feed):
    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["html"], {"type": "html"})


def rss(channel: Channel) -> str:
    return _xml(FullTextRss, channel)


def atom(channel: Channel) -> str:
    return _xml(FullTextAtom, channel)


def json_feed(channel: Channel) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean(channel.title),
        "description": clean(channel.description),
        "home_page_url": channel.page_url,
        "feed_url": channel.feed_url,
        "language": channel.language,
        "authors": [{"name": clean(channel.publisher)}],
        "items": [_json_item(item) for item in channel.items],
    }
    return json.dumps(feed, ensure_ascii=False)


def _xml(generator: type, channel: Channel) -> str:
    feed = generator(
        title=clean(channel.title),
        link=channel.page_url,
        description=clean(channel.description),
        subtitle=clean(channel.description),
        language=channel.language,
        feed_url=channel.feed_url,
        feed_guid=channel.feed_url,
        author_name=clean(channel.publisher),
    )
    for item in channel.items:
        feed.add_item(
            title=clean(item.title),
            link=item.url,
            description=escape(clean(item.summary)),  # both formats read it as HTML
            html=clean(item.html),
            unique_id=item.id,
            unique_id_is_permalink=False,
            pubdate=item.published,
            updateddate=item.updated,
            author_name=clean(", ".join(item.authors)) or None,
            categories=[clean(tag) for tag in item.tags],
        )
    return feed.writeString("utf-8")


def _json_item(item: Item) -> dict:
    entry = {
        "id": item.id,
        "url": item.url,
        "title": clean(item.title),
        "summary": clean(item.summary),
        "content_html": clean(item.html),
        "date_published": rfc3339_date(item.published),
        "date_modified": rfc3339_date(item.updated),
        "authors": [{"name": clean(name)} for name in item.authors],
        "tags": [clean(tag) for tag in item.tags],
    }
    return {name: value for name, value in entry.items() if value}
