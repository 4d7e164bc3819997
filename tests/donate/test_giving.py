"""A donor's own page: the mailed link, gifts and papers, and the regular gift."""

from datetime import timedelta

import factories
import givers
import post
import pytest
import requests
from django.core.management import call_command
from django.utils import timezone
from sandbox import session_params

from donate import receipts, signin
from donate.models import RecurringGift, SignIn

pytestmark = pytest.mark.django_db
OWN = {"headers": {"Origin": "http://localhost"}}


def ask(client, email: str):
    return client.post("/giving/", {"email": email}, **OWN)


def answer_all() -> None:
    """The worker's part."""
    for pk in SignIn.objects.filter(done_at=None).values_list("pk", flat=True):
        signin.send_link(pk)


def link(client, mailoutbox, email: str = "ada@donor.example") -> str:
    ask(client, email)
    answer_all()
    return post.link_in(mailoutbox[-1], "/giving/in/")


def sign_in(client, mailoutbox, email: str = "ada@donor.example"):
    answer = client.post(link(client, mailoutbox, email), **OWN)
    assert answer.status_code == 302
    return client


def test_the_donors_page_takes_no_other_methods(client, db):
    assert client.put("/giving/").status_code == client.delete("/giving/in/x/").status_code == 405


@pytest.fixture
def monthly(client, sandbox, campaign, mailoutbox) -> RecurringGift:
    """A monthly gift of 20 dollars whose donor is signed in."""
    givers.give(client, sandbox, campaign, frequency="monthly", amount_other="20")
    sign_in(client, mailoutbox)
    return RecurringGift.objects.get()


def act(client, recurring, what: str, **fields):
    answer = client.post(f"/giving/regular/{recurring.public_id}/{what}/", fields, **OWN)
    recurring.refresh_from_db()
    return answer


# Signing in -----------------------------------------------------------------------------------------------


def test_a_mailed_link_opens_ones_giving(client, donor, mailoutbox):
    path = link(client, mailoutbox, "Ada@Donor.Example ")

    page = client.get(path)
    answer = client.post(path, **OWN)

    assert "Open your giving" in page.content.decode()
    assert answer["Location"] == "/giving/"
    assert "ada@donor.example" in client.get("/giving/").content.decode()


def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_work(client, donor, mailoutbox):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    bodies, queries = [], []
    ask(client, "somebody@donor.example")  # what every process reads once

    for email in ("ada@donor.example", "nobody@donor.example"):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = ask(client, email)
        bodies.append((answer.status_code, answer.content))
        queries.append([query["sql"].split()[0] for query in captured])
    answer_all()

    assert bodies[0] == bodies[1]
    assert queries[0] == queries[1]
    assert len(mailoutbox) == 1


def test_a_link_works_once(client, donor, mailoutbox):
    path = link(client, mailoutbox)

    first, second = client.post(path, **OWN), client.post(path, **OWN)

    assert (first.status_code, second.status_code) == (302, 410)


def test_a_program_that_looks_at_links_does_not_use_them_up(client, donor, mailoutbox):
    path = link(client, mailoutbox)

    for _ in range(3):
        client.get(path)
        client.head(path)

    assert client.post(path, **OWN).status_code == 302


def test_a_link_is_dead_after_a_quarter_of_an_hour(client, donor, mailoutbox, time_machine):
    path = link(client, mailoutbox)

    time_machine.move_to(timezone.now() + timedelta(minutes=15, seconds=1), tick=False)

    assert client.get(path).status_code == 410
    assert client.post(path, **OWN).status_code == 410


def test_a_sign_in_lasts_an_hour(client, donor, mailoutbox, time_machine):
    sign_in(client, mailoutbox)

    time_machine.move_to(timezone.now() + timedelta(minutes=61), tick=False)

    assert "ada@donor.example" not in client.get("/giving/").content.decode()


def test_a_made_up_link_or_cookie_opens_nothing(client, donor):
    client.cookies["giving"] = f"{donor.pk}:1u:forged"

    assert client.post("/giving/in/made-up/", **OWN).status_code == 410
    assert "ada@donor.example" not in client.get("/giving/").content.decode()


