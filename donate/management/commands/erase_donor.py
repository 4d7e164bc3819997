from django.core.management.base import BaseCommand, CommandError

from donate import erasure, gateway


class Command(BaseCommand):
    help = "Removes what is personal about one donor, at Stripe and here; the books keep their sums. Cannot be undone."

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, email: str, **options):
        try:
            count = erasure.erase(email)
        except gateway.GatewayError as error:
            raise CommandError(
                f"Stripe could not be told ({error}); nothing was erased. Try again."
            ) from None
        self.stdout.write(f"donors erased: {count}")
