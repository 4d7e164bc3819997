"""Results that editors have pinned to a query (Wagtail's search promotions). Only read here."""

from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.search.utils import normalise_query_string

from home.publication import public_pages


def pinned(q: str) -> list[SearchPromotion]:
    """In the editors' order; pages that readers may not see are left out."""
    if not q:
        return []
    found = SearchPromotion.objects.filter(query__query_string=normalise_query_string(q)).select_related(
        "page"
    )
    found = list(found.order_by("sort_order"))
    allowed = (
        set(public_pages().filter(pk__in=[pin.page_id for pin in found]).values_list("pk", flat=True))
        if found
        else set()
    )
    return [pin for pin in found if pin.page_id in allowed or (not pin.page_id and pin.external_link_url)]
