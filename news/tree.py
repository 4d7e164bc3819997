"""The pages that every site has."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext as _
from wagtail.models import GroupPagePermission, Page, Site

from donate.models import GivePage
from home.models import HomePage, OrganisationSettings, StandardPage
from news.models import NewsroomPage, RegionIndexPage


def plant_tree() -> HomePage:
    """The home page at the root of the one site, with the pages below it; what is already there stays as it is."""
    home = HomePage.objects.first() or plant_home()
    place_site(home)
    for model, slug, title in (
        (NewsroomPage, "news", _("Newsroom")),
        (RegionIndexPage, "regions", _("Regions")),
        (GivePage, "give", _("Give Today")),
    ):
        if not model.objects.exists():
            add_below(home, model(title=title, slug=slug, show_in_menus=model is not GivePage))
    plant_about(home)
    let_fundraisers_write(GivePage.objects.first())
    return home


def plant_home() -> HomePage:
    """Replaces Wagtail's welcome page, which is a bare Page at the root."""
    root = Page.get_first_root_node()
    for welcome in root.get_children().filter(
        content_type__model="page", content_type__app_label="wagtailcore"
    ):
        welcome.delete()
    return add_below(root, HomePage(title=_("Home"), slug="home"))


def plant_about(home: HomePage) -> None:
    organisation = OrganisationSettings.load()
    if organisation.about_page_id or home.get_children().filter(slug="about").exists():
        return
    organisation.about_page = add_below(
        home, StandardPage(title=_("About"), slug="about", show_in_menus=True)
    )
    organisation.save(update_fields=["about_page"])


def place_site(home: HomePage) -> None:
    """One site, on SITE_URL."""
    origin = urlsplit(settings.SITE_URL)
    port = origin.port or (443 if origin.scheme == "https" else 80)
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": origin.hostname, "port": port, "root_page": home}
    )
    # The admin greets by it whoever does not see the root.
    Site.objects.filter(is_default_site=True, site_name="").update(site_name=settings.WAGTAIL_SITE_NAME)


def add_below(parent: Page, page: Page) -> Page:
    """Adds a live page; treebeard counts children on the instance, so the parent is read afresh."""
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    return page


def let_fundraisers_write(give: GivePage) -> None:
    """Fundraisers write campaigns; Moderators publish them."""
    group = Group.objects.get(name="Fundraisers")
    for permission in Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=["add_page", "change_page"]
    ):
        GroupPagePermission.objects.get_or_create(group=group, page=give, permission=permission)
