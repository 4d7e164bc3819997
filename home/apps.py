from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from home import alarms, heartbeats, pictures, routine, taskqueue, upload_signals
        from home.pagecache import signals

        signals.connect()
        upload_signals.connect()
        heartbeats.register_checks()
        taskqueue.register_jobs()
        routine.register_jobs()
        alarms.connect()
        pictures.connect()
