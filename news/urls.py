from django.urls import path, re_path

from news import press, views
from news.search import views as search_views

app_name = "news"
urlpatterns = [
    path("search/", search_views.search, name="search"),
    path("search/suggest/", search_views.suggest, name="suggest"),
    path("topics/<str:slug>/", views.topic, name="topic"),
    path("feeds/", views.feeds, name="feeds"),
    path("press/letter/", press.press, name="press"),
    path("corrections/", views.corrections, name="corrections"),
    path("", views.home, name="home"),
    re_path(r"^regions/(?P<path>[\w\-]+(?:/[\w\-]+)*)/$", views.region, name="region"),
    path("news/", views.newsroom, name="newsroom"),
    # Last: a feed or a sitemap below /news/ stands above this line.
    path("news/<str:slug>/", views.story, name="story"),
]
