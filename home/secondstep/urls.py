from django.urls import path

from home.secondstep import views

app_name = "second_step"
urlpatterns = [
    path("", views.start, name="start"),
    path("setup/", views.setup, name="setup"),
    path("manage/", views.manage, name="manage"),
    path("renew/", views.renew, name="renew"),
    path("leave/", views.leave, name="leave"),
    path("off/", views.switch_off, name="switch_off"),
]
