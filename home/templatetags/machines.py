"""What machines read of a page: its one address, its picture for sharing, schema.org facts."""

from urllib.parse import urlencode

from django import template
from django.conf import settings

from home import sharing, structured
from home.pictures import share_rendition
from home.publication import public_pages

register = template.Library()
# Parameters that make another page of the same list (a template with `pagination`).
PAGING = ("page", "before")


@register.simple_tag(takes_context=True)
def canonical(context, page=None) -> str:
    """The page's one absolute address: no parameters, save those that page through a list."""
    request = context["request"]
    parts = page.get_url_parts(request) if page else None
    names = PAGING if "pagination" in context else ()
    pairs = [(name, request.GET[name]) for name in names if request.GET.get(name)]
    query = "?" + urlencode(pairs) if pairs else ""
    return settings.SITE_URL + (parts[2] if parts else request.path) + query


@register.simple_tag
def share_picture(page, picture=None, default=None) -> dict:
    """`url` (absolute), `width`, `height`: of the first picture that has been made ready, else of a drawn one."""
    for image in (getattr(page, "social_image", None), picture, default):
        made = share_rendition(image)
        if made:
            url = made.url if "//" in made.url else settings.SITE_URL + made.url
            return {"url": url, "width": made.width, "height": made.height}
    if not page or not page.pk:
        return {}
    return {
        "url": settings.SITE_URL + sharing.address(page),
        "width": sharing.WIDTH,
        "height": sharing.HEIGHT,
    }


@register.simple_tag
def translations(page) -> list[dict]:
    """Public translations of a page, itself among them: `lang` and absolute `url`. None where there is one language."""
    if not getattr(settings, "WAGTAIL_I18N_ENABLED", False) or not page or not page.pk:
        return []
    pages = public_pages().filter(translation_key=page.translation_key).select_related("locale")
    found = [
        {"lang": one.locale.language_code, "url": settings.SITE_URL + one.get_url_parts()[2]} for one in pages
    ]
    return found if len(found) > 1 else []


@register.simple_tag
def site_data(organisation):
    return structured.script(structured.organisation(organisation), structured.website(organisation))


@register.simple_tag
def crumbs_data(organisation, *steps):
    """`steps`: title, path, title, path ..."""
    pairs = list(zip(steps[::2], steps[1::2], strict=True))
    return structured.script(structured.organisation(organisation), structured.breadcrumbs(pairs))


@register.simple_tag
def gift_data(organisation, page, path):
    return structured.script(
        structured.organisation(organisation), structured.donate_action(page.title, path)
    )
