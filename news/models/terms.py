from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

ALSO_KNOWN_AS_HELP = _("Other names and spellings, in any script, one a line. Readers find it by these too.")


class Topic(index.Indexed, models.Model):
    """A subject that stories share."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("address"), max_length=100, unique=True)
    summary = models.TextField(_("summary"), max_length=400, blank=True)
    also_known_as = models.TextField(_("also known as"), blank=True, help_text=ALSO_KNOWN_AS_HELP)

    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("topic")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Source(index.Indexed, models.Model):
    """The publisher quoted, such as a news agency."""

    name = models.CharField(_("name"), max_length=150, unique=True)
    slug = models.SlugField(_("short name in addresses"), max_length=150, unique=True)
    url = models.URLField(_("address"), blank=True)
    also_known_as = models.TextField(_("also known as"), blank=True, help_text=ALSO_KNOWN_AS_HELP)

    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("source")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Person(index.Indexed, models.Model):
    """Somebody who writes or is named as the author of a note; a pseudonym protects who must not be named."""

    name = models.CharField(
        _("name"), max_length=150, help_text=_("As it is printed. A pseudonym where a name would endanger.")
    )
    role = models.CharField(_("role"), max_length=150, blank=True, help_text=_("Such as “Middle East desk”."))
    is_pseudonym = models.BooleanField(
        _("is a pseudonym"),
        default=False,
        help_text=_("Then readers are told so. Never write the true name here."),
    )

    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
