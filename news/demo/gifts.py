"""Two years of demo gifts, made the way real ones are: a checkout, the sandbox's payment page, converge, ledger.

A plan is drawn from a fixed seed; what happens is put in order of time, so that renewals, refunds, disputes and
payouts fall where they would have fallen. Nothing is mailed.
"""

import heapq
import random
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from donate import account, attempts, converge, messages
from donate.attribution import NONE, Attribution, as_fields, attribution_of
from donate.checkout import OPEN_FOR, new_key, params_of, product_id
from donate.event_gateway import events_of_gifts
from donate.models import CampaignPage, Checkout, Donor, Gift, GiftComment, GivingLink, StripeEvent
from donate.sandbox import bank, catalog, checkout, disputes, reversals, subscriptions
from donate.sandbox.objects import Sandbox
from donate.sandbox.server import Server
from news.models import RegionPage, StoryPage

ONE_OFF, MONTHLY, ANNUAL, LEFT_OPEN = 170, 26, 4, 14
REFUNDED, REFUNDED_IN_PART, DISPUTED = 4, 3, 2
DAYS = 728
WORDS = tomllib.loads((Path(__file__).parent / "givers.toml").read_text())


def may_make() -> bool:
    """Only where nothing but the sandbox can answer."""
    return settings.STRIPE_SECRET_KEY.startswith("sk_test_sandbox") and bool(settings.STRIPE_API_BASE)


def make_gifts(progress=lambda steps: steps) -> int:
    """Makes what is not there yet; gives how many gifts the books hold of the demo."""
    if not may_make() or Checkout.objects.filter(attempt__startswith="demo-").exists():
        return 0
    with sandbox() as box, messages.silence():
        story = History(box)
        story.live()
        for kind, object_id in progress(story.to_converge):
            converge.converge(kind, object_id)
        note_deliveries()
    date_rows()
    read_comments()
    return Gift.objects.filter(checkout__attempt__startswith="demo-").count()


def note_deliveries() -> None:
    """The sandbox delivered nothing meanwhile: its last event stands in the inbox, or all would be missed (donate/silence.py)."""
    last = events_of_gifts(timezone.now() - timedelta(days=DAYS))[-1]
    facts = {"type": "demo", "livemode": False, "created_at": last.at, "processed_at": timezone.now()}
    StripeEvent.objects.get_or_create(event_id=last.event_id, defaults=facts)


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """The sandbox's own file, served on a port of our own while we need it; its webhooks are not disturbed."""
    base = settings.STRIPE_API_BASE
    box = Sandbox(settings.DATA_DIR / "sandbox.sqlite3", base_url=base, quiet=True)
    with Server(box) as server:
        settings.STRIPE_API_BASE = server.url
        try:
            yield box
        finally:
            settings.STRIPE_API_BASE = base