def test_nobodys_mailbox_is_filled_by_a_stranger(client, donor, mailoutbox):
    for _ in range(10):
        ask(client, "ada@donor.example")
    answer_all()

    assert len(mailoutbox) == signin.LINKS_AT_ONCE


def test_the_cookie_is_sent_to_nobody_but_these_pages_and_no_script_reads_it(client, donor, mailoutbox):
    sign_in(client, mailoutbox)

    cookie = client.cookies["giving"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/giving/", True, "Lax")
    assert list(client.cookies) == ["giving"]
    assert "private" in client.get("/giving/")["Cache-Control"]


def test_signing_out_forgets(client, donor, mailoutbox):
    sign_in(client, mailoutbox)

    client.post("/giving/out/", **OWN)

    assert "ada@donor.example" not in client.get("/giving/").content.decode()


def test_an_address_that_is_none_gets_an_error_beside_the_field(client, db):
    answer = ask(client, "not an address")

    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.content.decode()


def test_the_addresses_of_those_who_asked_are_forgotten_after_a_day(client, db, time_machine):
    ask(client, "nobody@donor.example")

    time_machine.move_to(timezone.now() + timedelta(hours=25), tick=False)
    signin.forget()

    assert not SignIn.objects.exists()


def test_a_link_that_the_mail_server_refused_comes_by_the_clock(client, donor, mailoutbox, time_machine):
    ask(client, "ada@donor.example")
    time_machine.move_to(timezone.now() + timedelta(minutes=2), tick=False)

    signin.send_waiting()
    signin.send_waiting()

    assert len(mailoutbox) == 1


# Gifts and papers -------------------------------------------------------------------------------------------


def test_gifts_stand_by_year_with_receipt_and_statement(client, donor, campaign, mailoutbox):
    gift = factories.make_gift(donor=donor)
    receipts.issue(gift)
    sign_in(client, mailoutbox)

    page = client.get("/giving/").content.decode()
    year = timezone.localtime(gift.received_at).year

    for words in (campaign.title, "$50.00", gift.receipt.number, f"Statement for {year}"):
        assert words in page
    for path in (f"receipts/{gift.receipt.number}/", f"statements/{year}/"):
        assert "$50.00" in client.get(f"/giving/{path}").content.decode()
    for path in (f"receipts/{gift.receipt.number}.pdf", f"statements/{year}.pdf"):
        answer = client.get(f"/giving/{path}")
        assert answer["Content-Type"] == "application/pdf"
        assert "$50.00" in post.pdf_text(answer.content)


def test_a_lost_receipt_comes_again_as_a_copy(client, donor, campaign, mailoutbox):
    gift = factories.make_gift(donor=donor)
    receipts.issue(gift)
    sign_in(client, mailoutbox)

    answer = client.get(f"/giving/receipts/{gift.receipt.number}.pdf")

    assert "COPY" in post.pdf_text(answer.content)


def test_nobody_sees_anothers_papers(client, donor, campaign, mailoutbox):
    other = factories.make_donor("grace@donor.example", name="Grace")
    gift = factories.make_gift(donor=other)
    receipts.issue(gift)
    recurring = factories.make_recurring_gift(donor=other)
    paths = [f"/giving/receipts/{gift.receipt.number}/", f"/giving/receipts/{gift.receipt.number}.pdf", "/giving/statements/2026/"]  # fmt: skip
    before = [client.get(path).status_code for path in paths]

    sign_in(client, mailoutbox)

    assert before == [404] * 3
    assert [client.get(path).status_code for path in paths] == [404] * 3
    assert act(client, recurring, "stop", sure="1").status_code == 404
    assert "grace" not in client.get("/giving/").content.decode().lower()


# The regular gift --------------------------------------------------------------------------------------------


def test_a_new_amount_is_shown_with_its_day_and_taken_at_the_next_charge(client, sandbox, monthly):
    answer = act(client, monthly, "amount", amount="12.50")
    page = client.get(answer["Location"]).content.decode()

    renewal = sandbox.renew(subscription=monthly.stripe_subscription_id)
    sandbox.deliver(client)

    assert "Amount saved. Your next gift to" in page and "is $12.50" in page
    assert monthly.amount_minor == 1250
    assert renewal["total"] == 1250
    assert [gift.amount_minor for gift in monthly.gifts.order_by("created_at")] == [2000, 1250]


def test_an_amount_that_makes_no_sense_changes_nothing(client, sandbox, monthly):
    amounts = ["", "abc", "-5", "0.01", "1e5", "999999999", "12.345", "１２"]

    answers = [act(client, monthly, "amount", amount=amount).status_code for amount in amounts]

    assert answers == [400] * len(amounts)
    assert sandbox.get(monthly.stripe_subscription_id)["items"]["data"][0]["price"]["unit_amount"] == 2000


def test_a_paused_gift_takes_nothing_until_it_is_resumed(client, sandbox, monthly):
    act(client, monthly, "pause")
    paused = monthly.status
    sandbox.renew(subscription=monthly.stripe_subscription_id)
    act(client, monthly, "resume")
    sandbox.renew(subscription=monthly.stripe_subscription_id)
    sandbox.deliver(client)

    monthly.refresh_from_db()
    assert (paused, monthly.status) == ("paused", "active")
    assert monthly.gifts.count() == 2


def test_stopping_asks_once_more_and_then_stops_at_once(client, sandbox, monthly):
    asked = act(client, monthly, "stop")
    between = monthly.status

    answer = act(client, monthly, "stop", sure="1")

    assert "Yes, stop it" in asked.content.decode()
    assert (between, monthly.status) == ("active", "ended")
    assert sandbox.get(monthly.stripe_subscription_id)["status"] == "canceled"
    assert "No further gift" in client.get(answer["Location"]).content.decode()


def test_stripes_word_of_the_stop_comes_late_and_breaks_nothing(client, sandbox, monthly):
    act(client, monthly, "stop", sure="1")

    assert {answer.status_code for answer in sandbox.deliver(client)} == {200}


def test_a_new_card_is_given_at_stripe_and_shown_by_its_last_digits(client, sandbox, monthly):
    answer = act(client, monthly, "new-card")

    requests.post(answer["Location"], {"act": "card", "card": "5555555555554444"}, allow_redirects=False)
    sandbox.deliver(client)

    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{sandbox.url}/p/session/")
    assert "Mastercard" in client.get("/giving/").content.decode()
    monthly.refresh_from_db()
    assert "4444" in monthly.paid_with


def test_one_donor_has_one_page_whatever_the_letter_case_of_the_address(
    client, sandbox, campaign, mailoutbox
):
    for email in ("Ada@Donor.example", "ADA@DONOR.EXAMPLE"):
        givers.give(client, sandbox, campaign, email=email)

    sign_in(client, mailoutbox)

    assert client.get("/giving/").content.decode().count("/giving/receipts/") == 2


def test_stripe_being_down_changes_nothing_and_says_so(client, sandbox, monthly):
    sandbox.fault(status=500, times="10")

    answer = act(client, monthly, "amount", amount="30")

    assert answer.status_code == 503
    assert "Nothing was changed" in answer.content.decode()
    assert monthly.amount_minor == 2000


def test_another_site_cannot_change_anything(client, sandbox, monthly):
    evil = {"headers": {"Origin": "https://evil.example"}}

    client.post(f"/giving/regular/{monthly.public_id}/stop/", {"sure": "1"}, **evil)

    monthly.refresh_from_db()
    assert monthly.status == "active"


def test_monthly_is_offered_once_after_a_one_off_gift_and_never_chosen_beforehand(client, sandbox, campaign):
    form = client.get(givers.address(campaign)).content.decode()
    once = givers.give(client, sandbox, campaign)
    regular = givers.give(client, sandbox, campaign, frequency="monthly", email="grace@donor.example")

    def offers(session):
        return client.get(f"/giving/thanks/?session_id={session}").content.decode().count("frequency=monthly")

    assert (offers(once), offers(regular)) == (1, 0)
    assert 'value="monthly" checked' not in form


# Export and erasure -------------------------------------------------------------------------------------------


def test_a_donors_data_is_exported_as_json(client, sandbox, campaign, capsys):
    import json

    givers.give(client, sandbox, campaign, comment="For the children", updates="on")
    givers.give(client, sandbox, campaign, email="grace@donor.example", name="Grace Other")

    call_command("export_donor", "ADA@donor.example")

    text = capsys.readouterr().out
    data = json.loads(text)
    assert data["donor"][0]["name"] == "Ada Donor"
    assert data["donor"][0]["news_wording"]
    assert data["gifts"][0]["amount_minor"] == 2500
    assert data["gifts"][0]["receipt"]
    assert data["checkouts"][0]["comment"] == "For the children"
    assert "grace" not in text.lower()


def dump(connection) -> str:
    """All text in all tables of giving."""
    from django.apps import apps

    rows = []
    for model in apps.get_app_config("donate").get_models():
        rows += [repr(row) for row in model.objects.values_list()]
    return "\n".join(rows)


def test_erasure_takes_the_person_and_leaves_the_sums(client, sandbox, campaign, capsys, db):
    from django.db import connection

    from donate.totals import with_totals

    givers.give(client, sandbox, campaign, frequency="monthly", comment="Canary words", show_name="on",
                dedication="honor", honoree="Canary Friend", notify="friend@canary.example")  # fmt: skip
    recurring = RecurringGift.objects.get()
    before = [(gift.amount_minor, gift.net_minor) for gift in with_totals(campaign.gifts)]

    call_command("erase_donor", "ada@donor.example")
    sandbox.deliver(client)
    for event in sandbox.all("event"):
        sandbox.resend(event=event["id"])
    sandbox.deliver(client)

    text = dump(connection).lower()
    for word in ("ada@donor", "ada donor", "canary", "visa"):
        assert word not in text, word
    assert [(gift.amount_minor, gift.net_minor) for gift in with_totals(campaign.gifts)] == before
    assert sandbox.get(recurring.stripe_customer_id).get("deleted")
    assert sandbox.get(recurring.stripe_subscription_id)["status"] == "canceled"
    recurring.refresh_from_db()
    assert recurring.status == "ended"
    assert "donors erased: 1" in capsys.readouterr().out


def test_an_erasure_that_stripe_did_not_hear_erases_nothing(client, sandbox, campaign):
    from django.core.management import CommandError

    givers.give(client, sandbox, campaign, frequency="monthly")
    sandbox.fault(status=500, times="10")

    with pytest.raises(CommandError):
        call_command("erase_donor", "ada@donor.example")

    assert campaign.gifts.get().donor.email == "ada@donor.example"


def test_checkouts_never_paid_lose_their_person_after_thirty_days(client, sandbox, campaign, time_machine):
    from donate import erasure
    from donate.models import Checkout

    givers.give(client, sandbox, campaign)
    givers.begin(client, campaign, email="grace@donor.example", name="Grace Other", comment="Hm")
    early = erasure.erase_unpaid()

    time_machine.move_to(timezone.now() + timedelta(days=31), tick=False)
    late = erasure.erase_unpaid()

    unpaid, paid = Checkout.objects.get(state="open"), Checkout.objects.get(state="completed")
    assert (early, late) == (0, 1)
    assert (unpaid.email, unpaid.name, unpaid.comment) == ("", "", "")
    assert unpaid.amount_minor == 2500
    assert paid.email == "ada@donor.example"


def test_no_log_line_names_a_donor(client, sandbox, campaign, monthly, log_canary, mailoutbox):
    act(client, monthly, "amount", amount="30")
    sandbox.fault(status=500, times="10")
    act(client, monthly, "pause")
    ask(client, "ada@donor.example")
    answer_all()
    post.send_all()

    lines = [line for line in log_canary.lines if "django.db.backends" not in line]
    assert not [line for line in lines if "ada@donor" in line.lower() or "Ada Donor" in line]


def test_erasure_leaves_a_customer_of_another_product_alone(client, sandbox, campaign, stripe_client):
    session = stripe_client.v1.checkout.sessions.create(
        params=session_params(monthly=True, customer_email="ada@donor.example", metadata={})
    )
    shop = sandbox.pay(session=session.id)
    buyer = stripe_client.v1.customers.create(params={"email": "ada@donor.example"})
    givers.give(client, sandbox, campaign)

    call_command("erase_donor", "ada@donor.example")

    assert not sandbox.get(shop["customer"]).get("deleted") and not sandbox.get(buyer.id).get("deleted")
    assert sandbox.get(shop["subscription"])["status"] == "active"
