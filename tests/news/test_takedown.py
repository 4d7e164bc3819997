"""The emergency brake: out of everything public at once, with who and why on record."""

import pytest
from django.urls import reverse
from wagtail.models import PageLogEntry

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


def test_pictures_only_it_used_lose_their_public_files(page_tree, factories, moderator):
    import io

    from django.core.files.base import ContentFile
    from PIL import Image

    from home.models import SafeImage, SafeRendition

    def picture(title):
        buffer = io.BytesIO()
        Image.new("RGB", (80, 60), "navy").save(buffer, "PNG")
        return SafeImage.objects.create(title=title, file=ContentFile(buffer.getvalue(), f"{title}.png"))

    mine, shared = picture("mine"), picture("shared")
    story = factories.make_story(lead_image=mine, body=[("picture", {"image": shared, "caption": ""})])
    factories.make_story(lead_image=shared)
    file = mine.get_rendition("width-40").file
    shared.get_rendition("width-40")
    assert file.storage.exists(file.name)

    take_down(StoryPage.objects.get(pk=story.pk), "Danger", moderator)

    assert not file.storage.exists(file.name)
    assert not SafeRendition.objects.filter(image=mine).exists()
    assert SafeRendition.objects.filter(image=shared).exists()
    assert SafeImage.objects.filter(pk=mine.pk).exists()
