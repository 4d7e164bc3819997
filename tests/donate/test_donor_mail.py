"""What donors and third persons are told besides receipts, and how often."""

from datetime import timedelta

import factories
import givers
import post
import pytest
from django.utils import timezone

from donate import card_links, notices
from donate.models import GivingSettings, Message, RecurringGift

pytestmark = pytest.mark.django_db


def monthly(client, sandbox, campaign, card="4242424242424242") -> RecurringGift:
    givers.give(client, sandbox, campaign, card=card, frequency="monthly", amount_other="20")
    return RecurringGift.objects.get()


def renew(client, sandbox, recurring, outcome) -> dict:
    invoice = sandbox.renew(subscription=recurring.stripe_subscription_id, outcome=outcome)
    sandbox.deliver(client)
    post.send_all()
    return invoice


def retry(client, sandbox, invoice, outcome) -> None:
    sandbox.retry(invoice=invoice["id"], outcome=outcome)
    sandbox.deliver(client)
    post.send_all()


def test_a_bank_debit_is_told_on_its_way_once_and_received_once(client, sandbox, campaign, mailoutbox):
    session = givers.give(client, sandbox, campaign, card="000123456789")
    post.send_all()
    sandbox.resend(event=sandbox.all("event")[0]["id"])
    sandbox.deliver(client)
    post.send_all()

    sandbox.delayed(session=session, outcome="paid")
    sandbox.deliver(client)
    post.send_all()

    subjects = post.subjects(mailoutbox)
    assert subjects[0] == "Your gift is on its way"
    assert subjects[1].startswith("Your receipt")
    assert len(subjects) == 2


def test_a_bank_debit_that_fails_is_told_once_and_has_no_receipt(client, sandbox, campaign, mailoutbox):
    session = givers.give(client, sandbox, campaign, card="000123456789")

    sandbox.delayed(session=session, outcome="declined")
    sandbox.deliver(client)
    sandbox.resend(event=sandbox.all("event")[0]["id"])
    sandbox.deliver(client)
    post.send_all()

    assert post.subjects(mailoutbox) == ["Your gift did not arrive"]


def test_a_failed_renewal_is_told_at_first_before_the_last_try_and_at_the_end(
    client, sandbox, campaign, mailoutbox
):
    recurring = monthly(client, sandbox, campaign)
    post.send_all()
    mailoutbox.clear()

    invoice = renew(client, sandbox, recurring, "declined")
    for _ in range(3):
        retry(client, sandbox, invoice, "declined")

    assert post.subjects(mailoutbox) == [
        "Your gift could not be taken",
        "One more try for your regular gift",
        "Your regular gift has stopped",
    ]
    recurring.refresh_from_db()
    assert recurring.status == "ended"


def test_a_renewal_that_recovers_is_a_gift_and_the_story_goes_on(client, sandbox, campaign, mailoutbox):
    recurring = monthly(client, sandbox, campaign)
    invoice = renew(client, sandbox, recurring, "declined")
    mailoutbox.clear()

    retry(client, sandbox, invoice, "paid")
    renew(client, sandbox, recurring, "paid")

    recurring.refresh_from_db()
    assert recurring.status == "active"
    assert recurring.gifts.filter(received_at__isnull=False).count() == 3
    assert [subject[:12] for subject in post.subjects(mailoutbox)] == ["Your receipt"] * 2


def test_the_link_in_a_failure_mail_leads_to_changing_the_card_and_the_gift_goes_on(
    client, sandbox, campaign, mailoutbox
):
    recurring = monthly(client, sandbox, campaign, card="4000000000000341")
    renew(client, sandbox, recurring, "")
    path = post.link_in(mailoutbox[-1], "/giving/card/")

    page = client.get(path)
    answer = client.post(path, headers={"Origin": "http://localhost"})
    portal = answer["Location"]
    import requests

    requests.post(portal, {"act": "card", "card": "4242424242424242"}, allow_redirects=False)
    sandbox.deliver(client)

    assert page.status_code == 200 and "Give a new card" in page.content.decode()
    assert answer.status_code == 303 and portal.startswith(sandbox.url)
    recurring.refresh_from_db()
    assert recurring.status == "active"
    assert recurring.gifts.count() == 2


def test_looking_at_a_mails_link_does_nothing_and_a_forged_one_opens_nothing(client, sandbox, campaign):
    recurring = monthly(client, sandbox, campaign)
    path = card_links.link(recurring).removeprefix("http://localhost")

    client.get(path)
    forged = client.post(path[:-3] + "x/", headers={"Origin": "http://localhost"})
    foreign = client.post(path, headers={"Origin": "https://evil.example"})

    assert sandbox.all("billing_portal.session") == []
    assert forged.status_code == 410
    assert foreign.status_code == 200


def test_a_card_that_needs_authentication_is_told_and_leads_to_the_banks_question(
    client, sandbox, campaign, mailoutbox
):
    recurring = monthly(client, sandbox, campaign)
    mailoutbox.clear()
    invoice = renew(client, sandbox, recurring, "authenticate")
    mail = mailoutbox[-1]

    answer = client.post(
        post.link_in(mail, "/giving/card/"), {"confirm": "1"}, headers={"Origin": "http://localhost"}
    )

    assert mail.subject == "Your bank asks you to confirm your gift"
    assert answer["Location"] == f"{sandbox.url}/i/{invoice['id']}"