@dataclass
class History:
    """What happened, in order: each happening may bring about later ones."""

    box: Sandbox
    dice: random.Random = field(default_factory=lambda: random.Random(1921))  # noqa: S311 - a plan, not a secret
    coming: list = field(default_factory=list)
    to_converge: list = field(default_factory=list)
    number: int = 0
    disputed: bool = False

    def __post_init__(self):
        self.now = timezone.now()
        self.campaigns = list(CampaignPage.objects.live().prefetch_related("presets", "designation"))
        self.stories = list(StoryPage.objects.live().order_by("dated_on"))
        self.regions = list(RegionPage.objects.live())
        self.links = [make_link(row) for row in WORDS["links"]]

    def live(self) -> None:
        for happening in self.plan():
            day = DAYS * (1 - self.dice.random() ** 0.7)  # more and more, as the site grew
            self.at(self.now - timedelta(days=day, hours=3), happening)
        for months in range(23, 0, -1):
            self.at(self.now - timedelta(days=months * 30 - 2), self.pay_out)
        with self.box.store.transaction():
            while self.coming:
                moment, _number, happening = heapq.heappop(self.coming)
                with self.box.at(moment):
                    happening(moment)

    def plan(self) -> list[Callable[[datetime], None]]:
        after = [self.refund] * REFUNDED + [self.refund_part] * REFUNDED_IN_PART + [self.dispute] * DISPUTED
        once = [
            lambda moment, then=then: self.give(moment, "once", then=then)
            for then in after + [None] * (ONE_OFF - len(after))
        ]
        monthly = [lambda moment: self.give(moment, "monthly")] * MONTHLY
        annual = [lambda moment: self.give(moment, "annual")] * ANNUAL
        unpaid = [lambda moment: self.give(moment, "once", pays=False)] * LEFT_OPEN
        return once + monthly + annual + unpaid

    def at(self, moment: datetime, happening: Callable[[datetime], None]) -> None:
        self.number += 1
        if moment < self.now:
            heapq.heappush(self.coming, (moment, self.number, happening))

    # Happenings

    def give(self, moment: datetime, frequency: str, pays: bool = True, then=None) -> None:
        campaign, source = self.choose(moment, frequency)
        row = self.begin(moment, campaign, source, frequency)
        if not self.box.store.get(product_id(campaign)):
            catalog.create_product(self.box, {"id": product_id(campaign), "name": campaign.title})
        session = checkout.create(self.box, params_of(row))
        Checkout.objects.filter(pk=row.pk).update(
            stripe_checkout_session_id=session["id"], payment_url=session["url"]
        )
        self.to_converge.append(("session", session["id"]))
        if not pays:
            self.at(moment + OPEN_FOR, lambda later: checkout.expire(self.box, session["id"]))
            return
        card = "5555555555554444" if self.dice.random() < 0.3 else "4242424242424242"
        if frequency != "once" and self.dice.random() < 0.12:
            card = "4000000000000341"
        checkout.pay(self.box, session["id"], card, row.email, row.name)
        session = self.box.get("checkout.session", session["id"])
        if then:
            planned = moment + timedelta(days=self.dice.randint(2, 20))
            self.at(min(planned, self.now - timedelta(minutes=1)), lambda later: then(session, later))
        if session["subscription"]:
            self.stand(session["subscription"])

    def begin(
        self, moment: datetime, campaign: CampaignPage, source: Attribution, frequency: str
    ) -> Checkout:
        currency, amount = self.amount(campaign, frequency)
        name = self.dice.choice(WORDS["names"])
        speaks, honours = self.dice.random() < 0.14, self.dice.random() < 0.05
        number = Checkout.objects.filter(attempt__startswith="demo-").count()
        return Checkout.objects.create(
            livemode=account.is_live(),
            campaign=campaign,
            frequency=frequency,
            currency=currency,
            amount_minor=amount,
            designation=campaign.designation.name if campaign.designation else "",
            name=name,
            email=f"giver{WORDS['names'].index(name):03}@post.example",
            show_name=speaks,
            comment=self.dice.choice(WORDS["comments"]) if speaks else "",
            dedication="memory" if honours else "none",
            honoree=self.dice.choice(WORDS["honourees"]) if honours else "",
            attempt=f"demo-{number:04}-{attempts.make()[-20:]}",
            content_digest="",
            idempotency_key=new_key(),
            expires_at=moment + OPEN_FOR,
            **as_fields(source),
        )

    def choose(self, moment: datetime, frequency: str) -> tuple[CampaignPage, Attribution]:
        """The campaign, and the place on the site that led to it."""
        open_then = [one for one in self.campaigns if not one.closes_on or one.closes_on >= moment.date()]
        told = [story for story in self.stories if story.dated_on <= moment.date()]
        way = self.dice.random()
        if way < 0.08:
            link = self.dice.choice(self.links)
            return link.campaign, Attribution(placement="link", label=link.label)
        if way < 0.2 or not told:
            return self.dice.choice(open_then), NONE
        if way < 0.28:
            region = self.dice.choice(self.regions)
            return region.giving_campaign or open_then[0], attribution_of(region, "region")
        story = told[-1 - min(len(told) - 1, int(self.dice.expovariate(0.2)))]
        placement = "story" if way < 0.9 else "masthead"
        campaign = story.giving_campaign or open_then[0]
        return campaign, attribution_of(story, placement)

    def amount(self, campaign: CampaignPage, frequency: str) -> tuple[str, int]:
        """One of the suggestions, now and then an amount of one's own."""
        offered = [row for row in campaign.presets.all() if row.frequency == frequency]
        if not offered:
            return campaign.presets.all()[0].currency, 2000
        row = self.dice.choice(offered)
        own = self.dice.choice((0, 0, 0, 500, 1300, 3500)) if frequency == "once" else 0
        return row.currency, row.amount_minor + own

    def stand(self, subscription_id: str) -> None:
        """A standing gift renews until it is stopped, or to this day."""
        subscription = self.box.get("subscription", subscription_id)
        if subscription["status"] in subscriptions.ENDED:
            return
        due = datetime.fromtimestamp(
            subscription["items"]["data"][0]["current_period_end"], tz=timezone.get_current_timezone()
        )
        stops = self.dice.random() < 0.04
        self.at(due, lambda moment: self.end(subscription_id) if stops else self.renew(subscription_id))

    def renew(self, subscription_id: str) -> None:
        renewed = subscriptions.renew(self.box, subscription_id)
        self.to_converge.append(("invoice", renewed["id"]))
        self.after_try(renewed["id"], subscription_id)

    def after_try(self, invoice_id: str, subscription_id: str) -> None:
        invoice = self.box.get("invoice", invoice_id)
        if invoice["status"] == "open" and invoice["next_payment_attempt"]:
            when = datetime.fromtimestamp(invoice["next_payment_attempt"], tz=timezone.get_current_timezone())
            self.at(when, lambda moment: self.try_again(invoice_id, subscription_id))
        elif invoice["status"] == "paid":
            self.stand(subscription_id)

    def try_again(self, invoice_id: str, subscription_id: str) -> None:
        subscriptions.retry(self.box, invoice_id)
        self.after_try(invoice_id, subscription_id)

    def end(self, subscription_id: str) -> None:
        subscriptions.cancel(self.box, subscription_id, {})
        self.to_converge.append(("subscription", subscription_id))

    def refund(self, session: dict, moment: datetime, part: int = 1) -> None:
        intent = self.box.get("payment_intent", session["payment_intent"])
        amount = intent["amount"] // part
        reversals.refund(
            self.box,
            {"charge": intent["latest_charge"], "reason": "requested_by_customer", "amount": amount},
        )

    def refund_part(self, session: dict, moment: datetime) -> None:
        self.refund(session, moment, part=2)

    def dispute(self, session: dict, moment: datetime) -> None:
        """The first is lost after six weeks, the next one is won; until then they wait for an answer."""
        intent = self.box.get("payment_intent", session["payment_intent"])
        opened = disputes.open_dispute(self.box, intent["latest_charge"])
        won, self.disputed = self.disputed, True
        self.at(moment + timedelta(days=42), lambda later: disputes.close(self.box, opened["id"], won))

    def pay_out(self, moment: datetime) -> None:
        for currency in settings.CURRENCIES:
            if sum(entry["net"] for entry in bank.unpaid_out(self.box, currency)) > 0:
                bank.make_payout(self.box, currency)


def make_link(row: dict) -> GivingLink:
    campaign = CampaignPage.objects.get(slug=row["campaign"])
    return GivingLink.objects.get_or_create(
        label=row["label"], defaults={"description": row["description"], "campaign": campaign}
    )[0]


def date_rows() -> None:
    """Rows that say when they were written say when they would have been."""
    for row in Checkout.objects.filter(attempt__startswith="demo-"):
        Checkout.objects.filter(pk=row.pk).update(created_at=row.expires_at - OPEN_FOR)
    for donor in Donor.objects.filter(email__endswith="@post.example"):
        first = donor.gifts.order_by("created_at").first()
        if first:
            Donor.objects.filter(pk=donor.pk).update(created_at=first.created_at)


def read_comments() -> None:
    """Staff have read all but the newest three."""
    waiting = GiftComment.objects.filter(gift__checkout__attempt__startswith="demo-", approved_at=None)
    for comment in waiting.order_by("-gift__created_at")[3:]:
        morning = datetime.combine(comment.gift.created_at.date() + timedelta(days=1), time(9))
        comment.approved_at = timezone.make_aware(morning)
        comment.save(update_fields=["approved_at"])
