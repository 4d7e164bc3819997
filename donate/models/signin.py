from django.db import models
from django.utils.translation import gettext_lazy as _


class SignIn(models.Model):
    """One wish for a link to one's own giving, whether or not we know the address. The link works once, for 15 minutes."""

    email = models.EmailField(_("e-mail"), db_index=True)
    livemode = models.BooleanField(_("live"))
    token_digest = models.CharField(  # noqa: DJ001 - null until a link is mailed
        _("digest of the link"), max_length=64, null=True, blank=True, unique=True
    )
    asked_at = models.DateTimeField(_("asked at"), db_index=True)
    done_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-in link")

    def __str__(self) -> str:
        return str(self.pk)
