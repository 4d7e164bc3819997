from django.urls import path

from home import health

app_name = "home"
urlpatterns = [
    path("health/live/", health.live, name="live"),
    path("health/ready/", health.ready, name="ready"),
]
