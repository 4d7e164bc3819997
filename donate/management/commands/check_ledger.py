import sys

from django.core.management.base import BaseCommand

from donate.invariants import faults


class Command(BaseCommand):
    help = "Recomputes every total and invariant from the ledger's lines."

    def handle(self, *args, **options):
        count = 0
        for fault in faults():
            count += 1
            self.stdout.write(fault)
        if count:
            self.stderr.write(f"{count} faults")
            sys.exit(1)
        self.stdout.write("The ledger is right.")
