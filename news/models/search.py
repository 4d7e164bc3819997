"""What search keeps: one entry a page, the archive's words, editors' synonyms, searches that found nothing."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class SearchEntry(models.Model):
    """A page that readers may find. The words stand beside it in what the database has for them (news/search/).

    PostgreSQL: columns of this table that Django does not know, in one GIN index with the filters.
    SQLite: the FTS5 table news_searchtext, under `position` as its row number.
    """

    page = models.OneToOneField(Page, on_delete=models.CASCADE, primary_key=True, related_name="+")
    # Orders by date, then by primary key (news/search/positions.py). Below zero: no date (regions, campaigns).
    position = models.BigIntegerField(unique=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("search entry")

    def __str__(self) -> str:
        return str(self.page_id)


class SearchWord(models.Model):
    """A word of the archive, without accents: what "did you mean" may offer."""

    word = models.CharField(max_length=40, unique=True)
    stem = models.CharField(max_length=40, db_index=True)
    documents = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("word of the archive")

    def __str__(self) -> str:
        return self.word


class SearchWordPart(models.Model):
    """What is left of a word when one letter is dropped, or all vowels: misspellings meet their word here."""

    word = models.ForeignKey(SearchWord, on_delete=models.CASCADE, related_name="parts")
    part = models.CharField(max_length=40, db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("part of a word")

    def __str__(self) -> str:
        return self.part


class SearchSynonym(models.Model):
    """Words that mean the same to a reader: whoever searches for one finds them all."""

    words = models.TextField(
        _("words"),
        max_length=1000,
        help_text=_("Two or more, separated by commas, in any script: “Aleppo, Halab, حلب”."),
    )

    class Meta:
        verbose_name = _("synonym")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words

    def clean(self) -> None:
        if len(self.spellings) < 2:
            raise ValidationError({"words": _("Name at least two words, separated by commas.")})

    @property
    def spellings(self) -> list[str]:
        lines = self.words.replace("\n", ",").replace("،", ",").replace("、", ",")
        return [word.strip() for word in lines.split(",") if word.strip()]


class SearchMiss(models.Model):
    """A search that found nothing, counted per day; nothing about who searched is kept."""

    query = models.CharField(_("searched for"), max_length=100)
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        ordering = ["-day", "-count"]
        constraints = [models.UniqueConstraint(fields=["query", "day"], name="a_miss_once_per_day")]

    def __str__(self) -> str:
        return self.query


class SearchRebuild(models.Model):
    """How far the last rebuild came, so that the next one goes on from there. At most one row."""

    after = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("rebuild of the search")

    def __str__(self) -> str:
        return str(self.after)
