"""An empty site: the pages that every site has, the organisation's name, a first administrator."""

import getpass

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from home.models import OrganisationSettings
from news.tree import plant_tree


class Command(BaseCommand):
    help = "Plants the pages of an empty site and asks for the organisation's name and a first administrator. Safe to run again."

    def add_arguments(self, parser):
        parser.add_argument("--organisation", help="the organisation's name")
        parser.add_argument("--username", help="the first administrator's user name")
        parser.add_argument("--email", default="", help="the first administrator's e-mail address")
        parser.add_argument("--password", help="the first administrator's password; asked for when left out")

    def handle(self, **options):
        plant_tree()
        self.name_organisation(options["organisation"])
        if get_user_model().objects.filter(is_superuser=True).exists():
            self.stdout.write("There is an administrator already; nothing was changed.")
            return
        username = options["username"] or ask("User name of the first administrator", "admin")
        password = options["password"] or ask_password()
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        get_user_model().objects.create_superuser(username, options["email"], password)
        self.stdout.write(f"Administrator {username} was made.")

    def name_organisation(self, name: str | None) -> None:
        """Asks only while the name is still the product's own."""
        organisation = OrganisationSettings.load()
        unnamed = organisation.name == OrganisationSettings._meta.get_field("name").default
        if name or unnamed:
            organisation.name = (name or ask("Name of your organisation", organisation.name))[:100]
            organisation.save(update_fields=["name"])


def ask(question: str, default: str) -> str:
    return input(f"{question} [{default}]: ").strip() or default


def ask_password() -> str:
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Password again: "):
        raise CommandError("The two passwords differ. Nothing was changed; run it again.")
    return password
