"""The emergency brake: out of everything public at once, with who and why on record."""

import pictures
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.models import PageLogEntry

from home.models import SafeDocument, SafeImage, SafeRendition
from news.models import StoryPage, Takedown
from news.takedown import take_down

pytestmark = pytest.mark.django_db

PUBLIC = [
    "/",
    "/news/",
    "/regions/middle-east/",
    "/topics/water/",
    "/news/feed/",
    "/regions/middle-east/feed/",
    "/topics/water/feed/",
    "/corrections/",
    "/corrections/feed/",
    "/sitemap-stories-1.xml",
    "/news-sitemap.xml",
]


@pytest.fixture
def told(page_tree, factories):
    """A story that stands in every public place, beside one that stays."""
    water = factories.make_topic("Water")
    factories.make_story("This one stays", topics=[water])
    story = factories.make_story("Her true name", topics=[water])
    story.corrections.create(text="<p>Put right</p>")
    story.save()
    return story


def test_it_is_gone_from_every_public_place(client, told, moderator):
    assert all("Her true name" in client.get(path).content.decode() for path in PUBLIC[:2])

    take_down(told, "Her family is in danger", moderator)

    for path in PUBLIC:
        response = client.get(path)
        assert "Her true name" not in response.content.decode(), path
        assert told.slug not in response.content.decode(), path
    assert told.pk not in [page.pk for page in StoryPage.objects.live().search("true name")]


def test_its_address_says_gone(client, told, moderator):
    take_down(told, "Her family is in danger", moderator)

    response = client.get(f"/news/{told.slug}/")

    assert response.status_code == 410
    assert "Her true name" not in response.content.decode()


def test_who_and_why_are_recorded(told, moderator):
    take_down(told, "Her family is in danger", moderator)

    takedown = Takedown.objects.get()
    assert (takedown.taken_down_by, takedown.reason) == (moderator, "Her family is in danger")
    assert PageLogEntry.objects.get(action="news.take_down").data == {"reason": "Her family is in danger"}


def test_the_story_is_kept_for_editors_and_may_return(client, told, moderator):
    take_down(told, "Checking", moderator)
    story = StoryPage.objects.get(pk=told.pk)
    assert (story.live, story.title) == (False, "Her true name")

    story.save_revision().publish()

    assert client.get(f"/news/{told.slug}/").status_code == 200
    assert Takedown.objects.get().lifted_at


def test_what_would_publish_it_again_is_called_off(client, told, moderator, editor, admin):
    told.save_revision()
    told.get_workflow().start(told, editor)

    take_down(told, "Checking", moderator)

    assert StoryPage.objects.get(pk=told.pk).current_workflow_state is None


def test_it_takes_one_question_and_one_reason(client, told, moderator):
    client.force_login(moderator)
    url = reverse("news_take_down", args=[told.pk])

    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 200
    assert StoryPage.objects.get(pk=told.pk).live
    assert client.post(url, {"reason": "Danger"}).status_code == 302
    assert not StoryPage.objects.get(pk=told.pk).live


def picture(title: str) -> SafeImage:
    return SafeImage.objects.create(title=title, file=ContentFile(pictures.png(), f"{title}.png"))


def test_pictures_only_it_used_lose_their_public_files(page_tree, factories, moderator):
    mine, shared = picture("mine"), picture("shared")
    story = factories.make_story(lead_image=mine, body=[("picture", {"image": shared, "caption": ""})])
    other = factories.make_story(lead_image=shared)
    rendition, original = mine.get_rendition("width-40").file, mine.file
    shared.get_rendition("width-40")
    content = SafeImage.objects.get(pk=mine.pk).file.read()

    take_down(StoryPage.objects.get(pk=story.pk), "Danger", moderator)

    assert not rendition.storage.exists(rendition.name)
    assert not original.storage.exists(original.name)  # for editors it lies elsewhere
    assert SafeImage.objects.get(pk=mine.pk).file.read() == content
    assert not SafeRendition.objects.filter(image=mine).exists()
    assert SafeRendition.objects.filter(image=shared).exists()

    take_down(StoryPage.objects.get(pk=other.pk), "Danger", moderator)

    assert not SafeRendition.objects.filter(image=shared).exists()


def test_pictures_are_ready_again_when_a_story_returns(
    page_tree, factories, moderator, django_capture_on_commit_callbacks
):
    image = picture("mine")
    story = factories.make_story(lead_image=image)
    take_down(StoryPage.objects.get(pk=story.pk), "Checking", moderator)

    with django_capture_on_commit_callbacks(execute=True):
        StoryPage.objects.get(pk=story.pk).save_revision().publish()

    assert SafeRendition.objects.filter(image=image, filter_spec__contains="avif").exists()


def test_documents_only_it_used_are_gone_with_it(client, page_tree, factories, moderator):
    document = SafeDocument.objects.create(title="List", file=ContentFile(b"names", "list.txt"))
    body = [("document", {"document": document, "title": ""})]
    story, other = (factories.make_story(title, body=body) for title in ("One", "Other"))

    take_down(StoryPage.objects.get(pk=story.pk), "Danger", moderator)
    assert client.get(document.url).status_code == 200

    take_down(StoryPage.objects.get(pk=other.pk), "Danger", moderator)
    assert client.get(document.url).status_code == 410
    client.force_login(moderator)
    assert client.get(document.url).status_code == 200


def test_what_it_was_can_be_forgotten(client, told, moderator):
    told.save_revision()
    url = reverse("news_forget_versions", args=[told.pk])
    client.force_login(moderator)
    assert client.get(url).status_code == 302  # not while readers see it
    take_down(told, "Danger", moderator)
    story = StoryPage.objects.get(pk=told.pk)
    story.title = "A woman from the valley"
    story.save_revision()

    client.get(url)
    assert story.revisions.count() > 1
    client.post(url)

    story = StoryPage.objects.get(pk=told.pk)
    assert (story.title, story.live, story.revisions.count()) == ("A woman from the valley", False, 1)
    assert "Her true name" not in str(story.latest_revision.content)
    assert PageLogEntry.objects.filter(action="news.forget_versions", user=moderator).exists()
