from django.apps import AppConfig


class DonateConfig(AppConfig):
    name = "donate"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from donate import (  # noqa: F401 - they register themselves
            checks,
            clockwork,
            contexts,
            gift_letters,
            recurring_letters,
            staff_letters,
            vitals,
        )
        from donate.models import GiftComment, GivingSettings, Preset
        from home.pagecache.signals import watch

        watch(GivingSettings, Preset, GiftComment)
        clockwork.register()
        vitals.register()
