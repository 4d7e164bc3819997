from donate.models.campaigns import CampaignLimit, CampaignPage, Designation, GivePage, GivingSettings, Preset
from donate.models.checkouts import Checkout
from donate.models.closings import ClosedMonth
from donate.models.disputes import Dispute
from donate.models.donors import Donor
from donate.models.gifts import Gift, LedgerEntry, Receipt, ReceiptSeries, RecurringGift
from donate.models.inbox import StripeEvent
from donate.models.links import FormVisit, GivingLink
from donate.models.messages import GiftComment, Message
from donate.models.signin import SignIn

__all__ = [
    "CampaignLimit",
    "CampaignPage",
    "Checkout",
    "ClosedMonth",
    "Designation",
    "Dispute",
    "Donor",
    "FormVisit",
    "Gift",
    "GiftComment",
    "GivePage",
    "GivingLink",
    "GivingSettings",
    "LedgerEntry",
    "Message",
    "Preset",
    "Receipt",
    "ReceiptSeries",
    "RecurringGift",
    "SignIn",
    "StripeEvent",
]
