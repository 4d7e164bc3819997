"""The giving form: what is accepted, what is said about the rest, what reaches Stripe."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import givers
import pytest

from donate import money
from donate.attribution import read_token
from donate.models import CampaignLimit, Checkout, Designation, GiftComment, GivingSettings
from donate.money import typed

pytestmark = pytest.mark.django_db


def test_a_good_form_leads_to_stripes_page_without_a_cookie(client, sandbox, campaign):
    page = client.get(givers.address(campaign))
    answer = givers.send(client, campaign, givers.filled(client, campaign))

    assert answer.status_code == 303
    assert answer["Location"].startswith(sandbox.url + "/c/pay/cs_test_")
    assert not page.cookies and not answer.cookies


def test_the_row_is_there_before_stripe_is_called_and_carries_everything(client, sandbox, campaign):
    session = sandbox.get(givers.begin(client, campaign))
    row = Checkout.objects.get()

    assert row.stripe_checkout_session_id == session["id"]
    assert session["client_reference_id"] == session["metadata"]["checkout"] == str(row.public_id)
    assert session["metadata"]["campaign"] == str(campaign.pk)
    assert session["customer_email"] == "ada@donor.example"
    assert session["_intent_data"]["metadata"]["checkout"] == str(row.public_id)
    assert session["success_url"] == "http://localhost/giving/thanks/?session_id={CHECKOUT_SESSION_ID}"
    assert session["adaptive_pricing"] == {"enabled": False}


@pytest.mark.parametrize(
    ("text", "minor"),
    [("25", 2500), ("25.00", 2500), ("1,250", 125000), ("12,5", 1250), (" 30 ", 3000), ("1,250.50", 125050)],
)
def test_amounts_as_people_type_them(client, sandbox, campaign, text, minor):
    session = sandbox.get(givers.begin(client, campaign, amount_other=text))

    assert session["amount_total"] == minor


BAD = ["-5", "0", "0.001", "1.250", "NaN", "Infinity", "1e5", "1_000", "１０", "٢٥", "$10", "0x10", "1 000", "1,2,3", ".", "9" * 15,
       "9" * 100_000, "25\x00", "ten", "1,0000", "--", "+25", "25.", "", "<b>25</b>"]  # fmt: skip


@pytest.mark.parametrize("text", BAD, ids=lambda text: repr(text[:12]))
def test_odd_amounts_are_a_form_error_and_reach_nobody(client, sandbox, campaign, text):
    answer = givers.send(client, campaign, givers.filled(client, campaign, amount_other=text))

    assert answer.status_code == 400
    assert "problems" in answer.content.decode()
    assert not sandbox.all("checkout.session") and not Checkout.objects.exists()


@pytest.mark.parametrize(
    ("currency", "text", "minor"), [("jpy", "500", 500), ("kwd", "5.000", 5000), ("USD", "5", 500)]
)
def test_each_currency_has_its_own_decimals(client, sandbox, campaign, settings, currency, text, minor):
    settings.CURRENCIES = ["usd", "jpy", "kwd"]

    session = sandbox.get(givers.begin(client, campaign, currency=currency, amount_other=text))

    assert (session["amount_total"], session["currency"]) == (minor, currency.lower())


def test_the_server_alone_decides_price_campaign_and_addresses(client, sandbox, campaign, factories):
    other = factories.make_campaign("Another")

    session = sandbox.get(
        givers.begin(
            client,
            campaign,
            unit_amount="1",
            amount_minor="1",
            **{"from": "forged"},
            page=str(other.pk),
            success_url="https://evil.example/",
            metadata="{}",
            livemode="1",
        )
    )

    assert session["amount_total"] == 2500
    assert session["metadata"]["campaign"] == str(campaign.pk)
    assert "evil" not in str(session)


def test_a_page_of_errors_names_each_field_and_loses_nothing(client, sandbox, campaign):
    data = givers.filled(
        client,
        campaign,
        amount_other="0.50",
        dedication="memory",
        honoree="",
        email="ines.example.org",
        name="Inés <b>",
    )

    answer = givers.send(client, campaign, data)
    page = answer.content.decode()

    assert answer.status_code == 400
    for anchor in re.findall(
        r'<li><a href="#([^"]+)"', page[page.index("problems") : page.index("</ul>", page.index("problems"))]
    ):
        assert f'id="{anchor}"' in page
    text = html.unescape(page)
    assert "Enter an amount of $2 or more" in text
    assert "Enter the name of the person" in text
    assert 'value="Inés &lt;b&gt;"' in page and 'value="ines.example.org"' in page
    assert data["attempt"] in page


def test_the_campaigns_own_limits_hold(client, sandbox, campaign):
    CampaignLimit.objects.create(page=campaign, currency="usd", minimum_minor=1000, maximum_minor=20000)

    for amount, status in (("9.99", 400), ("10", 303), ("200", 303), ("200.01", 400)):
        assert (
            givers.send(client, campaign, givers.filled(client, campaign, amount_other=amount)).status_code
            == status
        )


@pytest.mark.parametrize("currency", ["usd", "eur", "gbp"])
def test_each_currency_and_each_campaign_has_its_own_least_gift(client, sandbox, campaign, currency):
    """Four times what Stripe takes, where the campaign says nothing; a campaign may ask for less, never below Stripe's."""
    least = money.minimum(currency)

    def status(minor: int) -> int:
        text = money.typed(minor, currency)
        data = givers.filled(client, campaign, currency=currency, amount_other=text, frequency="monthly")
        return givers.send(client, campaign, data).status_code

    assert least == 4 * money.STRIPE_MINIMUM[currency]
    assert (status(least - 1), status(least)) == (400, 303)
    CampaignLimit.objects.create(page=campaign, currency=currency, minimum_minor=1, maximum_minor=20000)
    assert status(money.STRIPE_MINIMUM[currency]) == 303
    assert status(money.STRIPE_MINIMUM[currency] - 1) == 400


