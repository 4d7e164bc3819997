import json
import sys

from django.core.management.base import BaseCommand, CommandError

from donate.export import ledger_rows


class Command(BaseCommand):
    help = "The ledger as JSON lines, one gift a line."

    def add_arguments(self, parser):
        parser.add_argument("--output", help="a file; left out, standard output")

    def handle(self, *args, output=None, **options):
        if not output:
            write(sys.stdout if self.stdout._out is sys.stdout else self.stdout)
            return
        try:
            file = open(output, "w", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}") from error
        with file:
            write(file)


def write(file) -> None:
    for row in ledger_rows():
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
