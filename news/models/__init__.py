from news.models.desks import RegionDesk
from news.models.newsroom import NewsroomPage
from news.models.regions import RegionIndexPage, RegionPage
from news.models.search import (
    SearchEntry,
    SearchMiss,
    SearchRebuild,
    SearchSynonym,
    SearchWord,
    SearchWordPart,
)
from news.models.stories import (
    Correction,
    LinkCheck,
    RelatedStory,
    StoryAuthor,
    StoryCampaign,
    StoryPage,
    StoryRegion,
)
from news.models.takedowns import Takedown
from news.models.terms import Person, Source, Topic

__all__ = [
    "Correction",
    "LinkCheck",
    "NewsroomPage",
    "Person",
    "RegionDesk",
    "RegionIndexPage",
    "RegionPage",
    "RelatedStory",
    "SearchEntry",
    "SearchMiss",
    "SearchRebuild",
    "SearchSynonym",
    "SearchWord",
    "SearchWordPart",
    "Source",
    "StoryAuthor",
    "StoryCampaign",
    "StoryPage",
    "StoryRegion",
    "Takedown",
    "Topic",
]
