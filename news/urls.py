from django.urls import path

from news import views

app_name = "news"
urlpatterns = [
    path("topics/<str:slug>/", views.topic, name="topic"),
    path("corrections/", views.corrections, name="corrections"),
    path("news/", views.newsroom, name="newsroom"),
    # Last: a feed or a sitemap below /news/ stands above this line.
    path("news/<str:slug>/", views.story, name="story"),
]
