from django.core.management.base import BaseCommand
from tqdm import tqdm

from news.search import rebuild


class Command(BaseCommand):
    help = "Fills the search index again while readers use it. Cut off, it goes on where it stopped."

    def add_arguments(self, parser):
        parser.add_argument("--from-start", action="store_true", help="forget where the last one stopped")

    def handle(self, *args, from_start: bool, verbosity: int, **options):
        with tqdm(total=rebuild.total(), unit=" pages", disable=None if verbosity else True) as bar:
            count = rebuild.rebuild(bar.update, from_start)
        if verbosity:
            self.stdout.write(f"{count} pages can be found.")
