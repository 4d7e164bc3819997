"""What the newsroom has in the admin's menu: stories, topics, sources, people."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_filters import DateFromToRangeFilter, ModelMultipleChoiceFilter
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView, IndexView
from wagtail.admin.views.pages.ordering import SetPagePositionView
from wagtail.admin.viewsets.pages import PageListingViewSet, PageViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from donate import raised
from donate.models import CampaignPage
from news.desks import visible_to
from news.listing import in_regions
from news.models import LinkCheck, Person, RegionPage, SearchMiss, SearchSynonym, Source, StoryPage, Topic


def within(queryset, name, regions):
    """Stories of the chosen regions and of all below them."""
    if not regions:
        return queryset
    found = RegionPage.objects.none()
    for region in regions:
        found |= RegionPage.objects.descendant_of(region, inclusive=True)
    # Keys, not a subquery: that one would be asked for each of a hundred thousand stories.
    return queryset.filter(in_regions(list(found.order_by().values_list("pk", flat=True))))


def with_dead_link(queryset, name, wanted):
    """Stories whose full story has failed too often, or all others."""
    dead = LinkCheck.objects.filter(failures__gte=LinkCheck.DEAD_AFTER, url=F("story__full_story_url"))
    return (
        queryset.filter(pk__in=dead.values("story"))
        if wanted
        else queryset.exclude(pk__in=dead.values("story"))
    )


class StoryFilterSet(WagtailFilterSet):
    dated_on = DateFromToRangeFilter(label=_("Date"), widget=DateRangePickerWidget)
    region = ModelMultipleChoiceFilter(label=_("Region"), queryset=RegionPage.objects.all(), method=within)
    topics = ModelMultipleChoiceFilter(label=_("Topic"), queryset=Topic.objects.all(), distinct=True)
    source = ModelMultipleChoiceFilter(label=_("Source"), queryset=Source.objects.all())
    author = ModelMultipleChoiceFilter(
        label=_("Author"), queryset=Person.objects.all(), field_name="story_authors__person", distinct=True
    )
    campaign = ModelMultipleChoiceFilter(
        label=_("Campaign"),
        queryset=CampaignPage.objects.all(),
        field_name="story_campaigns__campaign",
        distinct=True,
    )
    dead_link = django_filters.BooleanFilter(label=_("Full story no longer answers"), method=with_dead_link)
    live = django_filters.BooleanFilter(label=_("Published"))
    has_unpublished_changes = django_filters.BooleanFilter(label=_("Has unpublished changes"))

    class Meta:
        model = StoryPage
        fields: list[str] = []


class CampaignsColumn(Column):
    """The campaigns that a story names itself."""

    def get_value(self, instance):
        return ", ".join(row.campaign.title for row in instance.story_campaigns.all())


class GiftsColumn(Column):
    """Gifts that the story led to; small numbers are shown only to those who may see money."""

    def get_cell_context_data(self, instance, parent_context):
        exact = parent_context["request"].user.has_perm(raised.MAY_SEE_MONEY)
        context = super().get_cell_context_data(instance, parent_context)
        return context | {"value": raised.blurred(instance.gifts_begun, exact)}

    def get_value(self, instance):
        return ""


class StoryDateColumn(Column):
    """The story's own date, written out: it is the order readers see."""

    def get_value(self, instance):
        return date_format(instance.dated_on, "DATE_FORMAT")


def in_admin(pages):
    """With what the admin's lists show. Prefetched, not joined: the listing sets its own joins."""
    pages = pages.prefetch_related("region", "source", "story_campaigns__campaign")
    return raised.with_gifts_begun(pages).defer("body", "excerpt", "note")


class KeysFirstPaginator(WagtailPaginator):
    """Finds the page's keys in the bare order, then asks for all that is shown of those alone.

    Otherwise the database works out every column of all the rows that are skipped: 1.1 s at 50,000 of them.
    """

    def page(self, number):
        if not isinstance(self.object_list, QuerySet):
            return super().page(number)
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        keys = list(self.object_list.values_list("pk", flat=True)[start : start + self.per_page])
        return self._get_page(self.object_list.filter(pk__in=keys), number, self)


