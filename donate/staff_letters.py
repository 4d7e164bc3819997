"""Mails to those who raise funds."""

from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from donate.letters import Letter, page, sentences
from donate.messages import says
from donate.models import Dispute, GivingSettings, Message
from donate.papers import amount, day
from donate.receipt_paper import reference

FUNDRAISERS = "Fundraisers"


def fundraisers() -> list[str]:
    """Their addresses; where the group is empty, the contact about gifts."""
    people = get_user_model().objects.filter(groups__name=FUNDRAISERS, is_active=True).exclude(email="")
    found = sorted(set(people.values_list("email", flat=True)))
    contact = GivingSettings.load().gifts_email
    return found or ([contact] if contact else [])


@says("dispute")
def dispute(message: Message) -> EmailMessage | None:
    """At once, with the day by which an answer is due. The key is Stripe's id and the status that is told."""
    stripe_id, _sep, status = message.key.rpartition(":")
    found = Dispute.objects.filter(stripe_dispute_id=stripe_id).select_related("gift__campaign").first()
    people = fundraisers()
    if found is None or not people:
        return None
    titles = {
        Dispute.Status.OPEN: _("A gift is disputed"),
        Dispute.Status.INQUIRY: _("A bank asks about a gift"),
        Dispute.Status.WON: _("A dispute is won"),
        Dispute.Status.LOST: _("A dispute is lost"),
        Dispute.Status.CLOSED: _("A bank's question is closed"),
    }
    title = str(titles.get(status, titles[Dispute.Status.OPEN]))
    waits = status in (Dispute.Status.OPEN, Dispute.Status.INQUIRY) and found.due_at
    return Letter(
        subject=f"{title}: {amount(found.amount_minor, found.currency)}",
        heading=title,
        paragraphs=sentences(
            waits
            and _("Stripe wants an answer by %(day)s. Without one the money is lost.")
            % {"day": day(found.due_at)},
            _("Answer in Stripe's dashboard: there the donor's bank says what it wants to see."),
        ),
        rows=((found.gift.campaign.title, amount(found.amount_minor, found.currency), False),),
        lines=sentences(
            found.reason and _("Reason: %(reason)s") % {"reason": found.reason.replace("_", " ")},
            _("Our reference: %(reference)s") % {"reference": reference(found.gift)},
            _("Stripe's id: %(id)s") % {"id": found.stripe_dispute_id},
        ),
        button=(_("Open the admin"), page("/admin/")),
    ).to(*people)


@says("under_attack")
def under_attack(message: Message) -> EmailMessage | None:
    """Many checkouts are refused; nobody has to do anything, but somebody should look."""
    people = fundraisers()
    if not people:
        return None
    return Letter(
        subject=_("Giving is under attack"),
        heading=_("Giving is under attack"),
        paragraphs=sentences(
            _("Many gifts were begun and refused within minutes, as when stolen cards are tried."),
            _(
                "The form asks for more patience now and lets each address begin fewer gifts. It ends by itself."
            ),
            _("Look at the latest payments in Stripe's dashboard, and refund what is not a gift."),
        ),
    ).to(*people)


@says("books_wrong")
def books_wrong(message: Message) -> EmailMessage | None:
    """The night's checks found something. The key is where, the day, and how many."""
    people = fundraisers()
    if not people:
        return None
    where, _day, count = message.key.split(":")
    found = {
        "stripe": _("Differences between our books and Stripe that could not be mended: %(count)s."),
        "ledger": _("Faults in the ledger: %(count)s."),
    }
    return Letter(
        subject=_("The books need a look"),
        heading=_("The books need a look"),
        paragraphs=(
            found[where] % {"count": count},
            _(
                "Nothing is changed by itself. Reconciliation names the differences; check_ledger names the faults."
            ),
        ),
        button=(_("Open the reconciliation"), page("/admin/giving/reconciliation/")),
    ).to(*people)
