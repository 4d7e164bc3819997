"""Receipts and statements: numbers, mails, papers, corrections."""

import functools
from datetime import UTC, datetime

import factories
import givers
import post
import pytest
from django.core.management import CommandError, call_command
from fontTools.ttLib import TTFont

from donate import ledger, messages, pdf, receipt_paper, receipts, statements, typefaces
from donate.models import Gift, Receipt
from home.models import OrganisationSettings

pytestmark = pytest.mark.django_db


def a_gift(**fields) -> Gift:
    gift = factories.make_gift(**fields)
    receipts.issue(gift)
    return gift


def text_of(receipt: Receipt, is_copy: bool = False) -> str:
    return post.pdf_text(pdf.render(receipt_paper.paper(receipt, is_copy)))


def test_each_gift_is_acknowledged_once_by_a_mail_with_its_receipt(client, sandbox, campaign, mailoutbox):
    givers.give(client, sandbox, campaign)

    post.send_all()
    post.send_all()

    [mail] = mailoutbox
    assert mail.to == ["ada@donor.example"]
    assert Receipt.objects.get().number in mail.subject
    assert "$25.00" in mail.body and "$25.00" in post.html_of(mail)
    name, content, kind = mail.attachments[0]
    assert (name, kind) == (f"{Receipt.objects.get().number}.pdf", "application/pdf")
    assert "COPY" not in post.pdf_text(content)
    assert "$25.00" in post.pdf_text(content)


def test_numbers_run_without_gaps_when_a_gift_is_undone_half_way(campaign):
    from django.db import transaction

    a_gift()
    with pytest.raises(RuntimeError), transaction.atomic():
        a_gift()
        raise RuntimeError("the power went out")
    a_gift()

    assert [receipt.serial for receipt in Receipt.objects.order_by("pk")] == [1, 2]


def test_the_year_of_a_number_is_the_organisations(campaign, settings, time_machine):
    settings.TIME_ZONE = "Pacific/Auckland"
    time_machine.move_to(datetime(2026, 12, 31, 12, 0, tzinfo=UTC), tick=False)

    gift = a_gift()

    assert gift.receipt.number.endswith("2027-000001")


def test_test_receipts_say_so_and_have_their_own_series(campaign):
    test = a_gift()
    live = a_gift(livemode=True, donor=factories.make_donor(livemode=True))

    assert (test.receipt.number[:5], live.receipt.number[:2]) == ("TEST-", "20")
    assert test.receipt.serial == live.receipt.serial == 1
    assert "TEST" in text_of(test.receipt)
    assert "TEST" not in text_of(live.receipt)


NAMES = ["Zoë Łukasz-O’Brien", "Наталья Щербакова", "Ελένη Παπαδοπούλου", "محمد", "דוד", "王小明"]


@functools.cache
def drawn() -> set[int]:
    """All characters that one of our fonts has a glyph for."""
    return {code for family in typefaces.FILES for code in TTFont(typefaces.source(family)).getBestCmap()}


@pytest.mark.parametrize("name", NAMES)
def test_names_in_six_scripts_are_printed_with_glyphs_of_their_own(campaign, name):
    gift = a_gift(donor=factories.make_donor(name=name))

    content = pdf.render(receipt_paper.paper(gift.receipt, False))

    assert name in post.pdf_text(content)
    assert {ord(letter) for letter in name} <= drawn()


def test_a_reprint_says_copy(campaign):
    gift = a_gift()

    assert "COPY" in text_of(gift.receipt, is_copy=True)
    assert "COPY" not in text_of(gift.receipt)


def test_a_full_refund_voids_the_receipt_and_says_so_by_mail(client, sandbox, campaign, mailoutbox):
    givers.give(client, sandbox, campaign)
    charge = sandbox.all("charge")[0]["id"]

    sandbox.refund(charge=charge)
    sandbox.deliver(client)
    post.send_all()

    mail = mailoutbox[-1]
    number = Receipt.objects.get().number
    assert f"Receipt {number} is void" in mail.body
    assert "VOID" in post.pdf_text(mail.attachments[0][1])


def test_a_partial_refund_corrects_the_receipt_and_the_rest_still_counts(
    client, sandbox, campaign, mailoutbox
):
    givers.give(client, sandbox, campaign)
    charge = sandbox.all("charge")[0]["id"]

    sandbox.refund(charge=charge, amount="2000")
    sandbox.deliver(client)
    post.send_all()

    mail = mailoutbox[-1]
    assert "$20.00 is on its way back" in mail.body
    assert "$5.00 of your gift counts" in mail.body
    text = post.pdf_text(mail.attachments[0][1])
    assert "CORRECTED" in text and "-$20.00" in text and "$5.00" in text


