import os
import secrets
import sys
from functools import partial

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from news.demo.build import build
from news.demo.bulk import load_stories
from news.demo.gifts import make_gifts

# Standard output: errors are for the log, and the bar is for whoever waits at a terminal (None: only there).
bar = partial(tqdm, file=sys.stdout, disable=None)
MOST_STORIES = 1_000_000
LOGINS = (("editor", "Moderators"), ("fundraiser", "Fundraisers"))


class Command(BaseCommand):
    help = "Fills the site with demo content. Safe to repeat: what is there stays as it is."

    def add_arguments(self, parser):
        parser.add_argument(
            "--stories",
            type=int,
            default=0,
            metavar="N",
            help=f"so many generated stories beside the written ones, up to {MOST_STORIES:,}",
        )

    def handle(self, stories: int, **options):
        if not 0 <= stories <= MOST_STORIES:
            raise CommandError(f"--stories takes a number from 0 to {MOST_STORIES:,}.")
        build(progress=lambda steps: bar(steps, desc="stories", unit="story"))
        make_gifts(progress=lambda steps: bar(steps, desc="gifts", unit="gift"))
        for username, group in LOGINS:
            self.make_login(username, group)
        if stories > 0:
            with bar(total=stories, desc="generated stories", unit="story") as shown:
                load_stories(stories, shown.update)

    def make_login(self, username: str, group: str) -> None:
        """A member of staff, with the password that DEMO_PASSWORD names or one that is made up and printed."""
        User = get_user_model()
        if User.objects.filter(username=username).exists():
            return
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        user = User.objects.create_user(username, f"{username}@kindling.example", password)
        user.groups.add(Group.objects.get_or_create(name=group)[0])
        self.stdout.write(f"Login: {username} / {password}")
