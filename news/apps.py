from django.apps import AppConfig


class NewsConfig(AppConfig):
    name = "news"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from home.pagecache.signals import watch
        from news import contexts, desks, jobs, purging, signals  # noqa: F401 - contexts registers what templates get
        from news.models import Person, Source, Topic
        from news.search import indexing, misses

        watch(Topic, Source, Person)
        indexing.connect()
        misses.register_jobs()
        signals.connect()
        desks.connect()
        jobs.register_jobs()
        purging.connect()
