"""What the lists of money in the admin share: nobody writes through them, all of them can be searched and exported."""

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.urls import path
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy

from donate import account, money, spreadsheets

MAY_EXPORT = "donate.export_gift"


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Looking is a permission; adding, changing and deleting here is nobody's, not even an administrator's."""

    def user_has_permission(self, user, action):
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


class MoneyColumn(Column):
    """An amount with its currency, as people write it; empty while it is not known."""

    def __init__(self, name, *args, currency="currency", **kwargs):
        super().__init__(name, *args, **kwargs)
        self.currency = currency

    def get_value(self, instance):
        minor = super().get_value(instance)
        return "" if minor is None else money.display(minor, getattr(instance, self.currency))


class MoneyIndexView(generic.IndexView):
    """A list of rows of the mode that the site's key is of; export is a permission of its own, and logged."""

    paginate_by = 50
    rows_have_mode = True

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.may_export = request.user.has_perm(MAY_EXPORT)

    @property
    def show_export_buttons(self):
        return self.may_export and bool(self.list_export)

    def get_base_queryset(self):
        rows = super().get_base_queryset()
        return rows.filter(livemode=account.is_live()) if self.rows_have_mode else rows

    def search_queryset(self, queryset):
        words = self.search_query.replace("\x00", "").strip()
        return self.found(queryset, words) if words else queryset

    def found(self, queryset, words: str):
        """The rows that the words of the search box mean."""
        return queryset

    def as_spreadsheet(self, queryset, spreadsheet_format):
        if not self.may_export:
            raise PermissionDenied
        user = get_user_model().objects.get(pk=self.request.user.pk)
        log(
            instance=user,  # an export has no row of its own: it stands in the history of whoever made it
            action="donate.exported",
            user=user,
            data={
                "list": str(self.model._meta.verbose_name_plural),
                "format": spreadsheet_format,
                "rows": queryset.count(),
                "filters": sorted(name for name in self.request.GET if self.request.GET[name]),
            },
        )
        return super().as_spreadsheet(spreadsheets.rows_of(queryset), spreadsheet_format)

    def to_row_dict(self, item):
        return {name: read(item) for name, (_label, read) in self.exported.items()}

    @property
    def list_export(self):
        return list(self.exported)

    @list_export.setter
    def list_export(self, value):
        """Set by the viewset; the view's own `exported` says it all."""

    # {name: (heading, function of a row)}
    exported: dict = {}

    def get_heading(self, queryset, field):
        return str(self.exported[field][0])

    def preprocess_field_value(self, field, value, export_format):
        return spreadsheets.cell(value, export_format)

    def get_filename(self):
        return f"{self.model._meta.model_name}s-{spreadsheets.stamp()}"


class ReadOnlyViewSet(ModelViewSet):
    """A list and a page for each row; no other address."""

    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    sort_order_field = None
    list_per_page = 50
    form_fields: list[str] = []

    def get_urlpatterns(self):
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
        ]

    def get_common_view_kwargs(self, **kwargs):
        nowhere = dict.fromkeys(
            ("history_url_name", "usage_url_name", "add_url_name", "edit_url_name", "delete_url_name")
        )
        return super().get_common_view_kwargs(**kwargs) | nowhere

    def register_admin_url_finder(self):
        """There is no address at which to edit."""


class MoneyInspectView(generic.InspectView):
    """One row of the mode that the site's key is of."""

    page_title = ""

    def get_object(self, queryset=None):
        found = super().get_object(queryset)
        if hasattr(found, "livemode") and found.livemode != account.is_live():
            raise PermissionDenied
        return found
