"""What donors and staff of other giving software complained about in public; each has a test here.

The list is the contents page: a complaint (its public thread), and the tests that fail if it were true of this site.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
COMPLAINTS = {
    "Automattic/newspack-blocks#1209": "donate/test_limits.py::test_a_wave_of_refusals_raises_friction_tells_staff_once_and_ends_by_itself",
    "mozilla/donate.mozilla.org#1184": "donate/test_limits.py::test_a_wave_of_refused_cards_in_one_checkout_is_an_attack_and_a_few_are_none",
    "impress-org/givewp#5521": "donate/test_limits.py::test_a_form_not_rendered_by_us_can_be_sent_again_while_under_attack",
    "MozillaFoundation/donate-wagtail#1699": "donate/test_give_form.py::test_each_currency_and_each_campaign_has_its_own_least_gift",
    "liberapay/liberapay.com#2292": "donate/test_give_form.py::test_a_good_form_leads_to_stripes_page_without_a_cookie",
    "Automattic/newspack-plugin#3678": "donate/test_limits.py::test_the_page_of_a_refusal_keeps_the_form_and_reading_goes_on",
    "liberapay/liberapay.com#1252": "donate/test_checkout.py::test_ten_identical_posts_at_once_open_one_page",
    "impress-org/givewp#2351": "donate/test_checkout.py::test_the_same_form_twice_is_the_same_page",
    "freeCodeCamp/freeCodeCamp#38052": "donate/test_checkout.py::test_a_form_that_is_paid_leads_to_thanks",
    "WordImpress/Give-Docs#222": "donate/test_thanks.py::test_it_thanks_for_a_paid_gift_before_any_event_came",
    "impress-org/givewp#5523": "donate/test_donor_mail.py::test_a_renewal_that_recovers_is_a_gift_and_the_story_goes_on",
    "wevote/WeVoteServer#969": "donate/test_silence.py::test_an_endpoint_that_stripe_switched_off_is_named",
    "smith-horn/skillsmith#289": "donate/test_silence.py::test_events_that_stripe_had_and_we_did_not_get_raise_the_alarm_until_they_come",
    "django/djangoproject.com#764": "donate/test_giving.py::test_stripes_word_of_the_stop_comes_late_and_breaks_nothing",
    "Automattic/newspack-plugin#2067": "donate/test_webhook.py::test_a_failure_while_applying_leaves_no_partial_row_and_is_mended_by_the_next_delivery",
    "newsrevenuehub/rev-engine#1764": "donate/test_bad_records.py::test_properties_that_stripe_adds_tomorrow_change_nothing",
    "newsrevenuehub/rev-engine#1767": "donate/test_bad_records.py::test_a_renewal_whose_line_to_stripe_drops_is_recorded_by_the_next_delivery",
    "newsrevenuehub/rev-engine#1723": "donate/test_giving.py::test_one_donor_has_one_page_whatever_the_letter_case_of_the_address",
    "liberapay/liberapay.com#2224": "donate/test_bad_records.py::test_one_payment_that_cannot_be_recorded_does_not_stop_the_night",
    "impress-org/givewp#7425": "donate/test_give_form.py::test_rounding_lands_on_the_fee_and_never_on_the_gift",
    "cartalyst/stripe#59": "donate/test_give_form.py::test_each_currency_has_its_own_decimals",
    "impress-org/givewp#2530": "donate/test_reports.py::test_a_gift_counts_on_the_day_of_the_organisations_time_zone",
    "mozilla/donate.mozilla.org#1937": "donate/test_reports.py::test_a_partial_refund_takes_only_its_part",
    "impress-org/givewp#8259": "donate/test_bad_records.py::test_a_gift_of_another_account_cannot_be_given_back_by_mistake",
    "mozilla/donate.mozilla.org#791": "donate/test_giving.py::test_a_lost_receipt_comes_again_as_a_copy",
    "impress-org/givewp#2321": "donate/test_receipts.py::test_one_command_makes_all_statements_of_a_year",
    "Charitable/Charitable#241": "donate/test_receipts.py::test_a_reprint_says_copy",
    "MozillaFoundation/donate-wagtail#1505": "donate/test_bad_records.py::test_every_way_of_paying_has_the_amount_on_its_receipt",
    "impress-org/givewp#3877": "donate/test_limits.py::test_a_wave_of_refused_cards_in_one_checkout_is_an_attack_and_a_few_are_none",
    "mozilla/donate.mozilla.org#1088": "donate/test_books.py::test_catch_up_after_a_restore_brings_everything_back",
    "impress-org/givewp#8042": "donate/test_give_form.py::test_coming_back_restores_the_choice_and_nothing_about_the_donor",
    "impress-org/givewp#4697": "browser/test_accessibility.py",
    "impress-org/givewp#4749": "donate/test_list_queries.py::test_the_lists_cost_the_same_for_three_rows_and_for_thirty",
    "impress-org/givewp#7483": "donate/test_attribution.py::test_totals_of_many_campaigns_cost_one_query_and_never_add_currencies",
    "Charitable/Charitable#556": "donate/test_giving.py::test_erasure_takes_the_person_and_leaves_the_sums",
    "liberapay/liberapay.com#1626": "donate/test_gifts.py::test_a_dispute_takes_the_money_until_it_is_decided",
    "dj-stripe/dj-stripe#1499": "donate/test_books.py::test_catch_up_finds_what_webhooks_lost_and_nothing_the_second_time",
    "liberapay/liberapay.com#2138": "donate/test_giving.py::test_a_new_amount_is_shown_with_its_day_and_taken_at_the_next_charge",
}  # fmt: skip


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((TESTS / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("thread", COMPLAINTS)
def test_the_complaint_has_its_test(thread):
    file, _, name = COMPLAINTS[thread].partition("::")

    assert name in names_in(file) if name else names_in(file)