def test_the_typed_amount_wins_over_the_suggested_one(client, sandbox, campaign):
    first = sandbox.get(givers.begin(client, campaign, amount_once="50", amount_other=""))
    second = sandbox.get(givers.begin(client, campaign, amount_once="50", amount_other="77"))

    assert (first["amount_total"], second["amount_total"]) == (5000, 7700)


def test_a_covered_fee_is_added_and_the_gift_arrives_whole(client, sandbox, campaign):
    campaign.offers_fee_cover = True
    campaign.save()

    session = givers.begin(client, campaign, amount_other="50", cover_fees="on")

    row = Checkout.objects.get()
    total = sandbox.get(session)["amount_total"]
    assert (row.amount_minor, row.fee_cover_minor) == (5000, total - 5000)
    assert total - (total * 290 / 10000 + 30) >= 5000 > total - 1 - ((total - 1) * 290 / 10000 + 30)


def test_the_form_shows_the_fee_to_the_cent_before_payment(client, sandbox, campaign):
    campaign.offers_fee_cover = True
    campaign.save()
    first = client.get(givers.address(campaign)).content.decode()
    sent = givers.filled(
        client, campaign, amount_other="31.20", cover_fees="on", switch="fee", amount_once="50"
    )

    shown = givers.send(client, campaign, sent)

    assert [f"+ {fee} fee" in first for fee in ("$1.06", "$1.81", "$3.30")] == [True] * 3
    assert "With" not in first
    assert shown.status_code == 200 and not Checkout.objects.exists()
    page = shown.content.decode()
    assert "With $1.25 for the card fee, your other amount comes to $32.45." in page
    assert 'name="cover_fees" checked' in page and 'value="31.20"' in page
    assert re.search(r'name="amount_once" value="50"[^>]* checked', page)
    session = givers.begin(client, campaign, **(sent | {"switch": None}))
    assert sandbox.get(session)["amount_total"] == 3245
    assert "$1.25 covers the card fee" in sandbox.get(session)["custom_text"]["submit"]["message"]


