from django.apps import AppConfig


class DonateConfig(AppConfig):
    name = "donate"
    default_auto_field = "django.db.models.BigAutoField"
