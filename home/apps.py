from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from home.pagecache import signals

        signals.connect()

        from home import upload_signals

        upload_signals.connect()