def test_a_mended_failure_is_not_told_late(client, sandbox, campaign, mailoutbox):
    recurring = monthly(client, sandbox, campaign)
    post.send_all()
    mailoutbox.clear()
    invoice = sandbox.renew(subscription=recurring.stripe_subscription_id, outcome="declined")
    sandbox.deliver(client)

    retry(client, sandbox, invoice, "paid")

    assert [subject[:12] for subject in post.subjects(mailoutbox)] == ["Your receipt"]


def test_a_yearly_gift_is_announced_once_before_it_is_taken(
    client, sandbox, campaign, mailoutbox, time_machine
):
    campaign.offers_annual = True
    campaign.save_revision().publish()
    givers.give(client, sandbox, campaign, frequency="annual", amount_other="120")
    recurring = RecurringGift.objects.get()
    post.send_all()
    mailoutbox.clear()

    early = notices.owe_notices()
    time_machine.move_to(
        recurring.next_gift_at - timedelta(days=GivingSettings.load().notice_days - 1), tick=False
    )
    for _ in range(3):
        notices.owe_notices()
    post.send_all()

    assert early == 0
    [mail] = mailoutbox
    assert mail.subject.startswith("Your yearly gift on")
    assert "$120.00" in mail.body and "/giving/" in mail.body


def test_a_dedication_is_told_to_the_third_person_after_payment_only(client, sandbox, campaign, mailoutbox):
    fields = {"dedication": "memory", "honoree": "Samuel Aguirre", "notify": "family@friend.example"}
    session = givers.begin(client, campaign, **fields)
    post.send_all()
    before = len(mailoutbox)

    sandbox.pay(session=session)
    sandbox.deliver(client)
    post.send_all()

    notice = next(mail for mail in mailoutbox if mail.to == ["family@friend.example"])
    assert before == 0
    assert notice.subject == "A gift in memory of Samuel Aguirre"
    assert "Ada Donor" in notice.body
    for secret in ("$25", "ada@donor.example", "TEST-"):
        assert secret not in notice.body + post.html_of(notice)


def test_a_stopped_gift_is_confirmed_by_mail(client, sandbox, campaign, mailoutbox, stripe_client):
    recurring = monthly(client, sandbox, campaign)
    stripe_client.v1.subscriptions.cancel(recurring.stripe_subscription_id)
    sandbox.deliver(client)
    post.send_all()

    assert post.subjects(mailoutbox)[-1] == "Your regular gift has ended"


def test_news_consent_is_kept_with_its_day_and_wording(client, sandbox, campaign):
    givers.give(client, sandbox, campaign, updates="on")

    gift = campaign.gifts.get()
    assert gift.donor.news_agreed_at <= timezone.now()
    assert "news" in gift.donor.news_wording.lower()


def test_no_consent_is_made_up(client, sandbox, campaign):
    givers.give(client, sandbox, campaign)

    assert campaign.gifts.get().donor.news_agreed_at is None


def test_every_kind_that_is_owed_has_words():
    import ast
    from pathlib import Path

    from donate import messages

    tree = ast.parse(Path("donate/aftermath.py").read_text())
    kinds = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("renewal_")
    }
    kinds |= {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "owe"
        and isinstance(node.args[0], ast.Constant)
    }

    assert {"receipt", "refund", "dedication", "renewal_failed_end"} <= kinds
    assert kinds - set(messages.builders) == set()


def test_an_erased_donor_is_written_to_no_more(campaign, mailoutbox):
    from donate import messages, receipts

    gift = factories.make_gift(donor=factories.make_donor(email=None, erased_at=timezone.now()))
    receipts.issue(gift)
    for kind in messages.builders:
        Message.objects.create(
            kind=kind,
            key=f"{gift.donor_id}:2026",
            gift=gift,
            recurring_gift=factories.make_recurring_gift(donor=gift.donor),
        )

    post.send_all()

    assert mailoutbox == []
    assert not Message.objects.filter(sent_at=None).exists()


def test_fundraisers_hear_of_a_dispute_at_once_with_the_day_an_answer_is_due(
    client, sandbox, campaign, mailoutbox, fundraiser
):
    givers.give(client, sandbox, campaign)
    post.send_all()
    mailoutbox.clear()

    dispute = sandbox.dispute(charge=sandbox.all("charge")[0]["id"])
    sandbox.deliver(client)
    post.send_all()
    sandbox.lose(dispute=dispute["id"])
    sandbox.deliver(client)
    post.send_all()

    assert post.subjects(mailoutbox) == ["A gift is disputed: $25.00", "A dispute is lost: $25.00"]
    assert "Stripe wants an answer by" in mailoutbox[0].body
    assert mailoutbox[0].to == [fundraiser.email]
    assert "ada@donor.example" not in mailoutbox[0].body
