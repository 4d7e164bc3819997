"""The story form: drafts may lack everything but a headline, readers see only what is complete, twins are told of."""

import pytest
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from news.models import StoryPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, page_tree, admin):
    client.force_login(admin)
    return client


def form(page_tree=None, excerpt=(), campaigns=(), **fields):
    data = {
        "title": "Wells are capped",
        "slug": "wells-are-capped",
        "summary": "",
        "dated_on": "2026-03-12",
        "date_precision": "day",
        "note": rich_text("<p>Our note.</p>"),
        "note_author": "",
        "source": "",
        "region": page_tree.region.pk if page_tree else "",
        "excerpt": streamfield(list(excerpt)),
        "body": streamfield([]),
        "story_regions": inline_formset([]),
        "story_campaigns": inline_formset(list(campaigns)),
        "story_authors": inline_formset([]),
        "related_stories": inline_formset([]),
        "corrections": inline_formset([]),
        "comments": inline_formset([]),
        "place": "",
        "full_story_url": "",
    }
    return nested_form_data(data | fields)


def add(client, page_tree, data, **action):
    url = reverse("wagtailadmin_pages:add", args=["news", "storypage", page_tree.newsroom.pk])
    return client.post(url, data | action)


def errors(response) -> dict:
    return dict(response.context["form"].errors) if response.context else {}


PARAGRAPH = [("paragraph", rich_text("<p>The report.</p>"))]
CUT = ("cut", "")


def test_a_draft_needs_only_a_headline(desk, page_tree):
    response = add(desk, page_tree, form(excerpt=PARAGRAPH))

    assert response.status_code == 302
    assert not StoryPage.objects.get().live


def test_publishing_needs_a_region_and_the_address_of_what_is_quoted(desk, page_tree):
    response = add(desk, page_tree, form(excerpt=PARAGRAPH), **{"action-publish": "1"})

    assert set(errors(response)) == {"region", "full_story_url"}
    assert not StoryPage.objects.exists()


def test_what_was_typed_stays_in_a_refused_form(desk, page_tree):
    response = add(desk, page_tree, form(place="Tel Amun", excerpt=PARAGRAPH), **{"action-publish": "1"})

    assert "Tel Amun" in response.content.decode()


def test_a_complete_story_is_published(desk, page_tree, client):
    data = form(page_tree, excerpt=PARAGRAPH, full_story_url="https://harbourwire.example/1")

    add(desk, page_tree, data, **{"action-publish": "1"})

    client.logout()
    assert client.get("/news/wells-are-capped/").status_code == 200


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://example.org/x", "not an address", "data:text/html,x"]
)
def test_only_addresses_of_the_web_are_full_stories(desk, page_tree, address):
    response = add(desk, page_tree, form(page_tree, full_story_url=address))

    assert "full_story_url" in errors(response)


@pytest.mark.parametrize("blocks", [[CUT, *PARAGRAPH], [*PARAGRAPH, CUT, CUT]])
def test_a_cut_neither_begins_an_excerpt_nor_follows_a_cut(desk, page_tree, blocks):
    data = form(page_tree, excerpt=blocks, full_story_url="https://harbourwire.example/1")

    response = add(desk, page_tree, data, **{"action-publish": "1"})

    assert "excerpt" in errors(response)


def test_a_cut_may_end_an_excerpt(desk, page_tree):
    data = form(page_tree, excerpt=[*PARAGRAPH, CUT], full_story_url="https://harbourwire.example/1")

    add(desk, page_tree, data, **{"action-publish": "1"})

    assert StoryPage.objects.get().live


def test_a_second_story_from_one_report_is_told_of_and_not_stopped(desk, page_tree, factories):
    first = factories.make_story("The first", full_story_url="https://harbourwire.example/1")
    data = form(page_tree, full_story_url="https://harbourwire.example/1")

    response = add(desk, page_tree, data, **{"action-publish": "1"})
    page = desk.get(response.url, follow=True).content.decode()

    assert StoryPage.objects.get(slug="wells-are-capped").live
    assert "The first" in page
    assert reverse("wagtailadmin_pages:edit", args=[first.pk]) in page


def test_the_form_shows_which_campaign_applies_and_whence(desk, page_tree, factories):
    page_tree.region.campaign = factories.make_campaign("Bread for the valley")
    page_tree.region.save()
    story = factories.make_story()

    page = desk.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()

    assert "Bread for the valley" in page
    assert "from Middle East" in page


def test_a_place_in_another_region_is_remarked_on(desk, page_tree, factories):
    factories.make_region("Syria", parent=page_tree.region)
    europe = factories.make_region("Europe")
    story = factories.make_story(region=europe, place="Aleppo, Syria")

    page = desk.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()

    assert "outside the primary region" in page


def test_a_preview_tells_the_checker_and_a_readers_page_does_not(desk, page_tree, factories, client):
    story = factories.make_story(place="Europe, somewhere")
    factories.make_region("Europe")
    story.lead_image_alt, story.note, story.full_story_url = "", "", ""
    story.save_revision().publish()

    preview = desk.get(reverse("wagtailadmin_pages:view_draft", args=[story.pk])).content.decode()
    client.logout()
    page = client.get(f"/news/{story.slug}/").content.decode()

    assert 'data-worth-a-look="no-address long-excerpt place-elsewhere"' in preview
    assert "data-worth-a-look" not in page


