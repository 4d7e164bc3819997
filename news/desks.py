"""Region desks: a group per outermost region, whose members write and edit that region's stories alone.

Stories all lie below the newsroom, so Wagtail's permissions, which follow the tree, cannot tell regions apart.
A desk therefore holds "add" and "change" on the newsroom, and DeskPolicy takes "change" away again wherever
the page is not a story of the desk's region.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.models import AbstractPage, GroupCollectionPermission, GroupPagePermission
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import register_permission_policy

from news.listing import in_regions
from news.models import NewsroomPage, RegionDesk, RegionPage, StoryPage

OUTERMOST = 4  # depth of a region right below the index
EDITORS = "Editors"  # a desk may use the admin, pictures and snippets as they may


def open_desk(region: RegionPage) -> RegionDesk | None:
    """The desk of an outermost region, made with the region; renamed when it is."""
    if region.depth != OUTERMOST:
        return None
    name = _("Desk: %(region)s") % {"region": region.title}
    desk = RegionDesk.objects.filter(region=region).select_related("group").first()
    if desk:
        Group.objects.filter(pk=desk.group_id).exclude(name=name).update(name=name[:150])
        return desk
    group, _created = Group.objects.get_or_create(name=name[:150])
    editors = Group.objects.filter(name=EDITORS).first()
    if editors:
        group.permissions.set(editors.permissions.all())
        for grant in editors.collection_permissions.all():
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=grant.collection, permission=grant.permission
            )
    desk = RegionDesk.objects.create(region=region, group=group)
    grant_newsroom([group])
    return desk


def grant_newsroom(groups) -> None:
    """ "Add" and "change" on the newsroom, where it exists."""
    newsroom = NewsroomPage.objects.first()
    permissions = Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=["add_page", "change_page"]
    )
    for group in groups if newsroom else ():
        for permission in permissions:
            GroupPagePermission.objects.get_or_create(group=group, page=newsroom, permission=permission)


def region_saved(instance: RegionPage, raw: bool = False, **_signal) -> None:
    if not raw:
        open_desk(instance)


def newsroom_saved(instance: NewsroomPage, created: bool, raw: bool = False, **_signal) -> None:
    if created and not raw:
        grant_newsroom(Group.objects.filter(desk__isnull=False))


def desks_of(user) -> dict[int, str]:
    """The desks a user sits at: group's primary key to the region's tree path. Read once for a user object."""
    if not hasattr(user, "_desks"):
        rows = RegionDesk.objects.filter(group__user=user) if user.pk else RegionDesk.objects.none()
        user._desks = dict(rows.values_list("group", "region__path"))
    return user._desks


def visible_to(user, stories: QuerySet) -> QuerySet:
    """Stories that somebody may see in the admin's lists: all, or the desk's and one's own."""
    desks = desks_of(user)
    if not desks or _works_everywhere(user, desks):
        return stories
    here = RegionPage.objects.filter(_below(desks.values())).order_by().values("pk")
    return stories.filter(in_regions(here) | Q(owner=user))


def without_foreign(user, pages: QuerySet) -> QuerySet:
    """Pages of any type, less the stories of other desks."""
    desks = desks_of(user)
    if not desks or _works_everywhere(user, desks):
        return pages
    own = visible_to(user, StoryPage.objects.order_by()).values("pk")
    return pages.exclude(Q(pk__in=StoryPage.objects.order_by().values("pk")) & ~Q(pk__in=own))


class DeskPolicy(PagePermissionPolicy):
    """Page permissions as one page sees them: a desk's count on its own stories only."""

    def __init__(self, page: AbstractPage):
        super().__init__()
        self.page = page

    def get_cached_permissions_for_user(self, user):
        permissions = super().get_cached_permissions_for_user(user)
        desks = desks_of(user)
        if not desks:
            return permissions
        return [grant for grant in permissions if grant.group_id not in desks or self._counts(grant, desks)]

    def _counts(self, grant: GroupPagePermission, desks: dict[int, str]) -> bool:
        if grant.permission.codename == "add_page":  # on a story: one's own
            return True
        return any(path.startswith(desks[grant.group_id]) for path in self._region_paths)

    @property
    def _region_paths(self) -> list[str]:
        if not hasattr(self, "_paths"):
            saved = StoryPage.objects.filter(pk=self.page.pk)
            primary = saved.values_list("region__path", flat=True)
            further = saved.values_list("story_regions__region__path", flat=True)
            self._paths = [path for path in [*primary, *further] if path]
        return self._paths


class PolicyOfEachPage(PagePermissionPolicy):
    """What the registry holds: asked in general it answers as Wagtail does, asked about a page it gives that page's policy."""

    def __call__(self, page: AbstractPage) -> DeskPolicy:
        return DeskPolicy(page)

    def explorable_instances(self, user):
        return without_foreign(user, super().explorable_instances(user))

    def instances_user_has_any_permission_for(self, user, actions):
        return without_foreign(user, super().instances_user_has_any_permission_for(user, actions))


def connect() -> None:
    register_permission_policy(AbstractPage, PolicyOfEachPage())


def _below(paths) -> Q:
    below = Q(pk__in=[])
    for path in paths:
        below |= Q(path__startswith=path)
    return below


def _works_everywhere(user, desks: dict[int, str]) -> bool:
    if user.is_superuser:
        return True
    others = GroupPagePermission.objects.filter(group__user=user).exclude(group__in=desks)
    newsroom = NewsroomPage.objects.first()
    return bool(newsroom) and any(
        newsroom.path.startswith(path) for path in others.values_list("page__path", flat=True)
    )
