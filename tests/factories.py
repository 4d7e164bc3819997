"""Plain makers of test content: fixed values, keyword overrides, nothing random."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from types import SimpleNamespace

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils.text import slugify
from wagtail.models import Page, Site

from donate.models import (
    CampaignPage,
    Checkout,
    Donor,
    Gift,
    GivePage,
    GivingSettings,
    LedgerEntry,
    Preset,
    RecurringGift,
)
from home.models import HomePage
from news.models import NewsroomPage, Person, RegionIndexPage, RegionPage, Source, StoryPage, Topic

PASSWORD = "correct horse battery staple"
A_MOMENT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
numbers = count(1)


# People -------------------------------------------------------------------------------------------


def make_user(username: str, *groups: str, **fields):
    """A member of staff whose password is PASSWORD, in the named groups."""
    user = get_user_model().objects.create_user(
        **{"username": username, "email": f"{username}@dateline.example", "password": PASSWORD} | fields
    )
    user.groups.set(Group.objects.get_or_create(name=name)[0] for name in groups)
    return user


# Pages --------------------------------------------------------------------------------------------


def add_page(parent: Page, model: type[Page], title: str, **fields) -> Page:
    """A live page below `parent`, or a draft with live=False."""
    fields.setdefault("slug", slugify(title, allow_unicode=True) or f"page-{next(numbers)}")
    if fields.get("live", True):
        fields.setdefault("first_published_at", A_MOMENT)
        fields.setdefault("last_published_at", A_MOMENT)
    page = model(title=title, **fields)
    # A fresh parent: treebeard counts children on the instance, and fixtures share theirs.
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    return page


def make_home() -> HomePage:
    """The one home page, at the root of the one site; made where migrations have not made it."""
    home = HomePage.objects.first()
    if home is None:
        root = Page.get_first_root_node()
        root.get_children().delete()
        home = add_page(Page.get_first_root_node(), HomePage, "Home", slug="home")
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": home, "site_name": "Dateline"}
    )
    return home


def only(model: type[Page], title: str, slug: str) -> Page:
    return model.objects.first() or add_page(make_home(), model, title, slug=slug)


def make_newsroom() -> NewsroomPage:
    return only(NewsroomPage, "Newsroom", "news")


def make_region_index() -> RegionIndexPage:
    return only(RegionIndexPage, "Regions", "regions")


def make_give_page() -> GivePage:
    return only(GivePage, "Give", "give")


def make_region(title: str = "Middle East", parent: Page | None = None, **fields) -> RegionPage:
    return add_page(parent or make_region_index(), RegionPage, title, **fields)


def make_campaign(title: str = "Winter relief", **fields) -> CampaignPage:
    """An open campaign with a goal of 10,000 USD and the presets 25, 50 and 100 USD, once and monthly."""
    fields = {
        "summary": "Blankets, stoves and fuel before the snow.",
        "goal_minor": 1_000_000,
        "goal_currency": "usd",
    } | fields
    campaign = add_page(make_give_page(), CampaignPage, title, **fields)
    Preset.objects.bulk_create(
        Preset(
            page=campaign,
            currency="usd",
            frequency=frequency,
            amount_minor=amount,
            meaning="Keeps a family warm",
            is_default=amount == 5000,
            sort_order=order,
        )
        for frequency in ("once", "monthly")
        for order, amount in enumerate((2500, 5000, 10000))
    )
    return campaign


def make_default_campaign(**fields) -> CampaignPage:
    """The campaign that is asked for where nothing names one."""
    campaign = make_campaign(**fields)
    GivingSettings.objects.update_or_create(defaults={"default_campaign": campaign})
    return campaign


def site_in_small() -> SimpleNamespace:
    """One page of each kind, made where it is missing, and the default campaign."""
    return SimpleNamespace(
        home=HomePage.objects.first() or make_home(),
        newsroom=make_newsroom(),
        regions=make_region_index(),
        region=RegionPage.objects.first() or make_region(),
        give=make_give_page(),
        campaign=CampaignPage.objects.first() or make_default_campaign(),
    )


# News ---------------------------------------------------------------------------------------------


def make_topic(name: str = "Displacement", **fields) -> Topic:
    return Topic.objects.get_or_create(name=name, defaults={"slug": slugify(name)} | fields)[0]


def make_source(name: str = "Harbour Wire", **fields) -> Source:
    defaults = {"slug": slugify(name), "url": "https://harbourwire.example/"} | fields
    return Source.objects.get_or_create(name=name, defaults=defaults)[0]


def make_person(name: str = "Nadia Karam", **fields) -> Person:
    return Person.objects.get_or_create(name=name, defaults={"role": "Middle East desk"} | fields)[0]


def make_story(title: str = "", region: RegionPage | None = None, **fields) -> StoryPage:
    """A published story of 12 March 2026; `topics`, `regions` and `campaigns` are lists."""
    topics, regions, campaigns = (fields.pop(name, []) for name in ("topics", "regions", "campaigns"))
    number = next(numbers)
    title = title or f"Families wait at the crossing, day {number}"
    fields = {
        "slug": f"{slugify(title) or 'story'}-{number}",
        "summary": "Trucks stand in line while the papers are argued over.",
        "dated_on": date(2026, 3, 12),
        "note": "<p>We spoke with two families at the crossing.</p>",
        "place": "Tell Amara, Syria",
        "full_story_url": f"https://harbourwire.example/2026/03/12/{number}",
        "excerpt": [("paragraph", f"<p>The queue began before dawn on day {number}.</p>")],
    } | fields
    fields["region"] = region or RegionPage.objects.first() or make_region()
    fields.setdefault("source", make_source())
    story = add_page(make_newsroom(), StoryPage, title, **fields)
    if topics:
        story.topics.set(topics)
    for order, region in enumerate(regions):
        story.story_regions.create(region=region, sort_order=order)
    for order, campaign in enumerate(campaigns):
        story.story_campaigns.create(campaign=campaign, sort_order=order)
    if topics or regions or campaigns:
        story.save()  # what follows a save sees them too
    return story


# Gifts (rows as the ledger would have left them; tests of the ledger itself go through the sandbox) -----


def make_donor(email: str = "ada@donor.example", **fields) -> Donor:
    return Donor.objects.create(**{"email": email, "name": "Ada Donor", "livemode": False} | fields)


def make_checkout(campaign: CampaignPage | None = None, **fields) -> Checkout:
    number = next(numbers)
    fields = {
        "frequency": "once",
        "currency": "usd",
        "amount_minor": 5000,
        "livemode": False,
        "attempt": f"attempt-{number}",
        "content_digest": "0" * 64,
        "idempotency_key": f"checkout-test-{number}",
        "expires_at": A_MOMENT + timedelta(hours=24),
    } | fields
    return Checkout.objects.create(campaign=campaign or make_campaign(), **fields)


def make_gift(campaign: CampaignPage | None = None, donor: Donor | None = None, **fields) -> Gift:
    """A gift of 50 USD that has arrived, with its received and fee lines; `lines=False` leaves them out."""
    number, with_lines = next(numbers), fields.pop("lines", True)
    fields = {
        "frequency": "once",
        "currency": "usd",
        "amount_minor": 5000,
        "livemode": False,
        "created_at": A_MOMENT,
        "received_at": A_MOMENT,
        "stripe_payment_intent_id": f"pi_test_{number}",
        "stripe_charge_id": f"ch_test_{number}",
    } | fields
    gift = Gift.objects.create(
        campaign=campaign or CampaignPage.objects.first() or make_campaign(),
        donor=donor or Donor.objects.first() or make_donor(),
        **fields,
    )
    if with_lines:
        add_line(gift, "received", gift.amount_minor, gift.stripe_charge_id)
        add_line(gift, "fee", -round(gift.amount_minor * 0.029 + 30), f"txn_test_{number}")
    return gift


def add_line(gift: Gift, kind: str, amount_minor: int, stripe_id: str | None = None, **fields) -> LedgerEntry:
    """One signed line, settled in the gift's own currency."""
    fields = {
        "currency": gift.currency,
        "settled_minor": amount_minor,
        "settled_currency": gift.currency,
        "at": gift.received_at or A_MOMENT,
    } | fields
    return LedgerEntry.objects.create(
        gift=gift, kind=kind, amount_minor=amount_minor, stripe_id=stripe_id, **fields
    )


def make_recurring_gift(
    campaign: CampaignPage | None = None, donor: Donor | None = None, **fields
) -> RecurringGift:
    fields = {
        "frequency": "monthly",
        "currency": "usd",
        "amount_minor": 2000,
        "livemode": False,
        "status": "active",
        "started_at": A_MOMENT,
        "as_of": A_MOMENT,
        "stripe_subscription_id": f"sub_test_{next(numbers)}",
    } | fields
    return RecurringGift.objects.create(
        campaign=campaign or CampaignPage.objects.first() or make_campaign(),
        donor=donor or Donor.objects.first() or make_donor(),
        **fields,
    )


def site_url(path: str = "/") -> str:
    return settings.SITE_URL + path
