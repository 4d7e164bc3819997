"""Addresses for machines: feeds, sitemaps, robots.txt. They stand above news.urls, whose last line takes all of /news/."""

from django.urls import path

from news import feeds, sitemaps

urlpatterns = [
    path("news/feed/", feeds.site_feed, name="feed"),
    path("regions/<path:region>/feed/", feeds.region_feed, name="region_feed"),
    path("topics/<str:slug>/feed/", feeds.topic_feed, name="topic_feed"),
    path("corrections/feed/", feeds.corrections_feed, name="corrections_feed"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemap-stories-<int:part>.xml", sitemaps.story_part, name="sitemap_stories"),
    path("news-sitemap.xml", sitemaps.news, name="news_sitemap"),
    path("robots.txt", sitemaps.robots, name="robots"),
]