def test_no_fee_is_shown_where_none_is_offered_or_nothing_can_be_read(client, sandbox, campaign):
    assert "card fee" not in client.get(givers.address(campaign)).content.decode()
    campaign.offers_fee_cover = True
    campaign.save()

    for text in ("", "1e5", "-5", "0", "9" * 40):
        data = givers.filled(client, campaign, amount_other=text, cover_fees="on", switch="fee")
        answer = givers.send(client, campaign, data)
        assert answer.status_code == 200 and "your other amount comes to" not in answer.content.decode()


@pytest.mark.parametrize(
    ("currency", "gift", "fee"),
    [("usd", 5000, 181), ("jpy", 500, 16), ("jpy", 10555, 317), ("kwd", 5000, 460), ("kwd", 5010, 460)],
)
def test_rounding_lands_on_the_fee_and_never_on_the_gift(currency, gift, fee):
    fixed = -(-30 * 10 ** money.decimals(currency) // 100)

    found = money.fee_to_cover(gift, currency, 290, fixed)

    assert found == fee
    assert (gift + found) * (10_000 - 290) >= (gift + fixed) * 10_000
    assert (gift + found) % money.unit_of(currency) == 0


def test_a_fee_is_not_covered_where_the_campaign_does_not_offer_it(client, sandbox, campaign):
    assert sandbox.get(givers.begin(client, campaign, cover_fees="on"))["amount_total"] == 2500


def test_a_designation_is_one_of_the_campaigns(client, sandbox, campaign):
    water, other = (Designation.objects.create(name=name) for name in ("Water", "Elsewhere"))
    campaign.designation = water
    campaign.save()

    givers.begin(client, campaign, designation="")
    refused = givers.send(client, campaign, givers.filled(client, campaign, designation=str(other.pk)))

    assert Checkout.objects.get().designation == "Water"
    assert refused.status_code == 400


def test_changing_the_currency_charges_nothing_and_keeps_what_was_typed(client, sandbox, campaign):
    data = givers.filled(
        client, campaign, currency="eur", switch="currency", name="Inés", email="half an addr"
    )

    answer = givers.send(client, campaign, data)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "problems" not in page and 'value="Inés"' in page and '<option value="eur" selected>' in page
    assert not sandbox.all("checkout.session")


def test_coming_back_restores_the_choice_and_nothing_about_the_donor(client, sandbox, campaign):
    session = sandbox.get(givers.begin(client, campaign, frequency="monthly", amount_other="37.50"))
    back = urlsplit(session["cancel_url"])

    page = client.get(f"{back.path}?{back.query}").content.decode()

    assert parse_qs(back.query)["frequency"] == ["monthly"]
    assert "ada" not in session["cancel_url"].lower()
    assert 'value="37.50"' in page and re.search(r'value="monthly" checked', page)
    assert "Nothing was charged" in page
    assert "ada@donor.example" not in page and not re.search(r"\bAda\b", page)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": None, "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": None, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": None}, 303),
    ],
)
def test_a_post_from_another_site_is_refused(sandbox, campaign, headers, status):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    data = givers.filled(client, campaign)
    headers = {name: value for name, value in headers.items() if value is not None}

    answer = client.post(givers.address(campaign), data, headers=headers)

    assert answer.status_code == status


def test_a_closed_campaign_takes_nothing_and_says_so(client, sandbox, campaign):
    data = givers.filled(client, campaign)
    campaign.closes_on = "2020-01-01"
    campaign.save()

    answer = givers.send(client, campaign, data)

    assert answer.status_code == 409
    assert "takes no gifts" in answer.content.decode()
    assert not sandbox.all("checkout.session")


def test_a_draft_campaign_cannot_be_given_to(client, sandbox, factories):
    draft = factories.make_campaign("Draft", live=False)

    assert client.post("/give/draft/", {}, headers={"Origin": "http://localhost"}).status_code == 404
    assert draft.checkouts.count() == 0


def test_without_a_key_giving_is_closed_and_the_site_runs(client, campaign, settings):
    settings.STRIPE_SECRET_KEY = ""

    page = client.get(givers.address(campaign))

    assert page.status_code == 200
    assert 'name="amount_other"' not in page.content.decode()
    assert client.get("/give/").status_code == 200


