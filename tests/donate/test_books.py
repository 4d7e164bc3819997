"""What the commands say of the books: export, check, catch-up."""

import io
import json

import givers
import post
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from donate import clockwork
from donate.models import Checkout, Dispute, Gift, LedgerEntry, Message, Receipt, ReceiptSeries, RecurringGift

pytestmark = pytest.mark.django_db


def run(name: str, *args) -> str:
    out = io.StringIO()
    call_command(name, *args, stdout=out, stderr=out)
    return out.getvalue()


def some_history(client, sandbox, campaign) -> None:
    """Two gifts, a partial refund, a dispute, a monthly gift with a renewal."""
    givers.give(client, sandbox, campaign)
    sandbox.refund(charge=sandbox.all("charge")[0]["id"], amount="500")
    givers.give(client, sandbox, campaign, email="ben@donor.example")
    sandbox.dispute(charge=sandbox.all("charge")[0]["id"])
    givers.give(client, sandbox, campaign, frequency="monthly", amount_other="20")
    sandbox.renew(subscription=sandbox.all("subscription")[0]["id"])


def forget_everything() -> None:
    """As after the restore of an old backup: no gift, no checkout, but the campaign."""
    with connection.cursor() as cursor:
        for model in (Receipt, ReceiptSeries, LedgerEntry, Dispute):
            model.objects.all()._raw_delete("default")
        cursor.execute("DELETE FROM donate_message")
        for model in (Gift, RecurringGift, Checkout):
            model.objects.all()._raw_delete("default")


def test_catch_up_finds_what_webhooks_lost_and_nothing_the_second_time(client, sandbox, campaign):
    some_history(client, sandbox, campaign)

    first, second = run("catch_up_stripe"), run("catch_up_stripe")

    assert "changed: 0" not in first
    assert second.strip() == "changed: 0"
    assert Gift.objects.count() == 4
    assert "right" in run("check_ledger")


def test_catch_up_after_a_restore_brings_everything_back(client, sandbox, campaign):
    some_history(client, sandbox, campaign)
    run("catch_up_stripe")
    before = export()
    forget_everything()

    run("catch_up_stripe")

    after = export()
    known = (
        "stripe_payment_intent_id",
        "state",
        "amount_minor",
        "net_minor",
        "refunded_minor",
        "frequency",
        "lines",
    )
    assert sorted_by(known, after) == sorted_by(known, before)
    assert run("catch_up_stripe").strip() == "changed: 0"


def test_catch_up_pages_through_hundreds(client, sandbox, campaign):
    session = givers.begin(client, campaign)
    template = sandbox.get(session)
    from donate.sandbox import checkout as paying

    box = sandbox.box
    for number in range(130):
        copy = {**template, "id": f"cs_test_copy{number}", "client_reference_id": f"c-{number}"}
        copy["metadata"] = template["metadata"] | {"checkout": f"00000000-0000-4000-8000-{number:012}"}
        copy["_intent_data"] = {"metadata": copy["metadata"]}
        with box.store.transaction():
            box.store.put(copy)
            paying.pay(box, copy["id"])

    run("catch_up_stripe")

    assert Gift.objects.count() == 130
    assert run("catch_up_stripe").strip() == "changed: 0"


def test_gifts_of_another_account_are_left_alone(client, sandbox, campaign, factories):
    factories.make_gift(campaign)

    assert run("catch_up_stripe").strip() == "changed: 0"


def sorted_by(names, rows) -> list[list]:
    return sorted([row[name] for name in names] for row in rows)


def export() -> list[dict]:
    return [json.loads(line) for line in run("export_ledger").splitlines()]


def test_the_export_tells_each_gift_with_its_story_and_lines(client, sandbox, story):
    from donate.attribution import attribution_of, make_token

    campaign = story.giving_campaign
    token = make_token(attribution_of(story, "story"))
    givers.give(client, sandbox, campaign, query=f"?from={token}")

    (row,) = export()

    assert row["state"] == "succeeded"
    assert row["story"].startswith("http://localhost/") and story.slug in row["story"]
    assert (row["placement"], row["campaign"], row["livemode"]) == ("story", campaign.slug, False)
    assert row["received_at"].endswith("Z")
    assert [line["kind"] for line in row["lines"]] == ["received", "fee"]
    assert row["stripe_checkout_session_id"].startswith("cs_test_")


PLANTED = {
    "amount": lambda line: LedgerEntry.objects.filter(pk=line.pk).update(amount_minor=line.amount_minor + 1),
    "sign": lambda line: LedgerEntry.objects.filter(pk=line.pk).update(amount_minor=-line.amount_minor),
    "settled": lambda line: LedgerEntry.objects.filter(kind="fee").update(settled_minor=-1),
    "currency": lambda line: LedgerEntry.objects.filter(pk=line.pk).update(settled_currency="eur"),
    "deleted": lambda line: LedgerEntry.objects.filter(pk=line.pk).delete(),
    "mode": lambda line: Gift.objects.filter(pk=line.gift_id).update(livemode=True),
    "receipt": lambda line: Receipt.objects.filter(gift=line.gift_id).update(serial=3),
    "no receipt": lambda line: Receipt.objects.filter(gift=line.gift_id).delete(),
    "series": lambda line: ReceiptSeries.objects.update(last_serial=9),
    "unreceived": lambda line: Gift.objects.filter(pk=line.gift_id).update(received_at=None),
    "gift": lambda line: Gift.objects.filter(pk=line.gift_id).update(amount_minor=2501),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_check_ledger_finds_a_planted_fault(client, sandbox, campaign, fault):
    givers.give(client, sandbox, campaign)
    assert "right" in run("check_ledger")

    PLANTED[fault](LedgerEntry.objects.get(kind="received"))

    with pytest.raises(SystemExit) as ended:
        run("check_ledger")
    assert ended.value.code == 1


def test_catch_up_without_stripe_says_so_and_fails(client, sandbox, campaign, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    with pytest.raises(CommandError, match="could not be asked"):
        run("catch_up_stripe")


@pytest.mark.parametrize("output", ["/nowhere/ledger.jsonl", "/tmp"])
def test_a_file_that_cannot_be_written_is_said_in_words(db, output):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_ledger", output=output)


def test_the_night_tells_fundraisers_what_is_wrong_once_a_day(
    client, sandbox, campaign, fundraiser, mailoutbox
):
    givers.give(client, sandbox, campaign)
    clockwork.check_ledger()
    assert not Message.objects.filter(kind="books_wrong").exists()
    LedgerEntry.objects.filter(kind="fee").update(settled_minor=-1)

    for _night in range(2):
        with pytest.raises(clockwork.Wrong):
            clockwork.check_ledger()
    post.send_all()

    (mail,) = [mail for mail in mailoutbox if mail.to == [fundraiser.email]]
    assert mail.subject == "The books need a look"
    assert "Faults in the ledger: 1." in mail.body


def test_the_night_tells_fundraisers_of_a_difference_that_stays(
    client, sandbox, campaign, fundraiser, mailoutbox
):
    session = givers.begin(client, campaign)
    sandbox.pay(session=session)
    sandbox.box.save(sandbox.get(sandbox.get(session)["payment_intent"]), amount=0)

    with pytest.raises(clockwork.Wrong):
        clockwork.ask_stripe()
    post.send_all()

    assert "could not be mended" in mailoutbox[-1].body and mailoutbox[-1].to == [fundraiser.email]
