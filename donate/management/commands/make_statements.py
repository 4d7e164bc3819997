from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from donate import account, messages, pdf, statements


class Command(BaseCommand):
    help = (
        "The annual statements of all donors of one year, as PDF files; with --mail each donor gets theirs."
    )

    def add_arguments(self, parser):
        parser.add_argument("year", type=int)
        parser.add_argument("--output", type=Path, help="Folder for the files; none: nothing is written.")
        parser.add_argument("--mail", action="store_true", help="Each donor is mailed theirs, once.")

    def handle(self, year: int, output: Path | None, mail: bool, **options):
        if not output and not mail:
            raise CommandError("Say where to: --output FOLDER, --mail or both.")
        if output:
            output.mkdir(parents=True, exist_ok=True)
        live, made = account.is_live(), 0
        people = statements.donors_with_gifts(year, live)
        for donor in tqdm(
            people, total=statements.count_donors(year, live), unit="statement", file=self.stderr
        ):
            if output:
                (output / f"{year}-{donor.pk:06}.pdf").write_bytes(pdf.render(statements.paper(donor, year)))
            if mail:
                messages.owe(
                    "statement",
                    f"{donor.pk}:{year}",
                    gift=donor.gifts.filter(received_at__isnull=False).first(),
                )
            made += 1
        self.stdout.write(f"statements: {made}")
