"""The HTML of every public page: valid, one main, one h1, nothing inline, light."""

import re

import brotli
import html5lib
import pytest

from donate.models import GivingSettings

PRESS = "press@dateline.example"
pytestmark = pytest.mark.same_everywhere


PAGES: dict[str, str] = {}


@pytest.fixture
def pages(client, small_site):
    """Name: HTML of every public page; asked for once, as the site in small is the same each time."""
    if not PAGES:
        PAGES.update({name: client.get(path).content.decode() for name, path in small_site.paths.items()})
    return PAGES


def parsed(html: str):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def ids(tree) -> list[str]:
    return [one.get("id") for one in tree.iter() if one.get("id")]


def test_every_page_is_valid_html(pages):
    for name, html in pages.items():
        try:
            tree = parsed(html)
        except html5lib.html5parser.ParseError as error:
            pytest.fail(f"{name}: {error}")
        found = ids(tree)
        assert sorted(set(found)) == sorted(found), name
        for one in tree.iter():
            for attribute in ("for", "aria-labelledby", "aria-describedby"):
                for target in (one.get(attribute) or "").split():
                    assert target in found, (name, attribute, target)


def test_every_page_has_one_main_one_heading_and_a_language(pages):
    for name, html in pages.items():
        tree = parsed(html)

        assert len(list(tree.iter("main"))) == 1, name
        assert len(list(tree.iter("h1"))) == 1, name
        assert tree.get("lang") == "en" and tree.get("dir") == "ltr", name
        assert tree.find("head/title").text.strip(), name


def test_no_page_has_inline_style_or_script_or_loads_from_elsewhere(pages):
    for name, html in pages.items():
        tree = parsed(html)

        assert not list(tree.iter("style")), name
        inline = [one for one in tree.iter("script") if not one.get("src")]
        assert all(one.get("type") == "application/ld+json" for one in inline), name
        for one in tree.iter():
            assert not [key for key in one.keys() if key == "style" or key.startswith("on")], name
            if one.tag in ("img", "source", "iframe", "script") or one.get("rel") == "stylesheet":
                address = one.get("src") or one.get("srcset") or one.get("href") or ""
                assert not address.startswith(("http:", "https:", "//")), (name, address)


def test_links_to_our_own_pages_are_relative_so_that_every_host_works_whole(pages):
    for name, html in pages.items():
        body = parsed(html).find("body")

        links = [one.get("href") or one.get("action") or "" for one in body.iter()]
        assert [link for link in links if link.startswith("http://localhost")] == [], name


def test_the_press_address_can_be_read_and_not_collected(pages, client):
    for name, html in pages.items():
        assert PRESS not in html and PRESS.replace("@", "&#64;") not in html, name
        assert "press@" not in html and "mailto:press" not in html, name
    for feed in ("/news/feed/", "/news/feed/?format=atom", "/news/feed/?format=json"):
        assert "press@" not in client.get(feed).content.decode()

    assert "press [at] dateline [dot] example" in " ".join(pages["story"].split())


def test_donors_find_whom_to_write_to(client, page_tree):
    giving = GivingSettings.load()
    assert "Help with a gift" not in client.get("/news/").content.decode()

    giving.gifts_email = "gifts@dateline.example"
    giving.save()
    assert 'href="mailto:gifts@dateline.example">Help with a gift<' in client.get("/news/").content.decode()


def test_a_story_has_the_elements_of_a_wire_report(pages):
    tree = parsed(pages["story"])
    notes = [one for one in tree.iter("aside") if one.get("aria-labelledby") == "note-label"]
    label = next(one for one in tree.iter() if one.get("id") == "note-label")
    quotes = [one for one in tree.iter("blockquote") if one.get("cite")]
    full = [one for one in tree.iter("a") if "full-story" in (one.get("class") or "")]

    assert len(notes) == 1 and label.text == "ICC Note"
    assert len(quotes) == 1 and quotes[0].get("cite") == full[0].get("href")
    assert full[0].get("rel") == "external noopener"
    assert "Harbour Wire" in "".join(full[0].itertext())
    opening = "".join(quotes[0].find("p").itertext())
    assert re.sub(r"\s+", " ", opening).startswith("3/12/2026 Tell Amara, Syria (Harbour Wire) – The queue")
    assert 'class="cut"><span aria-hidden="true">' in pages["story"]
    times = {one.get("datetime") for one in tree.iter("time")}
    assert {"2026-03-12", "2026-03-14"} <= times


