from django.urls import path, re_path

from home import health, metrics, sharing

app_name = "home"
urlpatterns = [
    path("health/live/", health.live, name="live"),
    re_path(
        r"^share/(?P<pk>[0-9]{1,12})-(?P<digest>[0-9a-f]{10})\.png$", sharing.drawn, name="share_picture"
    ),
    path("health/ready/", health.ready, name="ready"),
    path("metrics/", metrics.show, name="metrics"),
]
