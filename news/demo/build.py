"""Writes the demo's words into the site. What is already there, and whatever a person has changed, stays as it is."""

import tomllib
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.files.images import ImageFile
from django.utils import timezone
from django.utils.text import slugify

from donate.models import CampaignPage, Designation, GivePage, GivingSettings, Preset
from home.models import HomePage, OrganisationSettings, SafeImage, StandardPage
from news.demo.pictures import draw
from news.models import (
    Correction,
    NewsroomPage,
    Person,
    RegionIndexPage,
    RegionPage,
    RelatedStory,
    Source,
    StoryAuthor,
    StoryCampaign,
    StoryPage,
    StoryRegion,
    Topic,
)
from news.tree import add_below, plant_tree

FOLDER = Path(__file__).parent
BLOCKS = {
    "paragraph": lambda text: text,
    "heading": lambda text: text,
    "quote": lambda text, speaker: {"text": text, "speaker": speaker},
    "picture": lambda kind, alt, caption: {
        "image": {"image": picture(kind, caption).pk, "alt_text": alt, "decorative": False},
        "caption": caption,
    },
    "embed": lambda url, title: {"url": url, "title": title},
}


@cache
def catalog() -> dict:
    return tomllib.loads((FOLDER / "catalog.toml").read_text())


def stories() -> list[dict]:
    """Oldest first, so that related ones find each other."""
    found = []
    for file in sorted((FOLDER / "stories").glob("*.toml")):
        found += tomllib.loads(file.read_text())["stories"]
    return sorted(found, key=lambda story: -story["days_ago"])


def build(progress=lambda steps: steps) -> None:
    """The whole demo; `progress` wraps the list of stories, for a bar."""
    plant_tree()
    make_terms()
    make_campaigns()
    make_regions()
    make_standing_pages()
    make_settings()
    for words in progress(stories()):
        make_story(words)
    link_related()


def make_terms() -> None:
    for model, rows in ((Topic, "topics"), (Source, "sources"), (Person, "people")):
        for row in catalog()[rows]:
            extra = {"slug": slugify(row["name"])} if model is not Person else {}
            model.objects.get_or_create(name=row["name"], defaults=extra | row)


def make_regions() -> None:
    index = RegionIndexPage.objects.get()
    for row in catalog()["regions"]:
        parent_path, _, slug = row["path"].rpartition("/")
        parent = region(parent_path) if parent_path else index
        if parent.get_children().filter(slug=slug).exists():
            continue
        campaign = CampaignPage.objects.filter(slug=row.get("campaign")).first()
        add_below(
            parent,
            RegionPage(
                title=row["title"],
                slug=slug,
                intro=row["intro"],
                also_known_as=row.get("also_known_as", ""),
                campaign=campaign,
            ),
        )


def region(path: str) -> RegionPage:
    return RegionPage.objects.get(url_path__endswith=f"/regions/{path}/")


def make_campaigns() -> None:
    today = timezone.localdate()
    for row in catalog()["campaigns"]:
        if CampaignPage.objects.filter(slug=row["slug"]).exists():
            continue
        fields = ("title", "slug", "place", "summary", "purpose", "ask_heading", "ask_text", "thank_you")
        fields += ("statement_suffix", "offers_annual", "offers_fee_cover")
        campaign = CampaignPage(**{name: row[name] for name in fields if name in row})
        campaign.designation = Designation.objects.get_or_create(name=row["designation"])[0]
        if "goal" in row:
            whole, campaign.goal_currency = row["goal"]
            campaign.goal_minor = whole * 100
        if "closes_in" in row:
            campaign.closes_on = today + timedelta(days=row["closes_in"])
        if "closed_ago" in row:
            campaign.closes_on = today - timedelta(days=row["closed_ago"])
        campaign.image = picture("hills" if "goal" in row else "town", row["title"])
        campaign.presets = list(presets(row["presets"]))
        add_below(GivePage.objects.get(), campaign)


def presets(by_currency: dict) -> Iterable[Preset]:
    """The second amount of each list is chosen first."""
    order = 0
    for currency, by_frequency in by_currency.items():
        for frequency, amounts in by_frequency.items():
            for number, (whole, meaning) in enumerate(amounts):
                yield Preset(
                    currency=currency,
                    frequency=frequency,
                    amount_minor=whole * 100,
                    meaning=meaning,
                    is_default=number == 1 or len(amounts) == 1,
                    sort_order=order,
                )
                order += 1


def make_standing_pages() -> None:
    home = HomePage.objects.get()
    for row in catalog()["pages"]:
        page = StandardPage.objects.filter(slug=row["slug"]).first()
        if page is None:
            add_below(
                home, StandardPage(**{name: row[name] for name in ("slug", "title", "summary", "body")})
            )
        elif not page.body:
            for name in ("title", "summary", "body"):
                setattr(page, name, row[name])
            page.save()


