"""What staff see of gifts and donors: who may, what they find, what they take home."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from factories import (
    A_MOMENT,
    add_line,
    make_checkout,
    make_donor,
    make_gift,
    make_recurring_gift,
    make_user,
)
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from donate.models import GivingLink, StripeEvent
from donate.spreadsheets import csv_safe

pytestmark = pytest.mark.django_db
LISTS = ("gifts", "donors", "recurring_gifts", "checkouts", "events", "giving_links")


@pytest.fixture
def rows(page_tree):
    donor = make_donor()
    recurring = make_recurring_gift(page_tree.campaign, donor)
    checkout = make_checkout(page_tree.campaign, email="ada@donor.example")
    return {
        "gifts": make_gift(page_tree.campaign, donor, checkout=checkout, recurring_gift=recurring),
        "donors": donor,
        "recurring_gifts": recurring,
        "checkouts": checkout,
        "events": StripeEvent.objects.create(
            event_id="evt_1", type="charge.updated", object_id="ch_1", livemode=False, created_at=A_MOMENT
        ),
        "giving_links": GivingLink.objects.create(label="letter", campaign=page_tree.campaign),
    }


def addresses(rows) -> list[str]:
    gift, event = rows["gifts"], rows["events"]
    lists = [reverse(f"{name}:index") for name in LISTS]
    results = [reverse(f"{name}:index_results") for name in LISTS]
    details = [reverse(f"{name}:inspect", args=[row.pk]) for name, row in rows.items()]
    acts = [
        reverse("donate_refund", args=[gift.pk]),
        reverse("donate_comments"),
        reverse("giving_links:qr", args=[rows["giving_links"].pk]),
    ]
    posts = [
        reverse("donate_refresh_gift", args=[gift.pk]),
        reverse("donate_resend_receipt", args=[gift.pk]),
        reverse("donate_refresh_recurring", args=[rows["recurring_gifts"].pk]),
        reverse("donate_apply_event", args=[event.pk]),
    ]
    return lists + results + details + acts + posts


@pytest.mark.parametrize("who", ["editor", "moderator", "outsider"])
def test_only_fundraisers_see_donors_and_gifts(who, rows, client, request):
    client.force_login(request.getfixturevalue(who))

    for address in addresses(rows):
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in (302, 403, 405), address
            assert not re.search(rb"\bAda\b", answer.content)
    assert "/giving/" not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_an_unknown_visitor_is_sent_to_the_sign_in(rows, client):
    for address in addresses(rows):
        assert client.get(address)["Location"].startswith(reverse("wagtailadmin_login")), address


def test_a_fundraiser_sees_every_list_and_every_row(rows, client, fundraiser):
    client.force_login(fundraiser)

    for name, row in rows.items():
        assert client.get(reverse(f"{name}:index")).status_code == 200, name
        assert client.get(reverse(f"{name}:inspect", args=[row.pk])).status_code == 200, name


def test_nobody_writes_through_the_lists_not_even_an_administrator(rows, client, admin):
    client.force_login(admin)

    for name in set(LISTS) - {"giving_links"}:
        for act in ("new/", f"edit/{rows[name].pk}/", f"delete/{rows[name].pk}/"):
            assert client.get(reverse(f"{name}:index") + act).status_code == 404


@pytest.mark.parametrize(
    "words", ["Ada", "ada donor", "ADA@donor.example", "pi_this_one", "ch_this_one", "ref-77"]
)
def test_a_gift_is_found_by_name_address_id_and_reference(words, page_tree, client, fundraiser):
    client.force_login(fundraiser)
    make_gift(
        page_tree.campaign,
        stripe_payment_intent_id="pi_this_one",
        stripe_charge_id="ch_this_one",
        reference="REF-77",
        source_title="The story of this one",
    )
    other = make_donor("bob@donor.example", name="Bob")
    make_gift(page_tree.campaign, other, source_title="Quite another story")

    page = client.get(reverse("gifts:index"), {"q": words}).content.decode()

    assert "The story of this one" in page
    assert "Quite another story" not in page


def test_gifts_are_filtered_by_all_that_staff_ask_for(page_tree, story, client, fundraiser):
    client.force_login(fundraiser)
    make_gift(
        page_tree.campaign,
        source_page=story,
        source_title="Wanted",
        source_region=page_tree.region,
        placement="story",
        frequency="monthly",
        currency="eur",
    )
    make_gift(page_tree.campaign, source_title="Unwanted", created_at=A_MOMENT - timedelta(days=90))
    filters = {
        "story": str(story.pk),
        "region": page_tree.region.pk,
        "placement": "story",
        "frequency": "monthly",
        "currency": "eur",
        "created_at_from": "2026-03-01",
    }

    for name, value in filters.items():
        page = client.get(reverse("gifts:index"), {name: value}).content.decode()

        assert "Wanted" in page, name
        assert "Unwanted" not in page, name


def test_each_gift_is_listed_under_its_state_and_no_other(page_tree, client, fundraiser):
    from donate.models import Dispute, Gift
    from donate.models.choices import GiftState

    client.force_login(fundraiser)
    gifts = {state: make_gift(page_tree.campaign, source_title=f"is-{state}-") for state in GiftState.values}
    Gift.objects.filter(pk=gifts["pending"].pk).update(received_at=None)
    Gift.objects.filter(pk=gifts["failed"].pk).update(received_at=None, failed_at=A_MOMENT)
    add_line(gifts["refunded"], "refunded", -5000, "re_1")
    add_line(gifts["partially_refunded"], "refunded", -2000, "re_2")
    add_line(gifts["succeeded"], "refunded", -2000, "re_3")
    add_line(gifts["succeeded"], "refund_failed", 2000, "re_3")
    for state in ("disputed", "lost"):
        add_line(gifts[state], "disputed", -5000, f"dp_{state}")
        Dispute.objects.create(
            gift=gifts[state],
            stripe_dispute_id=f"dp_{state}",
            status="open" if state == "disputed" else "lost",
            amount_minor=5000,
            currency="usd",
            opened_at=A_MOMENT,
            as_of=A_MOMENT,
        )

    for state in GiftState.values:
        page = client.get(reverse("gifts:index"), {"state": state}).content.decode()

        shown = {other for other in GiftState.values if f"is-{other}-" in page}
        assert shown == {state}


def test_rows_of_the_other_mode_are_not_shown(page_tree, client, fundraiser):
    client.force_login(fundraiser)
    live = make_gift(page_tree.campaign, livemode=True, source_title="Real money")

    assert "Real money" not in client.get(reverse("gifts:index")).content.decode()
    assert client.get(reverse("gifts:inspect", args=[live.pk])).status_code == 302


# Export ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "  =1", "\n=1", "＝1"],
)
def test_a_formula_becomes_text(text):
    assert csv_safe(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Ada", "", "a=b", None, 5, "5 - 3"])
def test_plain_words_and_numbers_stay_as_they_are(value):
    assert csv_safe(value) == value


def test_an_export_holds_the_rows_of_the_list_harmless_and_is_logged(page_tree, client, fundraiser):
    client.force_login(fundraiser)
    donor = make_donor("evil@donor.example", name="=HYPERLINK(1)")
    gift = make_gift(page_tree.campaign, donor)

    answer = client.get(reverse("gifts:index"), {"export": "csv"})

    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert len(rows) == 1
    assert rows[0]["Donor"] == "'=HYPERLINK(1)"
    assert (rows[0]["Amount"], rows[0]["Currency"], rows[0]["Gift"]) == ("50.00", "USD", str(gift.public_id))
    entry = ModelLogEntry.objects.get(action="donate.exported")
    assert entry.user == fundraiser
    assert entry.data["rows"] == 1


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_exported_as_a_workbook(name, rows, client, fundraiser):
    client.force_login(fundraiser)

    answer = client.get(reverse(f"{name}:index"), {"export": "xlsx"})

    sheet = load_workbook(io.BytesIO(answer.getvalue())).active
    assert sheet.max_row == 2
    assert all(cell.data_type != "f" for row in sheet for cell in row)


def test_an_export_without_permission_is_refused(rows, client, fundraiser):
    from django.contrib.auth.models import Permission

    reader = make_user("reader")
    reader.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_gift"]))
    client.force_login(reader)

    assert client.get(reverse("gifts:index")).status_code == 200
    assert "export=csv" not in client.get(reverse("gifts:index")).content.decode()
    assert client.get(reverse("gifts:index"), {"export": "csv"}).status_code == 302
    assert not ModelLogEntry.objects.filter(action="donate.exported").exists()


def test_a_qr_code_leads_to_the_campaign_under_its_label(rows, client, fundraiser, page_tree):
    from donate.linklist import link_address

    client.force_login(fundraiser)
    link = rows["giving_links"]

    page = client.get(reverse("giving_links:inspect", args=[link.pk])).content.decode()
    drawing = client.get(reverse("giving_links:qr", args=[link.pk]))

    assert link_address(link) in page
    assert drawing["Content-Type"] == "image/svg+xml"
    assert b"style=" not in drawing.content
    token = link_address(link).partition("from=")[2]
    form = client.get(page_tree.campaign.get_url_parts()[2], {"from": token})
    assert form.status_code == 200
    from donate.attribution import read_token

    assert read_token(token).label == "letter"
