"""Doors and files: these stand before Wagtail's own patterns for the same addresses."""

from django.urls import include, path, re_path
from wagtail.documents.views.serve import authenticate_with_password as collection_password
from wagtail.views import authenticate_with_password as page_password

from home import files
from home.signin import QuietPasswordResetView, limited

urlpatterns = [
    path("admin/second-step/", include("home.secondstep.urls")),
    path("admin/password_reset/", QuietPasswordResetView.as_view()),
    path("_util/authenticate_with_password/<int:restriction_id>/<int:page_id>/", limited(page_password)),
    path("documents/authenticate_with_password/<int:restriction_id>/", limited(collection_password)),
    re_path(r"^documents/(\d+)/(.*)$", files.document),
    path("media/<path:path>", files.media, name="media"),
]
