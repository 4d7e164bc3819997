"""Labelled giving links, each with its QR code."""

import io

import segno
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, PageChooserPanel
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.model import ModelViewSet

from donate.attribution import Attribution, address_of, make_token
from donate.lists import MoneyIndexView, MoneyInspectView
from donate.models import Gift, GivingLink
from donate.models.choices import Placement


def link_address(link: GivingLink) -> str:
    """What is printed: the campaign's page with the label, signed, for ever."""
    token = make_token(Attribution(placement=Placement.LINK, label=link.label))
    return f"{address_of(link.campaign)}?from={token}"


def qr_svg(text: str) -> str:
    """A QR code that also reads when printed small or a little smudged: dark modules as one path, no script or style."""
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", scale=6, border=4, xmldecl=False, svgclass=None, lineclass=None, light="#fff"
    )
    return out.getvalue().decode()


class LinkIndexView(MoneyIndexView):
    rows_have_mode = False
    default_ordering = "label"
    is_searchable = True
    page_title = _("Giving links")
    columns = [
        TitleColumn(
            "label",
            label=_("Label"),
            sort_key="label",
            get_url=lambda row: reverse("giving_links:inspect", args=[row.pk]),
        ),
        Column("description", label=_("Where it is used")),
        Column("campaign", label=_("Campaign"), accessor="campaign.title"),
    ]
    exported = {
        "label": (_("Label"), lambda row: row.label),
        "description": (_("Where it is used"), lambda row: row.description),
        "campaign": (_("Campaign"), lambda row: row.campaign.title),
        "address": (_("Address"), link_address),
        "created_at": (_("Made at"), lambda row: row.created_at),
    }

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("campaign")

    def found(self, queryset, words):
        return queryset.filter(label__icontains=words) | queryset.filter(description__icontains=words)


class LinkInspectView(MoneyInspectView):
    template_name = "donate/admin/link.html"
    fields = ["pk"]

    def get_context_data(self, **kwargs):
        address = link_address(self.object)
        return super().get_context_data(**kwargs) | {
            "link": self.object,
            "address": address,
            "qr": mark_safe(qr_svg(address)),  # noqa: S308 - drawn by segno out of our own address
        }


def qr_file(request, pk: int) -> HttpResponse:
    """The code alone, to be printed."""
    if not request.user.has_perm("donate.view_givinglink"):
        raise PermissionDenied
    link = get_object_or_404(GivingLink, pk=pk)
    return HttpResponse(
        '<?xml version="1.0" encoding="utf-8"?>\n' + qr_svg(link_address(link)),
        content_type="image/svg+xml",
        headers={"Content-Disposition": f'attachment; filename="{link.label}.svg"'},
    )


class GivingLinkViewSet(ModelViewSet):
    """The label of a link that is out in the world cannot be changed: gifts count under it."""

    model = GivingLink
    name = "giving_links"
    url_prefix = "giving/links"
    icon = "link"
    menu_label = _("Giving links")
    menu_order = 50
    index_view_class = LinkIndexView
    inspect_view_class = LinkInspectView
    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    search_fields = ["label"]
    panels = [
        FieldPanel("label"),
        FieldPanel("description"),
        PageChooserPanel("campaign", "donate.CampaignPage"),
    ]

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("qr/<int:pk>/", qr_file, name="qr")]

    def get_form_class(self, for_update=False):
        form_class = super().get_form_class(for_update)
        if not for_update:
            return form_class

        class EditForm(form_class):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                if Gift.objects.filter(label=self.instance.label).exists():
                    self.fields["label"].disabled = True

        return EditForm