def test_nobodys_words_are_public_until_agreed_and_approved(client, sandbox, campaign):
    givers.give(client, sandbox, campaign, comment="In secret")
    givers.give(
        client,
        sandbox,
        campaign,
        email="b@donor.example",
        comment="<script>alert(1)</script>",
        show_name="on",
    )

    comment = GiftComment.objects.get()
    before = client.get(givers.address(campaign)).content.decode()
    comment.approved_at = "2026-01-01T00:00Z"
    comment.save()
    after = client.get(givers.address(campaign)).content.decode()

    assert comment.first_name == "Ada"
    assert "alert(1)" not in before
    assert "&lt;script&gt;alert(1)" in after and "<script>alert" not in after and "In secret" not in after


def test_control_characters_in_a_name_become_spaces(client, sandbox, campaign):
    givers.begin(client, campaign, name="Ada\r\nBcc: evil@example.org")

    assert Checkout.objects.get().name == "Ada Bcc: evil@example.org"


def test_presets_are_typed_the_way_they_are_read_back(campaign):
    for minor, currency in ((2500, "usd"), (2550, "usd"), (500, "jpy"), (5000, "kwd"), (5010, "kwd")):
        from donate.money import parse_amount

        assert parse_amount(typed(minor, currency), currency) == minor


@pytest.mark.parametrize(
    "data", [{}, {"currency": ""}, {"currency": "zzz"}, {"currency": "\x00", "frequency": "\x00"}]
)
def test_a_post_that_lacks_what_browsers_send_is_a_form_error(client, sandbox, campaign, data):
    answer = givers.send(client, campaign, data)

    assert answer.status_code == 400
    assert "problems" in answer.content.decode()


@pytest.mark.parametrize(
    "odd",
    [
        {"from": "a\x00b"},
        {"attempt": "\x00"},
        {"attempt": "x" * 5000},
        {"dedication": "none", "notify": "no address", "honoree": "x" * 300},
    ],
)
def test_what_is_of_no_use_to_a_gift_does_not_stop_it(client, sandbox, campaign, odd):
    assert givers.send(client, campaign, givers.filled(client, campaign, **odd)).status_code == 303
    assert Checkout.objects.get().notify == ""


def test_a_third_decimal_that_stripe_would_round_is_named(client, sandbox, campaign, settings):
    settings.CURRENCIES = ["kwd"]

    answer = givers.send(
        client, campaign, givers.filled(client, campaign, currency="kwd", amount_other="25.125")
    )

    assert "third decimal is 0" in answer.content.decode()


def test_a_closed_campaign_leads_on_to_the_one_that_is_open(client, campaign, factories):
    over = factories.make_campaign("Over", closes_on="2020-01-01")

    link = re.search(r'href="([^"]+\?from=[^"]+)"', client.get(givers.address(over)).content.decode())[1]

    assert link.startswith(givers.address(campaign))
    assert read_token(parse_qs(urlsplit(html.unescape(link)).query)["from"][0]).placement == "campaign"


def test_give_pages_tell_the_other_ways_and_how_the_statement_reads(client, sandbox, campaign):
    GivingSettings.objects.update(
        other_ways="<p>By bank: IBAN XX00 0000.</p>", statement_name="KINDLING TRUST"
    )

    form, all_campaigns = client.get(givers.address(campaign)), client.get("/give/")

    assert "On your statement the gift reads <b>KINDLING TRUST</b>" in form.content.decode()
    assert 'href="/give/#other-ways"' in form.content.decode()
    assert "IBAN XX00 0000" in all_campaigns.content.decode()
    assert "<b>KINDLING TRUST</b>" in all_campaigns.content.decode()


@pytest.mark.parametrize(
    ("minor", "currency", "shown"), [(4000, "kwd", "KWD\xa04"), (2550, "usd", "$25.50"), (500, "jpy", "¥500")]
)
def test_a_currency_named_by_letters_stands_apart_from_its_amount(minor, currency, shown):
    assert money.display(minor, currency) == shown