def test_the_staff_bar_is_for_staff_alone(desk, story, client):
    address = f"/news/{story.slug}/"

    for_staff = desk.get(address)
    client.logout()
    for_readers = client.get(address)

    assert "wagtail-userbar" in for_staff.content.decode()
    assert for_staff["Cache-Control"].startswith("private")
    assert "userbar" not in for_readers.content.decode()
    assert "Cookie" not in for_readers.get("Vary", "")


def test_filing_it_there_too_settles_the_remark(desk, page_tree, factories):
    factories.make_region("Syria", parent=page_tree.region)
    story = factories.make_story(
        region=factories.make_region("Europe"), regions=[page_tree.region], place="Aleppo, Syria"
    )

    page = desk.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).content.decode()

    assert "outside the primary region" not in page


def test_a_new_story_like_this_keeps_source_regions_topics_and_campaigns(desk, page_tree, factories):
    europe, water = factories.make_region("Europe"), factories.make_topic("Water")
    story = factories.make_story(topics=[water], regions=[europe], campaigns=[page_tree.campaign])
    url = reverse("news_new_story_like", args=[story.pk])

    desk.get(url)
    assert StoryPage.objects.count() == 1
    desk.post(url)

    draft = StoryPage.objects.exclude(pk=story.pk).get()
    assert (draft.source, draft.region, list(draft.topics.all())) == (story.source, story.region, [water])
    assert [row.region for row in draft.story_regions.all()] == [europe]
    assert [row.campaign for row in draft.story_campaigns.all()] == [page_tree.campaign]
    assert (draft.live, draft.note, draft.full_story_url, len(draft.excerpt)) == (False, "", "", 0)


def test_the_dateline_helper_reads_and_refuses(desk, page_tree, factories):
    source = factories.make_source("Reuters")
    url = reverse("news_read_dateline")

    read = desk.get(url, {"text": "2/13/2016 Syria (Reuters) – Russia said", "near": "2016-02-13"}).json()

    assert (read["place"], read["date"], read["source_id"]) == ("Syria", "2016-02-13", source.pk)
    assert desk.get(url, {"text": "Russia said."}).json() == {}
    assert desk.get(url, {"text": "2/13/2016 Syria (Reuters) – x", "near": "2026-01-01"}).json() == {}


@pytest.mark.parametrize("model", ["region", "story", "campaign"])
def test_previews_show_what_is_being_written(desk, page_tree, story, model):
    page = {"region": page_tree.region, "story": story, "campaign": page_tree.campaign}[model]
    page = Page.objects.get(pk=page.pk).specific
    page.title = "Not yet for readers"
    page.save_revision()

    response = desk.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))

    assert response.status_code == 200
    assert "Not yet for readers" in response.content.decode()


def test_the_index_knows_new_topics_and_regions_after_publishing(page_tree, factories):
    europe = factories.make_region("Europe")
    story = factories.make_story("Found by its region", region=page_tree.region)
    story.region = europe
    story.save_revision().publish()

    found = StoryPage.objects.search("Europe", fields=None)

    assert story.pk in [page.pk for page in found]


def test_a_renamed_region_is_found_and_redirects(
    client, page_tree, factories, django_capture_on_commit_callbacks
):
    story = factories.make_story("Under a new name", region=page_tree.region)
    region = page_tree.region
    region.title, region.slug = "Levant", "levant"
    with django_capture_on_commit_callbacks(execute=True):
        region.save_revision().publish()

    assert story.pk in [page.pk for page in StoryPage.objects.search("Levant")]
    assert client.get("/regions/levant/").status_code == 200
    moved = client.get("/regions/middle-east/")
    assert (moved.status_code, moved.url) == (301, "/regions/levant/")


def test_a_story_is_previewed_before_it_is_first_saved(desk, page_tree):
    url = reverse("wagtailadmin_pages:preview_on_add", args=["news", "storypage", page_tree.newsroom.pk])
    data = form(
        page_tree, excerpt=[*PARAGRAPH, CUT], place="Tel Amun", full_story_url="https://wire.example/1"
    )

    assert desk.post(url, data).json() == {"is_valid": True, "is_available": True}
    page = desk.get(url).content.decode()

    assert "Wells are capped" in page
    assert "Tel Amun" in page
    assert not StoryPage.objects.exists()


def test_a_region_is_previewed_before_it_is_first_saved(desk, page_tree, story):
    url = reverse("wagtailadmin_pages:preview_on_add", args=["news", "regionpage", page_tree.regions.pk])
    data = nested_form_data(
        {"title": "Nowhere yet", "slug": "nowhere", "intro": "", "comments": inline_formset([])}
    )

    assert desk.post(url, data).json()["is_valid"]
    page = desk.get(url).content.decode()

    assert "Nowhere yet" in page
    assert story.title not in page


def test_the_newsroom_and_the_home_page_are_previewed(desk, page_tree, story):
    for page in (page_tree.newsroom, page_tree.home):
        response = desk.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]) + "?page=7")
        assert response.status_code == 200
        assert story.title in response.content.decode()
