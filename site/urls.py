from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from home import files

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    re_path(r"^documents/(\d+)/(.*)$", files.document),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("home.urls")),
    path("media/<path:path>", files.media, name="media"),
    path("", include("news.machine_urls")),
    path("", include("news.urls")),
    path("", include(wagtail_urls)),
]
