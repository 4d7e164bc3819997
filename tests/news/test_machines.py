"""What machines find: feeds, sitemaps, robots.txt, structured data, one address a page. Held against the published rules."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import html5lib
import pytest
from factories import add_page, make_region, make_story, make_topic
from jsonschema import Draft202012Validator
from lxml import etree

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ("/news/feed/", "/regions/middle-east/feed/", "/topics/water/feed/", "/corrections/feed/")
# The published rules of JSON Feed 1.1, as a schema.
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string", "minLength": 1},
        "home_page_url": {"type": "string", "pattern": "^http://localhost/"},
        "feed_url": {"type": "string", "pattern": "^http://localhost/.*format=json$"},
        "authors": {"type": "array", "items": {"type": "object", "required": ["name"]}},
        "language": {"type": "string"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "content_html"],
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "url": {"type": "string", "pattern": "^http://localhost/"},
                    "title": {"type": "string", "minLength": 1},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "date_published": {
                        "type": "string",
                        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$",
                    },
                    "date_modified": {
                        "type": "string",
                        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$",
                    },
                },
            },
        },
    },
}


@pytest.fixture
def stories(page_tree):
    """A story below a region's child, on a topic, corrected, with a sign in it that XML has no place for."""
    from news.models import Correction

    child = make_region("Khavar", parent=page_tree.region)
    full = make_story(
        "Wells & <walls>",
        slug="wells",
        region=child,
        topics=[make_topic("Water")],
        summary="A sum\x08mary.",
        note='<p>Our note, with a <a href="/about/">link</a>.</p>',
        excerpt=[("paragraph", "<p>The queue\x0b began.</p>"), ("cut", None), ("paragraph", "<p>Later.</p>")],
        source_dated_on=date(2026, 3, 12),
    )
    full.corrections.add(
        Correction(kind="correction", dated_on=date(2026, 3, 14), text="<p>Wrong number.</p>")
    )
    full.save()
    elsewhere = make_story("Elsewhere", slug="elsewhere", region=make_region("Europe"))
    make_story("A draft", slug="draft", live=False)
    return full, elsewhere


def of(client, path: str, **headers):
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer


def structured(client, path: str) -> dict[str, dict]:
    """The page's schema.org things by type."""
    html = of(client, path).content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    return {thing["@type"]: thing for block in blocks for thing in json.loads(block)["@graph"]}


def head(client, path: str):
    tree = html5lib.parse(of(client, path).content, namespaceHTMLElements=False)
    return tree.find("head")


# Feeds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_every_feed_follows_the_rules_of_its_format(client, stories, feed, kind):
    answer = of(client, f"{feed}?format={kind}")
    body = answer.content.decode()

    if kind == "json":
        Draft202012Validator(JSON_FEED).validate(json.loads(body))
        assert answer["Content-Type"].startswith("application/feed+json")
        return
    found = feedparser.parse(body)
    assert not found.bozo and found.version == {"rss": "rss20", "atom": "atom10"}[kind]
    assert answer["Content-Type"].startswith(f"application/{kind}+xml")
    root = ElementTree.fromstring(body)
    if kind == "atom":
        for entry in [root, *root.findall(f"{ATOM}entry")]:
            assert all(entry.find(ATOM + name) is not None for name in ("id", "title", "updated"))
        assert root.find(f"{ATOM}author/{ATOM}name").text
        assert any(one.get("rel") == "self" for one in root.findall(f"{ATOM}link"))
    else:
        channel = root.find("channel")
        assert all(channel.find(name).text for name in ("title", "link", "description"))
        assert all(item.find("guid").get("isPermaLink") == "false" for item in channel.findall("item"))


def test_feeds_hold_what_they_are_about_and_no_draft(client, stories):
    def titles(path):
        return [entry.title for entry in feedparser.parse(of(client, path).content).entries]

    assert sorted(titles("/news/feed/")) == ["Elsewhere", "Wells & <walls>"]
    assert titles("/regions/middle-east/feed/") == ["Wells & <walls>"]
    assert titles("/regions/middle-east/khavar/feed/") == ["Wells & <walls>"]
    assert titles("/topics/water/feed/") == ["Wells & <walls>"]
    assert titles("/corrections/feed/") == ["Correction: Wells & <walls>"]


def test_a_feed_has_the_full_text_with_whole_addresses(client, stories):
    item = json.loads(of(client, "/topics/water/feed/?format=json").content)["items"][0]

    assert item["url"] == "http://localhost/news/wells/"
    assert '<a href="http://localhost/about/">link</a>' in item["content_html"]
    assert "The queue began." in item["content_html"] and "Later." in item["content_html"]
    assert "Full Story at Harbour Wire" in item["content_html"]
    assert item["summary"] == "A summary."


