"""What the mails say, by kind of message."""

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from donate import money
from donate.messages import says
from donate.models import Message
from home.models import OrganisationSettings


@says("receipt")
def receipt(message: Message) -> EmailMessage | None:
    gift = message.gift
    if not gift.donor.email:
        return None
    organisation = OrganisationSettings.load()
    amount = money.display(gift.amount_minor, gift.currency)
    subject = _("Your gift of %(amount)s to %(organisation)s") % {
        "amount": amount,
        "organisation": organisation.name,
    }
    body = _("Thank you. Your receipt has the number %(number)s.") % {"number": gift.receipt.number}
    return EmailMessage(subject, body, to=[gift.donor.email])
