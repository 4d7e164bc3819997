"""The demo site: what is on it, and that a second run leaves everything as it is."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from donate.models import CampaignPage, Checkout, Gift, Message, StripeEvent
from donate.totals import with_totals
from news.models import RegionPage, Source, StoryPage, Topic

pytestmark = pytest.mark.django_db


def counts() -> dict:
    models = (StoryPage, RegionPage, Topic, Source, CampaignPage, Gift, Checkout, Message)
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.slow
def test_the_demo_is_complete_and_a_second_run_changes_nothing(settings, tmp_path):
    settings.DATA_DIR = tmp_path

    call_command("load_demo")

    first = counts()
    assert first["StoryPage"] >= 40
    assert first["RegionPage"] >= 12
    assert (first["Topic"], first["Source"], first["CampaignPage"]) == (12, 8, 5)
    assert first["Gift"] >= 300
    assert mail.outbox == []
    assert StripeEvent.objects.filter(
        processed_at__isnull=False
    ).exists()  # nobody looks for the demo's webhooks
    assert not Message.objects.filter(sent_at=None).exists()
    states = {gift.state for gift in with_totals(Gift.objects.all())}
    assert {"succeeded", "refunded", "partially_refunded"} <= states
    assert states & {"disputed", "lost"}
    assert Gift.objects.filter(recurring_gift__isnull=False, source_page__isnull=False).exists()

    story = StoryPage.objects.first()
    story.title = "A headline that a person typed"
    story.save()
    call_command("load_demo")

    assert counts() == first
    assert StoryPage.objects.get(pk=story.pk).title == "A headline that a person typed"


def test_no_gift_is_made_beside_a_key_that_is_not_the_sandboxs(settings, page_tree):
    from news.demo.gifts import make_gifts

    settings.STRIPE_SECRET_KEY = "sk_test_of_a_real_account"

    assert make_gifts() == 0
    assert not Gift.objects.exists()


@pytest.mark.parametrize("stories", [-1, 1_000_001])
def test_a_number_of_stories_that_makes_no_sense_is_refused_before_anything_is_made(db, stories):
    with pytest.raises(CommandError, match="from 0 to 1,000,000"):
        call_command("load_demo", stories=stories)
