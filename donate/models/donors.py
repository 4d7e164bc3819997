from django.db import models
from django.utils.translation import gettext_lazy as _


class Donor(models.Model):
    """The person or organisation giving, matched by e-mail in lower case. Live and test donors are different people."""

    livemode = models.BooleanField(_("live"))
    email = models.EmailField(  # noqa: DJ001 - null, so that donors without one do not collide
        _("e-mail"), null=True, blank=True, help_text=_("Empty for a gift by post, or after erasure.")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    news_agreed_at = models.DateTimeField(_("agreed to news at"), null=True, blank=True)
    news_wording = models.TextField(_("wording agreed to"), blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    created_at = models.DateTimeField(_("first seen"), auto_now_add=True)

    class Meta:
        verbose_name = _("donor")
        constraints = [
            models.UniqueConstraint(
                fields=["livemode", "email"],
                name="one_donor_per_address",
                condition=models.Q(email__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email or _("Donor %(id)s") % {"id": self.pk}
