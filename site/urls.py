from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("", include("home.door_urls")),  # stand before Wagtail's own patterns for the same addresses
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("home.urls")),
    path("", include("news.machine_urls")),
    path("", include("donate.urls")),
    path("", include("news.urls")),
    path("", include(wagtail_urls)),
]