def make_settings() -> None:
    """Fills what nobody has filled."""
    words = catalog()["organisation"]
    home = HomePage.objects.get()
    if not home.method:
        home.method = words["method"]
        home.save()
    for model, name in ((NewsroomPage, "newsroom_intro"), (RegionIndexPage, "regions_intro")):
        model.objects.filter(intro="").update(intro=words[name])
    organisation, giving = OrganisationSettings.load(), GivingSettings.load()
    if not organisation.mission:
        for name in ("name", "legal_name", "registration_number", "address", "mission", "tax_sentence"):
            setattr(organisation, name, words[name])
        organisation.note_label, organisation.press_email = words["note_label"], words["press_email"]
        for row in catalog()["pages"]:
            if hasattr(organisation, row["setting"]):
                setattr(organisation, row["setting"], StandardPage.objects.filter(slug=row["slug"]).first())
        organisation.save()
    if not giving.default_campaign_id:
        default = next(row["slug"] for row in catalog()["campaigns"] if row.get("default"))
        giving.default_campaign = CampaignPage.objects.get(slug=default)
        giving.gifts_email, giving.other_ways = words["gifts_email"], words["other_ways"]
        giving.statement_name = words["statement_name"]
        giving.donor_terms_page = StandardPage.objects.filter(slug="donor-terms").first()
        giving.save()


def make_story(words: dict) -> None:
    slug = slug_of(words)
    if StoryPage.objects.filter(slug=slug).exists():
        return
    day = timezone.localdate() - timedelta(days=words["days_ago"])
    story = StoryPage(title=words["title"], slug=slug, dated_on=day, region=region(words["region"]))
    for name in ("summary", "note", "place", "original_language", "no_ask"):
        if name in words:
            setattr(story, name, words[name])
    add_source(story, words, slug)
    add_picture(story, words)
    story.excerpt = [
        ("cut", None) if text == "..." else ("paragraph", f"<p>{emphasised(text)}</p>")
        for text in words.get("excerpt", [])
    ]
    story.body = [(kind, block(kind, values)) for kind, *values in words.get("body", [])]
    add_relations(story, words, day)
    if "waits_for" in words:
        add_waiting(story, words["waits_for"])
        return
    moment = timezone.now() - timedelta(days=words["days_ago"], hours=2)
    story.first_published_at = story.last_published_at = moment
    add_below(NewsroomPage.objects.get(), story)


def add_waiting(story: StoryPage, what: str) -> None:
    """A draft for the editors' first page: it waits for its "time" or for "review"."""
    story.live, story.has_unpublished_changes = False, True
    if what == "time":
        story.go_live_at = timezone.now() + timedelta(days=2)
    add_below(NewsroomPage.objects.get(), story)
    story.save_revision(approved_go_live_at=story.go_live_at)
    if what == "review":
        story.get_workflow().start(story, get_user_model().objects.filter(username="editor").first())


def add_source(story: StoryPage, words: dict, slug: str) -> None:
    if "source" not in words:
        return
    story.source = Source.objects.get(name=words["source"])
    story.source_dated_on = story.dated_on
    story.full_story_url = f"{story.source.url}{story.dated_on:%Y/%m}/{slug[:60]}"


def add_picture(story: StoryPage, words: dict) -> None:
    if "picture" in words:
        story.lead_image = picture(words["picture"], words["title"])
        story.lead_image_alt = words["picture_alt"]
        story.lead_image_caption = words.get("picture_caption", "")


def add_relations(story: StoryPage, words: dict, day) -> None:
    story.topics = Topic.objects.filter(name__in=words["topics"])
    story.story_regions = [StoryRegion(region=region(path)) for path in words.get("regions", [])]
    story.story_campaigns = [
        StoryCampaign(campaign=CampaignPage.objects.get(slug=slug), sort_order=order)
        for order, slug in enumerate(words.get("campaigns", []))
    ]
    author = Person.objects.get(name=words["author"])
    if "excerpt" in words:
        story.note_author = author
    else:
        story.story_authors = [StoryAuthor(person=author)]
    story.corrections = [
        Correction(kind=kind, dated_on=day + timedelta(days=1), text=f"<p>{text}</p>", sort_order=order)
        for order, (kind, text) in enumerate(words.get("corrections", []))
    ]


def link_related() -> None:
    for words in stories():
        for order, slug in enumerate(words.get("related", [])):
            story, other = (StoryPage.objects.filter(slug=one).first() for one in (slug_of(words), slug))
            if story and other:
                RelatedStory.objects.get_or_create(page=story, story=other, defaults={"sort_order": order})


def slug_of(words: dict) -> str:
    return words.get("slug") or slugify(words["title"])


def block(kind: str, values: list):
    made = BLOCKS[kind](*values)
    return (
        made
        if not isinstance(made, dict)
        else StoryPage.body.field.stream_block.child_blocks[kind].to_python(made)
    )


def emphasised(text: str) -> str:
    """`*ship*` in the data is italic on the page."""
    parts = text.split("*")
    return "".join(f"<i>{part}</i>" if number % 2 else part for number, part in enumerate(parts))


def picture(kind: str, words: str) -> SafeImage:
    found = SafeImage.objects.filter(title=words[:255], credit="drawn for this site").first()
    if found:
        return found
    image = SafeImage(title=words[:255], credit="drawn for this site")
    image.file = ImageFile(BytesIO(draw(kind, words)), name=f"{slugify(words)[:40]}.jpg")
    image.save()
    return image
