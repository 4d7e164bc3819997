from django.core.management.base import BaseCommand, CommandError

from home.models import User
from home.secondstep.devices import forget


class Command(BaseCommand):
    help = "Takes the authenticator and the recovery codes away from somebody who has lost them."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, username, **options):
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account named {username}.")
        found = forget(user)
        self.stdout.write(f"{found} taken away." if found else "There was nothing to take away.")
