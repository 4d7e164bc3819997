from django.core.management.base import BaseCommand

from home.models import UnstrippedFile
from home.older_files import clean_all, look


class Command(BaseCommand):
    help = "Looks through all stored pictures and documents for metadata and cleans what it finds."

    def add_arguments(self, parser):
        parser.add_argument("--list", action="store_true", help="look and list, change nothing")

    def handle(self, **options):
        found = look()
        for finding in UnstrippedFile.objects.select_related("image", "document").order_by("pk"):
            self.stdout.write(
                f"{finding.kind} {finding.file.pk}: {finding.file.title} {finding.problem}".rstrip()
            )
        if options["list"]:
            self.stdout.write(f"found: {found}")
            return
        cleaned, left = clean_all()
        self.stdout.write(f"found: {found}, cleaned: {cleaned}, left: {left}")
