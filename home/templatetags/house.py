"""What every page needs: the menu, addresses, dates, e-mail addresses."""

import re

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.dates import MONTHS
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from wagtail.admin.templatetags.wagtailuserbar import wagtailuserbar

from home import mailto
from home.dates import machine, written
from home.kept import kept
from home.models import OrganisationSettings
from home.sections import sections

register = template.Library()
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
OWN_DIRECTION = SafeString(' dir="auto"')
PARAGRAPH = re.compile(r"<p[^>]*>")


@register.simple_tag
def menu() -> list:
    """The sections that editors put in the menu."""
    return [section for section in sections() if section.in_menu]


@register.simple_tag(takes_context=True)
def current(context, url: str) -> str:
    """`aria-current` for a link of the menu: this page, or the section that this page lies in."""
    path = context["request"].path
    if path == url:
        return SafeString(' aria-current="page"')
    return SafeString(' aria-current="true"') if path.startswith(url) else ""


@register.simple_tag
def section_url(model: str) -> str:
    """Where the first public page of a type below the home page is, such as "news.newsroompage"; empty if none."""
    return next((section.url for section in sections() if section.model == model), "")


@register.simple_tag
def footer(has_search: bool = True) -> SafeString:
    """The frame's foot. It is the same under every page in one language, so it is kept and not rendered for each."""

    def render() -> SafeString:
        # Asked for here and not taken from the page, which may have read it before it was changed.
        facts = {"organisation": OrganisationSettings.load(), "has_search": has_search}
        return render_to_string("components/footer.html", facts)

    return kept(f"footer {get_language()} {has_search}", render)


@register.simple_tag(takes_context=True)
def staff_bar(context) -> str:
    """Wagtail's bar with its content checker, where a session cookie says that staff may be reading.

    Nobody is asked who she is without one, so that readers' pages stay the same for everybody.
    """
    is_staff = settings.SESSION_COOKIE_NAME in context["request"].COOKIES
    return wagtailuserbar(context) if is_staff else ""


@register.simple_tag(takes_context=True)
def href(context, page) -> str:
    """A page's address without its host, so that it works on every host of ours; empty for none and for a draft."""
    parts = page.get_url_parts(context.get("request")) if page and page.live else None
    return parts[2] if parts else ""


@register.simple_tag(takes_context=True)
def absolute(context, page) -> str:
    """A page's address on SITE_URL, where a standard wants it whole."""
    return settings.SITE_URL + href(context, page)


@register.simple_tag
def dated(day, precision="day", style="long") -> str:
    """A `time` element: the day in words, no more exact than `precision` (day, month, year)."""
    if not day:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', machine(day, precision), written(day, precision, style)
    )


@register.simple_tag
def months() -> list[dict]:
    """The twelve months: number and name."""
    return [{"number": number, "name": MONTHS[number]} for number in range(1, 13)]


@register.simple_tag
def tongue(text: str, language: str = "") -> str:
    """Attributes for words that may be in another language: their own direction, and `lang` where their script
    shows that they are in `language` (a tag such as "ar") and not in Latin letters."""
    if text.isascii():
        return OWN_DIRECTION
    letters = [sign for sign in text if sign.isalpha()]
    foreign = sum(ord(sign) > 0x24F for sign in letters) * 2 > len(letters)
    if foreign and LANGUAGE_TAG.fullmatch(language):
        return format_html(' dir="auto" lang="{}"', language)
    return OWN_DIRECTION


@register.simple_block_tag
def run_in(content: str, block) -> SafeString:
    """A block's HTML with `content` set inside its first paragraph, as a wire report's dateline stands."""
    html = block.render()
    start = PARAGRAPH.search(html)
    if not start:
        return SafeString(f"<p>{content.strip()}</p>{html}") if content.strip() else html
    return SafeString(html[: start.end()] + content.lstrip() + html[start.end() :])


@register.filter
def spelled(address: str) -> str:
    """An e-mail address that people can read and collectors cannot."""
    return mailto.spelled(address or "")
