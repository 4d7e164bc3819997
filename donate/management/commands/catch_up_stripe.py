from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from donate import account
from donate.catch_up import catch_up
from donate.gateway import GatewayError


class Command(BaseCommand):
    help = "Asks Stripe what happened and brings the ledger to it."

    def add_arguments(self, parser):
        parser.add_argument("--since", help="ISO date or moment; left out, everything is compared")

    def handle(self, *args, since=None, **options):
        if not account.takes_gifts():
            raise CommandError("STRIPE_SECRET_KEY is not set.")
        try:
            outcome = catch_up(moment(since), self.stdout.write)
        except GatewayError as error:
            raise CommandError(f"Stripe could not be asked: {error}") from None
        for text in outcome.failed:
            self.stderr.write(text)
        self.stdout.write(f"changed: {outcome.changed}")
        if outcome.failed:
            raise CommandError(f"{len(outcome.failed)} differences are left.")


def moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        day = parse_date(text)
        found = parse_datetime(text) if day is None else datetime(day.year, day.month, day.day)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(f"--since is not an ISO date: {text}")
    return found if found.tzinfo else timezone.make_aware(found)