def test_a_refund_that_fails_makes_the_receipt_good_again(client, sandbox, campaign, mailoutbox):
    givers.give(client, sandbox, campaign)
    refund = sandbox.refund(charge=sandbox.all("charge")[0]["id"])
    sandbox.deliver(client)
    post.send_all()

    sandbox.fail_refund(refund=refund["id"])
    sandbox.deliver(client)
    post.send_all()

    assert "counts for $25.00" in mailoutbox[-1].body
    assert "VOID" not in text_of(Receipt.objects.get())


def test_a_hostile_name_stays_a_name_in_the_mail(client, sandbox, campaign, mailoutbox):
    givers.give(client, sandbox, campaign, name="<script>alert(1)</script> \u202eevil")

    post.send_all()

    assert "<script>" not in post.html_of(mailoutbox[0])
    assert "\u202e" not in mailoutbox[0].subject
    assert mailoutbox[0].recipients() == ["ada@donor.example"]


def test_the_covered_fee_stands_in_its_own_line_and_the_total_is_what_was_paid(campaign):
    gift = a_gift(amount_minor=5175, fee_cover_minor=175)

    text = text_of(gift.receipt)

    assert all(amount in text for amount in ("$50.00", "$1.75", "$51.75"))


def test_the_tax_sentence_and_the_legal_name_stand_on_the_paper(campaign):
    organisation = OrganisationSettings.load()
    organisation.legal_name, organisation.tax_sentence = (
        "Dateline Trust e.V.",
        "No goods were given in return.",
    )
    organisation.save()

    text = text_of(a_gift().receipt)

    assert "Dateline Trust e.V." in text
    assert "No goods were given in return." in text


def test_a_staff_resend_is_a_copy(campaign, mailoutbox):
    gift = a_gift()

    messages.owe("receipt_copy", "asked-by-phone", gift=gift)
    post.send_all()

    assert "Copy of your receipt" in mailoutbox[0].subject
    assert "COPY" in post.pdf_text(mailoutbox[0].attachments[0][1])


# Statements ------------------------------------------------------------------------------------------------


def test_a_statement_adds_each_currency_by_itself_and_leaves_out_what_went_back(campaign):
    donor = factories.make_donor()
    for fields in ({"amount_minor": 5000}, {"amount_minor": 3000}, {"amount_minor": 2000, "currency": "eur"}):
        gift = a_gift(donor=donor, **fields)
    refunded = a_gift(donor=donor, amount_minor=1000)
    factories.add_line(refunded, "refunded", -1000, "re_1")

    text = post.pdf_text(pdf.render(statements.paper(donor, gift.received_at.year)))

    assert "Total in USD" in text and "$80.00" in text
    assert "Total in EUR" in text and "€20.00" in text
    assert "$0.00" in text


def test_the_year_of_a_statement_ends_at_the_organisations_midnight(campaign, settings):
    settings.TIME_ZONE = "America/New_York"
    donor = factories.make_donor()
    at = datetime(2026, 1, 1, 3, 0, tzinfo=UTC)  # still 2025 in New York
    a_gift(donor=donor, received_at=at, created_at=at)

    assert statements.years_of(donor) == [2025]
    assert len(statements.gifts_of(donor, 2025)) == 1


def test_one_command_makes_all_statements_of_a_year(campaign, tmp_path, capsys, mailoutbox):
    for number in range(3):
        gift = a_gift(donor=factories.make_donor(f"donor{number}@donor.example"))
    factories.make_donor("no-gift@donor.example")
    year = statements.year_of(gift.received_at)

    for _ in range(2):
        call_command("make_statements", year, output=tmp_path, mail=True)
    post.send_all()

    assert "statements: 3" in capsys.readouterr().out
    assert len(list(tmp_path.glob("*.pdf"))) == 3
    assert sorted(mail.to[0] for mail in mailoutbox) == [f"donor{n}@donor.example" for n in range(3)]
    with pytest.raises(CommandError):
        call_command("make_statements", year)


def test_an_offline_gift_has_a_receipt_and_sends_no_mail_unless_asked(campaign, mailoutbox):
    fields = {"donor": factories.make_donor(), "campaign": campaign, "livemode": False, "frequency": "once",
              "amount_minor": 7000, "currency": "usd", "method": "cheque", "reference": "Cheque 12"}  # fmt: skip

    gift = ledger.record_offline_gift(received_at=datetime(2025, 5, 1, tzinfo=UTC), **fields)
    post.send_all()

    assert mailoutbox == []
    assert "Cheque 12" in text_of(gift.receipt)
    assert "$70.00" in post.pdf_text(pdf.render(statements.paper(gift.donor, 2025)))
