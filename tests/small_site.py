"""One of everything that readers can meet, and the addresses where they meet it."""

from datetime import date
from types import SimpleNamespace

from factories import make_campaign, make_person, make_region, make_story, make_topic, site_in_small
from pictures import draw, saved


def small_site() -> SimpleNamespace:
    """The pages of `site_in_small`, and `.paths`: name of a page: its path. To be planted (kept_rows.py)."""
    from wagtail.models import Page

    from home import pictures
    from home.models import OrganisationSettings
    from news.models import Correction, StoryAuthor
    from news.search.indexing import index_now

    site = site_in_small()
    organisation = OrganisationSettings.load()
    organisation.name = "Dateline"
    organisation.mission = "News with its source, and a way to help."
    organisation.press_email = "press@dateline.example"
    organisation.note_label = "ICC Note"
    organisation.save()
    image = make_picture("Ridges at first light")
    pictures.prepare(image)
    site.campaign.ask_text = "Your gift keeps a family warm."
    site.campaign.image = image
    site.campaign.image_alt = "Snow on the hills"
    site.campaign.offers_annual = True
    site.campaign.purpose = "<p>Blankets and stoves.</p>"
    site.campaign.save()
    make_campaign("Closed campaign", closes_on=date(2026, 1, 31))
    country = make_region("Khavar", parent=site.region, intro="A country in the hills.")
    topic = make_topic("Water")
    full = make_story(
        "Families walk back and find the wells capped",
        slug="wells",
        region=country,
        regions=[site.region],
        topics=[topic],
        campaigns=[site.campaign],
        lead_image=image,
        lead_image_alt="Ridges at first light",
        lead_image_caption="The hills above the village.",
        source_dated_on=date(2026, 3, 12),
        note_author=make_person(),
        excerpt=[
            ("paragraph", "<p>The queue began before dawn.</p>"),
            ("cut", None),
            ("paragraph", "<p>Later.</p>"),
        ],
        body=[
            ("heading", "What we saw"),
            ("paragraph", "<p>We went there.</p><ul><li>One</li><li>Two</li></ul>"),
            ("quote", {"text": "There were no birds.", "speaker": "A farmer"}),
            ("picture", {"image": image, "caption": "Once more"}),
            ("embed", {"url": "https://video.example/1", "title": "A video of the walk"}),
        ],
    )
    full.story_authors.add(StoryAuthor(person=make_person()))
    full.corrections.add(
        Correction(
            kind="correction", dated_on=date(2026, 3, 14), text="<p>The number of wells was wrong.</p>"
        )
    )
    full.save()
    bare = make_story("A short report", slug="short", region=site.region, note="", topics=[topic])
    for day in range(1, 4):
        make_story(dated_on=date(2026, 2, day), region=country)
    index_now(Page.objects.values_list("pk", flat=True))
    site.paths = {
        "home": "/",
        "newsroom": "/news/",
        "filtered newsroom": "/news/?region=middle-east&year=2026",
        "story": full.get_url_parts()[2],
        "bare story": bare.get_url_parts()[2],
        "regions": "/regions/",
        "region": "/regions/middle-east/",
        "topic": "/topics/water/",
        "corrections": "/corrections/",
        "feeds": "/feeds/",
        "press": "/press/letter/?story=wells",
        "give": "/give/",
        "campaign": site.campaign.get_url_parts()[2],
        "closed campaign": "/give/closed-campaign/",
        "search": "/search/?q=wells",
        "nothing found": "/search/?q=zzqx",
        "thanks": "/giving/thanks/?session_id=cs_test_nobody",
        "missing": "/news/no-such-story/",
    }
    return site


def make_picture(title: str):
    from io import BytesIO

    from django.core.files.images import ImageFile

    from home.models import SafeImage

    file = BytesIO(saved(draw((500, 340)), format="JPEG"))
    return SafeImage.objects.create(title=title, file=ImageFile(file, name="ridges.jpg"), credit="Nour Halim")
