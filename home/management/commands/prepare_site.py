import os

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from wagtail.models import Page

PEOPLE = {"editor": ["Moderators"], "fundraiser": ["Fundraisers"], "admin": []}


class Command(BaseCommand):
    help = "Database, static files and first content, as `make run` and `make new` need them; safe to repeat."

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="demo content and its three people")

    def handle(self, *, demo: bool, **options) -> None:
        self.say("Database ...")
        call_command("migrate", interactive=False, verbosity=0)
        self.say("Static files ...")
        call_command("collectstatic", interactive=False, verbosity=0)
        if demo:
            for name, groups in PEOPLE.items():
                self.add_person(name, groups)
            self.load_demo()
        else:
            self.add_owner()

    def load_demo(self) -> None:
        """Once; a later run must not bring back what a person has deleted or changed."""
        mark = settings.DATA_DIR / "demo-loaded"
        if self.has_content() and mark.exists():
            return
        if "load_demo" not in get_commands():
            self.say("There is no demo content yet.")
            return
        self.say("Demo content; this takes a minute ...")
        call_command("load_demo")
        mark.touch()

    def has_content(self) -> bool:
        """A page below the home page's children: the tree that every site has ends above it."""
        return Page.objects.filter(depth__gt=3).exists()

    def add_person(self, name: str, groups: list[str]) -> None:
        """A demo login; one that is there keeps the password that a person may have given it."""
        users = get_user_model().objects
        password = os.environ.get(f"{name.upper()}_PASSWORD")
        if not password or users.filter(username=name).exists():
            return
        make = users.create_user if groups else users.create_superuser
        user = make(username=name, email=f"{name}@dateline.example", password=password)
        user.groups.set(Group.objects.filter(name__in=groups))

    def add_owner(self) -> None:
        """The first pages, the organisation's name and its first administrator, as `make new` asked for them."""
        if not os.environ.get("ORGANISATION"):
            return
        call_command(
            "new_site",
            organisation=os.environ["ORGANISATION"],
            username=os.environ.get("ADMIN_USERNAME"),
            email=os.environ.get("ADMIN_EMAIL", ""),
            password=os.environ.get("ADMIN_PASSWORD"),
        )

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