def test_an_unchanged_feed_is_answered_with_304(client, stories):
    first = of(client, "/news/feed/")

    same = client.get("/news/feed/", headers={"If-None-Match": first["ETag"]})
    since = client.get("/news/feed/", headers={"If-Modified-Since": first["Last-Modified"]})
    stories[0].title = "Another title"
    stories[0].save_revision().publish()
    changed = client.get("/news/feed/", headers={"If-None-Match": first["ETag"]})

    assert (same.status_code, since.status_code, changed.status_code) == (304, 304, 200)


def test_a_feed_of_nothing_stays_the_same(client, page_tree):
    first = of(client, "/news/feed/")

    assert client.get("/news/feed/", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_what_is_no_feed_is_not_found(client, stories):
    for path in ("/news/feed/?format=xml", "/regions/nowhere/feed/", "/topics/nothing/feed/"):
        assert client.get(path).status_code == 404, path


def test_pages_name_their_feeds(client, stories):
    def feeds(path):
        links = head(client, path).iter("link")
        return {one.get("href") for one in links if one.get("rel") == "alternate" and one.get("type")}

    own = {"/news/feed/", "/news/feed/?format=atom", "/news/feed/?format=json"}
    assert own <= feeds("/") and own <= feeds("/news/wells/")
    assert "/regions/middle-east/feed/" in feeds("/regions/middle-east/")
    assert "/topics/water/feed/?format=json" in feeds("/topics/water/")


# Sitemaps -------------------------------------------------------------------------------------------


def locations(client, path: str) -> list[str]:
    return [one.text for one in etree.fromstring(of(client, path).content).iter(f"{SITEMAP}loc")]


def test_the_sitemap_index_leads_to_every_public_page_once(client, stories):
    parts = locations(client, "/sitemap.xml")
    found = [page for part in parts for page in locations(client, part.removeprefix("http://localhost"))]

    assert len(found) == len(set(found))
    for path in (
        "/",
        "/news/",
        "/regions/middle-east/khavar/",
        "/news/wells/",
        "/give/winter-relief/",
        "/topics/water/",
    ):
        assert f"http://localhost{path}" in found
    assert not [page for page in found if "draft" in page]
    assert all(client.get(page.removeprefix("http://localhost")).status_code == 200 for page in found)


def test_sitemaps_of_stories_come_in_parts_of_ten_thousand(client, stories, settings):
    assert settings.SITEMAP_PART == 10_000
    settings.SITEMAP_PART = 1

    assert len(locations(client, "/sitemap.xml")) == 3
    assert len(locations(client, "/sitemap-stories-2.xml")) == 1
    for part in ("3", "0", "9" * 30):
        assert client.get(f"/sitemap-stories-{part}.xml").status_code == 404


def test_the_news_sitemap_holds_the_stories_of_two_days(client, page_tree, frozen_time):
    now = datetime.now(UTC)
    make_story("Fresh & new", slug="fresh", dated_on=now.date(), first_published_at=now - timedelta(hours=3))
    make_story("Old", slug="old", dated_on=now.date(), first_published_at=now - timedelta(days=3))
    make_story("Found again", slug="found", dated_on=date(2016, 2, 13), first_published_at=now)

    root = etree.fromstring(of(client, "/news-sitemap.xml").content)
    entries = root.findall(f"{SITEMAP}url")

    assert [one.find(f"{SITEMAP}loc").text for one in entries] == ["http://localhost/news/fresh/"]
    news = entries[0].find(f"{NEWS}news")
    assert news.find(f"{NEWS}title").text == "Fresh & new"
    assert news.find(f"{NEWS}publication/{NEWS}name").text == "Dateline"
    assert news.find(f"{NEWS}publication/{NEWS}language").text == "en"
    assert datetime.fromisoformat(news.find(f"{NEWS}publication_date").text).tzinfo


def test_robots_are_told_of_the_sitemaps_and_kept_from_searching(client, db):
    text = of(client, "/robots.txt").content.decode()

    assert "Sitemap: http://localhost/sitemap.xml" in text and "Disallow: /search/?\n" in text
    assert "Disallow: /\n" not in text


# Structured data and sharing -----------------------------------------------------------------------


def test_a_story_tells_search_engines_what_the_rules_for_news_ask(client, stories):
    things = structured(client, "/news/wells/")
    article, crumbs = things["NewsArticle"], things["BreadcrumbList"]

    assert article["headline"] == "Wells & <walls>"
    assert datetime.fromisoformat(article["datePublished"]).tzinfo
    assert datetime.fromisoformat(article["dateModified"]) >= datetime.fromisoformat(article["datePublished"])
    assert article["image"] and all(url.startswith("http://localhost/") for url in article["image"])
    assert article["isBasedOn"].startswith("https://harbourwire.example/")
    assert article["correction"] == [
        {
            "@type": "CorrectionComment",
            "name": "Correction",
            "text": "Wrong number.",
            "datePublished": "2026-03-14",
        }
    ]
    assert things["NGO"]["@id"] == article["publisher"]["@id"]
    assert [one["position"] for one in crumbs["itemListElement"]] == [1, 2, 3]
    assert crumbs["itemListElement"][-1]["item"] == "http://localhost/news/wells/"


def test_a_title_cannot_end_the_data_block(client, page_tree):
    make_story("</script><script>alert(1)</script>", slug="evil")

    html = of(client, "/news/evil/").content.decode()

    assert "<script>alert" not in html
    assert (
        structured(client, "/news/evil/")["NewsArticle"]["headline"] == "</script><script>alert(1)</script>"
    )


def test_a_campaign_offers_a_donate_action_and_home_says_who_publishes(client, page_tree):
    action = structured(client, page_tree.campaign.get_url_parts()[2])["DonateAction"]
    home = structured(client, "/")

    assert action["target"]["urlTemplate"] == "http://localhost/give/winter-relief/"
    assert home["NGO"]["name"] == "Dateline" and home["WebSite"]["potentialAction"]["@type"] == "SearchAction"


def test_every_page_names_its_one_address_whatever_the_request_asks(client, stories):
    def canonical(path):
        return next(
            one.get("href") for one in head(client, path).iter("link") if one.get("rel") == "canonical"
        )

    assert canonical("/news/wells/?utm_source=x") == "http://localhost/news/wells/"
    assert canonical("/news/wells/?page=2&before=x") == "http://localhost/news/wells/"
    assert canonical("/news/?region=middle-east") == "http://localhost/news/"
    stories[1].canonical_is_source = True
    stories[1].save_revision().publish()
    assert canonical("/news/elsewhere/") == stories[1].full_story_url
    assert "http://localhost/news/elsewhere/" not in locations(client, "/sitemap-stories-1.xml")


def test_filtered_lists_stay_out_of_indexes(client, stories):
    for path in ("/news/?region=middle-east", "/news/?year=2026&topic=water"):
        robots = [
            one.get("content") for one in head(client, path).iter("meta") if one.get("name") == "robots"
        ]
        assert robots and "noindex" in robots[0], path
    assert not [one for one in head(client, "/news/").iter("meta") if one.get("name") == "robots"]


def test_the_search_page_may_be_found_and_its_results_may_not(client, db):
    assert b"noindex" not in client.get("/search/").content
    assert b"noindex" in client.get("/search/?q=wells").content


def test_a_story_without_a_photograph_shares_a_drawn_picture(client, stories):
    from io import BytesIO

    from PIL import Image

    tags = {one.get("property"): one.get("content") for one in head(client, "/news/wells/").iter("meta")}
    picture = of(client, tags["og:image"].removeprefix("http://localhost"))

    assert picture["Content-Type"] == "image/png"
    assert Image.open(BytesIO(picture.content)).size == (1200, 630)
    assert (tags["og:image:width"], tags["og:image:height"]) == ("1200", "630")
    assert tags["og:type"] == "article" and tags["og:url"] == "http://localhost/news/wells/"
    assert client.get(f"/share/{stories[0].pk}-0123456789.png").status_code == 404


def test_translations_name_one_another(client, stories, settings):
    from wagtail.models import Locale

    settings.WAGTAIL_I18N_ENABLED = True
    german = Locale.objects.get_or_create(language_code="de")[0]
    add_page(
        stories[0].get_parent(),
        type(stories[0]),
        "Brunnen",
        locale=german,
        translation_key=stories[0].translation_key,
        region=stories[0].region,
    )

    links = head(client, "/news/wells/").iter("link")

    assert {one.get("hreflang") for one in links if one.get("hreflang")} == {"en", "de"}


# Held against what the standards publish ------------------------------------------------------------

# schema.org: the properties that each of our types may have (its own and those it inherits), as published.
VOCABULARY = {
    "NewsArticle": {
        "@id",
        "mainEntityOfPage",
        "headline",
        "description",
        "datePublished",
        "dateModified",
        "inLanguage",
        "isAccessibleForFree",
        "author",
        "publisher",
        "image",
        "articleSection",
        "keywords",
        "contentLocation",
        "isBasedOn",
        "sourceOrganization",
        "creativeWorkStatus",
        "correction",
    },
    "NGO": {"@id", "name", "legalName", "url", "description", "address", "identifier"},
    "Organization": {"name"},
    "WebSite": {"@id", "url", "name", "publisher", "inLanguage", "potentialAction"},
    "SearchAction": {"target", "query-input"},
    "EntryPoint": {"urlTemplate"},
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name", "item"},
    "DonateAction": {"name", "recipient", "target"},
    "Person": {"name", "jobTitle"},
    "Place": {"name"},
    "CorrectionComment": {"name", "text", "datePublished"},
}
ADDRESSES = {"url", "item", "mainEntityOfPage", "urlTemplate", "@id"}
DAY_OR_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?")


def nodes(value):
    """Every object of a JSON-LD document, nested ones too."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from nodes(one)


def test_structured_data_keeps_to_the_vocabulary_of_schema_org(client, stories, page_tree):
    paths = ["/", "/news/wells/", "/news/elsewhere/", "/regions/middle-east/khavar/", "/topics/water/"]
    for path in [*paths, page_tree.campaign.get_url_parts()[2]]:
        graph = list(structured(client, path).values())
        named = {thing["@id"] for thing in graph if "@id" in thing}
        for node in nodes(graph):
            if set(node) == {"@id"}:
                assert node["@id"] in named, f"{path}: {node} is nowhere on the page"
                continue
            assert set(node) - {"@type"} <= VOCABULARY[node["@type"]], path
            assert all(value not in ("", None, [], {}) for value in node.values()), path
            for name, value in node.items():
                assert name not in ADDRESSES or value.startswith("http://localhost/"), (path, name)
                assert not name.startswith("date") or DAY_OR_MOMENT.fullmatch(value), (path, name)


def test_feeds_say_plain_words_as_html_and_each_entry_once(client, stories):
    stories[1].summary = "Fewer than 5 < 6 & <b>not bold</b>."
    stories[1].save_revision().publish()

    for feed in ("/news/feed/", "/news/feed/?format=atom"):
        found = feedparser.parse(of(client, feed).content, sanitize_html=False)
        summary = next(one.summary for one in found.entries if one.title == "Elsewhere")
        ids = [one.id for one in found.entries]
        assert summary == "Fewer than 5 &lt; 6 &amp; &lt;b&gt;not bold&lt;/b&gt;."
        assert len(ids) == len(set(ids)) and all(one.startswith("tag:localhost,") for one in ids)
        assert all(one.published_parsed and one.content[0].type == "text/html" for one in found.entries)
        assert found.feed.language == "en"
        assert {"rel": "self", "href": f"http://localhost{feed}"}.items() <= {
            key: value for link in found.feed.links if link["rel"] == "self" for key, value in link.items()
        }.items()


def test_an_entry_keeps_its_id_when_its_address_changes(client, stories):
    def ids():
        return {one.title: one.id for one in feedparser.parse(of(client, "/news/feed/").content).entries}

    before = ids()
    stories[1].slug = "moved"
    stories[1].save_revision().publish()

    assert ids() == before


def test_a_feed_whose_newest_story_left_is_not_called_unchanged(client, stories):
    newest = stories[1]
    newest.last_published_at = datetime.now(UTC)
    newest.save()
    first = of(client, "/news/feed/")

    newest.unpublish()
    again = client.get("/news/feed/", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 200 and "Elsewhere" not in again.content.decode()


def test_sitemaps_follow_the_protocol(client, stories):
    for path in ("/sitemap-pages.xml", "/sitemap-stories-1.xml", "/news-sitemap.xml"):
        answer = of(client, path)
        root = etree.fromstring(answer.content)
        assert answer["Content-Type"] == "application/xml; charset=utf-8"
        assert root.tag == f"{SITEMAP}urlset" and len(root) <= 10_000
        for url in root:
            loc, *rest = url
            assert loc.tag == f"{SITEMAP}loc" and loc.text.startswith("http://localhost/")
            assert len(loc.text) < 2048 and loc.text.isascii()
            for one in rest:
                assert one.tag in (f"{SITEMAP}lastmod", f"{NEWS}news")
                assert one.tag != f"{SITEMAP}lastmod" or datetime.fromisoformat(one.text).tzinfo
    assert etree.fromstring(of(client, "/sitemap.xml").content).tag == f"{SITEMAP}sitemapindex"


def test_all_feeds_stand_on_one_page(client, stories):
    page = of(client, "/feeds/").content.decode()

    for feed in FEEDS + ("/regions/middle-east/khavar/feed/",):
        assert f'href="{feed}"' in page and f'href="{feed}?format=json"' in page
        assert client.get(feed).status_code == 200
