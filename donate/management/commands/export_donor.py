import json

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder

from donate import account, donors, portrait


class Command(BaseCommand):
    help = "All that is kept about one donor, as JSON."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, email: str, **options):
        found = portrait.of(email, account.is_live())
        if not donors.known(email, account.is_live()) and not found["checkouts"]:
            raise CommandError("Nothing is kept about this address.")
        self.stdout.write(json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
