"""Titles of embedded links, looked up once a story is published: reading the story asks nobody."""

import re
from html import unescape

from news.linkcheck import Asker, is_good
from news.models import StoryPage

MOST = 200  # characters, the field's limit
TITLE = re.compile(rb"<title[^>]*>(.{1,2000}?)</title>", re.IGNORECASE | re.DOTALL)
CHARSET = re.compile(rb"charset=[\"']?([A-Za-z0-9_-]{3,20})", re.IGNORECASE)


def untitled(story: StoryPage) -> list[int]:
    """Where in the body links without a title stand."""
    return [
        place
        for place, block in enumerate(story.body)
        if block.block_type == "embed" and not block.value["title"]
    ]


def name_embeds(story: StoryPage, asker: Asker | None = None) -> int:
    """Writes the titles found into the published story and, where nobody writes on, its latest revision; gives how many."""
    found = 0
    for place in untitled(story):
        value = story.body[place].value
        title = title_of(value["url"], asker or Asker())
        if title:
            value["title"] = title
            found += 1
    if found and story.has_unpublished_changes:
        story.save(update_fields=["body"])
    elif found:
        story.save_revision(log_action=False).publish(log_action=False)
    return found


def title_of(url: str, asker: Asker) -> str:
    """The page's title in one line, or "" where none is to be had."""
    status, head = asker.read(url)
    found = TITLE.search(head) if is_good(status) else None
    if not found:
        return ""
    charset = CHARSET.search(head)
    try:
        text = found[1].decode(charset[1].decode() if charset else "utf-8", "replace")
    except LookupError:
        text = found[1].decode("utf-8", "replace")
    return " ".join(unescape(text).replace("\x00", "").split())[:MOST]