def test_a_story_without_pictures_weighs_at_most_12_kilobytes_in_all(pages, client):
    from django.contrib.staticfiles import finders

    html = brotli.compress(pages["bare story"].encode(), quality=5)
    with open(finders.find("css/dateline.css"), "rb") as file:
        css = brotli.compress(file.read())

    assert len(css) <= 8 * 1024
    assert len(html) + len(css) <= 12 * 1024
    linked = re.findall(r'<(?:link rel="stylesheet"|script src|img)[^>]*>', pages["bare story"])
    assert len(linked) + 1 <= 3


def test_each_filter_that_stands_can_be_taken_off_alone(pages, client):
    html = client.get("/news/?region=middle-east&topic=water&year=2026").content.decode()

    chips = re.findall(r'<a href="([^"]*)"><span class="vh">Remove filter:</span> ([^<]*) <', html)

    assert {label: url.replace("&amp;", "&") for url, label in chips} == {
        "Middle East": "/news/?topic=water&year=2026",
        "Water": "/news/?region=middle-east&year=2026",
        "2026": "/news/?region=middle-east&topic=water",
    }


def test_the_site_works_whole_over_its_onion_address(client, small_site, settings):
    onion = "dateline" + "a" * 48 + ".onion"
    settings.ONION_HOST = onion
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, onion]
    settings.SITE_URL = "https://dateline.example"
    settings.SECURE_SSL_REDIRECT = True

    for name, path in small_site.paths.items():
        answer = client.get(path, headers={"host": onion})

        assert answer.status_code in (200, 404) and "Location" not in answer, name
        assert "Strict-Transport-Security" not in answer, name
        body = answer.content.decode().partition("<body>")[2]
        shared = re.sub(r'<ul class="tags no-print".*?</ul>', "", body, flags=re.S)
        assert "dateline.example/" not in shared, name
    assert client.get("/", secure=True)["Onion-Location"] == f"http://{onion}/"


def test_a_list_of_several_pages_says_which_one_is_open_and_leads_to_the_others(client, page_tree):
    from factories import make_story

    from news.search.indexing import index_now

    made = [make_story(region=page_tree.region) for _ in range(45)]
    index_now([story.pk for story in made])

    def links(path: str) -> tuple[str, list[str]]:
        html = client.get(path).content.decode()
        nav = html.partition('<nav class="pages"')[2].partition("</nav>")[0]
        current = re.search(r'aria-current="page"><span class="vh">Page </span>(\d+)', nav)
        return current[1], [url.replace("&amp;", "&") for url in re.findall(r'href="([^"]*)"', nav)]

    number, urls = links("/news/?region=middle-east")
    assert number == "1"
    assert urls[-1] == "?region=middle-east&page=2" and "?region=middle-east&page=3" in urls
    assert links("/news/?region=middle-east&page=3")[0] == "3"
    assert "?q=crossing&page=2" in links("/search/?q=crossing")[1]
    assert '<nav class="pages"' not in client.get("/news/?month=1").content.decode()


def test_the_menu_marks_the_page_and_the_section_one_is_in(client, page_tree, story):
    page_tree.newsroom.show_in_menus = True
    page_tree.newsroom.save_revision().publish()

    assert 'href="/news/" aria-current="page"' in client.get("/news/").content.decode()
    assert 'href="/news/" aria-current="true"' in client.get(story.url).content.decode()
    assert 'href="/news/">' in client.get("/").content.decode()
