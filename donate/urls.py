from django.urls import include, path

from donate import views, webhook

app_name = "donate"
urlpatterns = [
    path("give/<str:slug>/", views.campaign, name="campaign"),
    path("giving/thanks/", views.thanks, name="thanks"),
    path("giving/webhook/", webhook.stripe_webhook, name="webhook"),
    path("giving/", include("donate.giving_urls")),
]
