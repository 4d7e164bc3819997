"""Pictures for readers: made ahead in three formats, looked up without a query each, never written while they wait."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import make_region, make_story
from small_site import make_picture

# Real transactions: inside one nothing is kept (home/kept.py), and no queue has workers.
pytestmark = pytest.mark.django_db(transaction=True)
WRITES = ("INSERT", "UPDATE", "DELETE")


def story_with(page_tree, images, slug):
    return make_story(
        slug=slug,
        region=page_tree.region,
        lead_image=images[0],
        lead_image_alt="Hills",
        body=[("picture", {"image": image, "caption": ""}) for image in images[1:]],
    )


@pytest.fixture
def images(page_tree):
    from home import pictures
    from home.models import OrganisationSettings

    OrganisationSettings.load()  # its row is made with the site, not by a reader
    found = [make_picture(f"Picture {number}") for number in range(4)]
    for image in found:
        pictures.prepare(image)
    return found


def queries(client, path: str) -> list[str]:
    """Of a reader's GET after another one: what is kept is kept."""
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return [one["sql"] for one in captured]


def test_an_uploaded_picture_gets_its_renditions_from_the_queue(page_tree, task_queue):
    from home import pictures

    image = make_picture("Hills")
    assert image.renditions.count() == 0

    task_queue()

    formats = {one.file.name.rpartition(".")[2] for one in image.renditions.all()}
    assert formats == {"avif", "webp", "jpg"}
    assert [source.type for source in pictures.picture(image).sources] == [
        "image/avif",
        "image/webp",
        "image/jpeg",
    ]


def test_more_pictures_cost_no_more_queries_and_nothing_is_written(client, page_tree, images):
    story_with(page_tree, images[:2], "two")
    story_with(page_tree, images, "four")

    two, four = queries(client, "/news/two/"), queries(client, "/news/four/")

    assert len(four) == len(two)
    assert not [sql for sql in four if sql.startswith(WRITES)]


def test_a_picture_without_renditions_is_shown_as_it_is_and_none_are_made(client, page_tree, task_queue):
    bare = make_picture("Bare")
    story_with(page_tree, [bare], "bare")

    html = client.get("/news/bare/").content.decode()

    assert bare.file.url in html
    assert bare.renditions.count() == 0


def test_the_focal_point_decides_what_is_cut(page_tree):
    from home import pictures

    image = make_picture("Hills")
    pictures.prepare(image)
    before = pictures.picture(image).url
    image.focal_point_x, image.focal_point_y = 10, 10
    image.focal_point_width = image.focal_point_height = 20
    image.save()
    fresh = type(image).objects.get(pk=image.pk)
    pictures.prepare(fresh)

    assert pictures.picture(fresh).url != before


def test_a_list_of_stories_looks_up_its_pictures_at_once(client, page_tree, images):
    make_region("Khavar", parent=page_tree.region)
    story_with(page_tree, images[:1], "one")
    few = len(queries(client, "/regions/middle-east/"))
    for number, image in enumerate(images):
        story_with(page_tree, [image], f"more-{number}")

    assert len(queries(client, "/regions/middle-east/")) == few


def test_a_story_with_pictures_stays_within_its_queries(client, page_tree, images):
    story_with(page_tree, images, "four")

    assert len(queries(client, "/news/four/")) <= 8