class StoryList:
    """Stories as the admin lists them, in the menu's list and below the newsroom: what one may see, newest first."""

    paginator_class = KeysFirstPaginator
    default_ordering = "-dated_on"
    base_filterset_class = StoryFilterSet
    base_columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Headline"), sort_key="title", classname="title"),
        StoryDateColumn("dated_on", label=_("Date"), sort_key="dated_on", width="10%"),
        Column("region", label=_("Region"), accessor="region.title", width="12%"),
        Column("source", label=_("Source"), accessor="source.name", width="12%"),
        CampaignsColumn("campaigns", label=_("Campaigns"), width="14%"),
        GiftsColumn("gifts", label=_("Gifts begun"), width="8%"),
        PageStatusColumn("status", label=_("State"), sort_key="live", width="12%"),
    ]

    def get_base_queryset(self):
        return visible_to(self.request.user, super().get_base_queryset())

    def annotate_queryset(self, pages):
        return in_admin(super().annotate_queryset(pages))

    def order_queryset(self, queryset):
        # The primary key behind the date: the order is the readers', and stable.
        if self.ordering in ("-dated_on", ["-dated_on"]):
            return queryset.order_by("-dated_on", "-pk")
        return super().order_queryset(queryset)


class StoryIndexView(StoryList, IndexView):
    page_title = _("Stories")
    add_item_label = _("Add a story")

    @cached_property
    def columns(self):
        return self.base_columns


class NewsroomExplorerView(StoryList, ExplorableIndexView):
    """The newsroom in the page tree: no hand-made order, which would load every story at once."""

    def get_valid_orderings(self):
        return [ordering for ordering in super().get_valid_orderings() if ordering != self.sort_order_field]


class NoPositionView(SetPagePositionView):
    def dispatch(self, request, *args, **kwargs):
        raise PermissionDenied("Stories stand in the order of their dates")


class NewsroomViewSet(PageViewSet):
    """Takes over the explorer below the newsroom (the only parent of stories)."""

    model = StoryPage
    index_view_class = NewsroomExplorerView
    columns = StoryList.base_columns
    filterset_class = StoryFilterSet
    set_page_position_view_class = NoPositionView
    add_to_admin_menu = False


class StoryViewSet(PageListingViewSet):
    model = StoryPage
    index_view_class = StoryIndexView
    columns = StoryList.base_columns
    filterset_class = StoryFilterSet
    icon = "doc-full-inverse"
    menu_label = _("Stories")
    menu_order = 10
    add_to_admin_menu = True
    name = "stories"
    url_prefix = "stories"


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "tag"
    list_display = ["name", "slug"]
    search_fields = ["name"]


class SourceViewSet(SnippetViewSet):
    model = Source
    icon = "openquote"
    list_display = ["name", "url"]
    search_fields = ["name"]


class PersonViewSet(SnippetViewSet):
    model = Person
    icon = "group"
    list_display = ["name", "role", "is_pseudonym"]
    search_fields = ["name"]


class SynonymViewSet(SnippetViewSet):
    model = SearchSynonym
    icon = "search"
    list_display = ["words"]
    search_fields = ["words"]


class MissViewSet(SnippetViewSet):
    """Only looked at: the clock counts them."""

    model = SearchMiss
    icon = "search"
    list_display = ["query", "day", "count"]
    list_filter = ["day"]
    ordering = ["-day", "-count"]
    list_export = ["query", "day", "count"]


class NewsroomLists(SnippetViewSetGroup):
    """What stories choose from."""

    items = (TopicViewSet, SourceViewSet, PersonViewSet, SynonymViewSet, MissViewSet)
    menu_label = _("Topics, sources")
    menu_icon = "list-ul"
    menu_order = 20
