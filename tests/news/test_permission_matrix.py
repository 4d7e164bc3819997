"""Who gets in where: six roles at every admin address of ours, reading and writing.

The table names what each role may do. Addresses that stand in no row are found by themselves and held to the
general rule: nobody without a role gets in, and nothing of donate's opens to the newsroom.
"""

import re

import pytest
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]

ROLES = ("anonymous", "outsider", "editor", "desk", "moderator", "fundraiser", "admin")
WRITERS = {"editor", "desk", "moderator", "admin"}
EVERYWHERE = {"editor", "moderator", "admin"}
PUBLISHERS = {"moderator", "admin"}
MONEY = {"fundraiser", "admin"}
STAFF = {"editor", "desk", "moderator", "fundraiser", "admin"}

# method, address (names in braces are keys of what `things` gives), who gets in
TABLE = [
    ("GET", "/admin/", STAFF),
    ("GET", "/admin/stories/", WRITERS | {"fundraiser"}),
    ("GET", "/admin/stories/results/", WRITERS | {"fundraiser"}),
    ("GET", "/admin/news/dateline/?text=x", WRITERS),
    ("GET", "/admin/news/same-address/?url=x", WRITERS),
    ("GET", "/admin/news/like/{elsewhere}/", EVERYWHERE),
    ("POST", "/admin/news/like/{elsewhere}/", EVERYWHERE),
    ("GET", "/admin/news/like/{here}/", WRITERS),
    ("POST", "/admin/news/like/{here}/", WRITERS),
    ("GET", "/admin/news/take-down/{here}/", PUBLISHERS),
    ("GET", "/admin/news/forget-versions/{gone}/", PUBLISHERS),
    ("POST", "/admin/news/forget-versions/{gone}/", PUBLISHERS),
    ("GET", "/admin/news/forget-versions/{here}/", set()),  # readers see it still
    ("GET", "/admin/pages/{here}/edit/", WRITERS),
    ("GET", "/admin/pages/{elsewhere}/edit/", EVERYWHERE),
    ("GET", "/admin/pages/{elsewhere}/view_draft/", EVERYWHERE),
    ("GET", "/admin/pages/{elsewhere}/history/", EVERYWHERE),
    ("GET", "/admin/pages/{elsewhere}/copy/", PUBLISHERS | {"editor"}),
    ("GET", "/admin/pages/add/news/storypage/{newsroom}/", WRITERS),
    ("GET", "/admin/pages/{campaign}/edit/", EVERYWHERE | {"fundraiser"}),
    ("GET", "/admin/pages/{region}/edit/", EVERYWHERE),
    ("GET", "/admin/snippets/news/topic/", WRITERS),
    ("GET", "/admin/snippets/news/source/add/", WRITERS),
    ("GET", "/admin/snippets/news/person/add/", WRITERS),
    ("GET", "/admin/settings/home/organisationsettings/{organisation}/", PUBLISHERS | {"fundraiser"}),
    ("GET", "/admin/settings/donate/givingsettings/{giving}/", MONEY),
    ("GET", "/admin/users/", {"admin"}),
    ("GET", "/admin/groups/", {"admin"}),
    ("GET", "/admin/sites/", {"admin"}),
    ("GET", "/admin/redirects/", PUBLISHERS),
    ("POST", "/admin/news/take-down/{here}/", PUBLISHERS),  # last: the story is gone afterwards
]
# Open to everybody who may sign in, or who has lost a password: tested with the doors.
DOORS = ("admin/second-step/", "admin/password_reset/", "admin/login/", "admin/logout/", "admin/account")


@pytest.fixture
def things(page_tree, factories):
    from donate.models import GivingSettings
    from home.models import OrganisationSettings
    from news.models import Takedown
    from news.tree import let_fundraisers_write

    let_fundraisers_write(page_tree.give)
    syria = factories.make_region("Syria", parent=page_tree.region)
    here = factories.make_story("Here", region=syria)
    elsewhere = factories.make_story("Elsewhere", region=factories.make_region("Europe"))
    gone = factories.make_story("Gone", region=syria, live=False)
    Takedown.objects.create(page_id=gone.pk, title=gone.title, address="/news/gone/", reason="Danger")
    return {
        "gone": gone.pk,
        "organisation": OrganisationSettings.load().pk,
        "giving": GivingSettings.load().pk,
        "here": here.pk,
        "elsewhere": elsewhere.pk,
        "newsroom": page_tree.newsroom.pk,
        "campaign": page_tree.campaign.pk,
        "region": page_tree.region.pk,
    }


@pytest.fixture
def sign_in(client, things, factories, editor, moderator, fundraiser, admin, outsider):
    people = {
        "editor": editor,
        "moderator": moderator,
        "fundraiser": fundraiser,
        "admin": admin,
        "outsider": outsider,
        "desk": factories.make_user("desk", "Desk: Middle East"),
    }

    def go(role):
        if role in people:
            client.force_login(people[role])
        return client

    return go


def gets_in(client, method: str, path: str) -> bool:
    """Was the request answered, rather than sent away (to sign in, or home with "you may not")?"""
    response = client.generic(method, path, "reason=x", content_type="application/x-www-form-urlencoded")
    assert response.status_code < 500, path
    if response.status_code in (301, 302):
        return response.url.partition("?")[0] not in ("/admin/login/", "/admin/")
    return response.status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_who_gets_in_where(sign_in, things, role):
    client = sign_in(role)

    wrong = [
        f"{method} {path}"
        for method, path, allowed in TABLE
        if gets_in(client, method, path.format(**things)) != (role in allowed)
    ]

    assert wrong == []


def patterns(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path)
        else:
            yield path, pattern.callback


def owner(view) -> str:
    """The app whose code answers."""
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return getattr(view, "view_class", view).__module__.partition(".")[0]


def own_addresses(*apps: str) -> list[str]:
    found = [
        path for path, view in patterns(get_resolver()) if path.startswith("admin/") and owner(view) in apps
    ]
    plain = [re.sub(r"<int:[^>]*>|<[a-z]*:?(?:pk|id)>", "1", path) for path in found]
    return ["/" + re.sub(r"<[^>]*>", "x", path) for path in plain if not path.startswith(DOORS)]


def test_our_addresses_are_found():
    assert "/admin/news/take-down/1/" in own_addresses("news")


@pytest.mark.parametrize("role", ["anonymous", "outsider"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_without_a_role_gets_in_anywhere(sign_in, role, method):
    client = sign_in(role)

    inside = [path for path in own_addresses("home", "donate", "news") if gets_in(client, method, path)]

    assert inside == []


@pytest.mark.parametrize("role", ["editor", "desk", "moderator"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_of_the_money_opens_to_the_newsroom(sign_in, role, method):
    client = sign_in(role)

    inside = [path for path in own_addresses("donate") if gets_in(client, method, path)]

    assert inside == []


def test_a_get_changes_nothing(sign_in, things):
    from wagtail.models import Page, Revision

    client = sign_in("admin")
    before = Page.objects.count(), Revision.objects.count()

    for path in own_addresses("news"):
        client.get(path.replace("/1/", f"/{things['here']}/"))

    assert (Page.objects.count(), Revision.objects.count()) == before


def test_a_form_from_another_site_is_refused(things, moderator):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)

    assert client.post(reverse("news_take_down", args=[things["here"]]), {"reason": "x"}).status_code == 403
