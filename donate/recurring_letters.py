"""Mails about a recurring gift: a payment that failed, a notice before the yearly one, the end."""

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from donate import card_links
from donate.letters import Letter, page, sentences
from donate.messages import says
from donate.models import Message, RecurringGift
from donate.models.choices import Frequency
from donate.papers import amount, day


def reader(recurring: RecurringGift) -> str | None:
    return None if recurring.donor.erased_at else recurring.donor.email


def rows(recurring: RecurringGift) -> tuple[tuple[str, str, bool], ...]:
    monthly = recurring.frequency == Frequency.MONTHLY
    each = _("%(campaign)s, each month") if monthly else _("%(campaign)s, every year")
    text = each % {"campaign": recurring.campaign.title}
    return ((text, amount(recurring.amount_minor, recurring.currency), False),)


def card_button(recurring: RecurringGift) -> tuple[str, str]:
    return _("Change the card"), card_links.link(recurring)


def paid_with(recurring: RecurringGift) -> tuple[str, ...]:
    return sentences(recurring.paid_with and _("Paid with %(card)s") % {"card": recurring.paid_with})


def is_late(recurring: RecurringGift) -> bool:
    """Still: a mail about a failure that was mended meanwhile is not sent."""
    return recurring.status == RecurringGift.Status.PAST_DUE


@says("renewal_failed_first")
def failed_first(message: Message) -> EmailMessage | None:
    recurring = message.recurring_gift
    if not reader(recurring) or not is_late(recurring):
        return None
    return Letter(
        subject=_("Your gift could not be taken"),
        heading=_("Your gift could not be taken"),
        paragraphs=(
            _("Your bank refused the payment. That is often a card that has run out or was replaced."),
            _(
                "We try again in a few days. If you have a new card, you can give it now; nothing else changes."
            ),
        ),
        rows=rows(recurring),
        lines=paid_with(recurring),
        button=card_button(recurring),
    ).to(reader(recurring))


@says("renewal_failed_last")
def failed_last(message: Message) -> EmailMessage | None:
    recurring = message.recurring_gift
    if not reader(recurring) or not is_late(recurring):
        return None
    return Letter(
        subject=_("One more try for your regular gift"),
        heading=_("We try once more"),
        paragraphs=(
            _(
                "Your bank has refused your gift again. We try one last time in a few days; after that it ends."
            ),
            _("With another card it goes on as before."),
        ),
        rows=rows(recurring),
        lines=paid_with(recurring),
        button=card_button(recurring),
    ).to(reader(recurring))


@says("renewal_failed_end")
def failed_end(message: Message) -> EmailMessage | None:
    """The last try failed. While the instruction stands, a new card revives it; after that a new one is needed."""
    recurring = message.recurring_gift
    if not reader(recurring) or recurring.status == RecurringGift.Status.ACTIVE:
        return None
    ended = recurring.status == RecurringGift.Status.ENDED
    again = (_("Begin again"), recurring.campaign.full_url or page("/give/"))
    return Letter(
        subject=_("Your regular gift has stopped"),
        heading=_("Your regular gift has stopped"),
        paragraphs=(
            _(
                "Your bank refused every try, so we have stopped asking it. Thank you for all that you gave until now."
            ),
            _("If you would like to go on, it takes two minutes."),
        ),
        rows=rows(recurring),
        button=again if ended else card_button(recurring),
    ).to(reader(recurring))


@says("renewal_authenticate")
def authenticate(message: Message) -> EmailMessage | None:
    recurring = message.recurring_gift
    if not reader(recurring) or not is_late(recurring):
        return None
    return Letter(
        subject=_("Your bank asks you to confirm your gift"),
        heading=_("Your bank asks you"),
        paragraphs=(
            _("Before it sends your regular gift, your bank wants you to confirm it. The link leads there."),
            _("If you would rather use another card, you can do that in the same place."),
        ),
        rows=rows(recurring),
        lines=paid_with(recurring),
        button=(_("Confirm the gift"), card_links.link(recurring)),
    ).to(reader(recurring))


@says("renewal_notice")
def notice(message: Message) -> EmailMessage | None:
    """Some weeks before the yearly gift: when, how much, and how to change it."""
    recurring = message.recurring_gift
    if not reader(recurring) or recurring.status != RecurringGift.Status.ACTIVE or not recurring.next_gift_at:
        return None
    when = day(recurring.next_gift_at)
    return Letter(
        subject=_("Your yearly gift on %(day)s") % {"day": when},
        heading=_("Your yearly gift is coming"),
        paragraphs=(
            _("On %(day)s we ask your bank for the gift below, as you told us to.") % {"day": when},
            _(
                "Nothing to do if that is right. To change the amount, pause or stop, see your giving before that day."
            ),
        ),
        rows=rows(recurring),
        lines=paid_with(recurring),
        button=(_("See your giving"), page("/giving/")),
    ).to(reader(recurring))


@says("recurring_ended")
def ended(message: Message) -> EmailMessage | None:
    """The donor's wish was carried out; where a card failed, that mail has said so already."""
    recurring = message.recurring_gift
    failed = recurring.messages.filter(kind="renewal_failed_end").exists()
    if not reader(recurring) or failed:
        return None
    return Letter(
        subject=_("Your regular gift has ended"),
        heading=_("Your regular gift has ended"),
        paragraphs=(
            _("No further gift will be taken. Thank you for all that you gave."),
            _("Your receipts and statements stay where they are."),
        ),
        rows=rows(recurring),
        button=(_("See your giving"), page("/giving/")),
    ).to(reader(recurring))
