from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from news.models.regions import RegionPage


class RegionDesk(models.Model):
    """The group that works on one region's stories, and on no others."""

    region = models.OneToOneField(
        RegionPage, verbose_name=_("region"), on_delete=models.CASCADE, related_name="desk"
    )
    group = models.OneToOneField(
        Group, verbose_name=_("group"), on_delete=models.CASCADE, related_name="desk"
    )

    class Meta:
        verbose_name = _("region desk")

    def __str__(self) -> str:
        return self.group.name
