"""The admin's search: Wagtail's own database backend, with clean queries and without what makes saving slow.

Stock, every save averages the lengths of all titles and looks through the whole index (`_refresh_title_norms`);
the norm only weighs titles against one another, so a full rebuild of the index is soon enough for it.
"""

from copy import copy

from django.db import connection
from wagtail.search.query import And, Or, Phrase, PlainText

from news.search.letters import words
from news.search.query import MOST_WORDS, clean_query

if connection.vendor == "postgresql":
    from modelsearch.backends.database.postgres import postgres as stock

    StockBackend, StockIndex = stock.PostgresSearchBackend, stock.PostgresIndex
else:
    from modelsearch.backends.database.sqlite import sqlite as stock

    StockBackend, StockIndex = stock.SQLiteSearchBackend, stock.SQLiteIndex


# A word that no text has. (Stock's answer to an empty query has no model, which the lists of snippets ask for.)
NOTHING = "0" * 50


class Index(StockIndex):
    def _refresh_title_norms(self, full: bool = False) -> None:
        if full:
            super()._refresh_title_norms(full=True)


class SearchBackend(StockBackend):
    index_class = Index

    def _search(self, query_compiler_class, query, model_or_queryset, **kwargs):
        # Named fields (the lists of snippets name theirs) are no columns of SQLite's index, and no index of PostgreSQL's.
        kwargs["fields"] = None
        return super()._search(query_compiler_class, cleaned(query) or NOTHING, model_or_queryset, **kwargs)


def cleaned(query):
    """Letters and digits only, small (OR is syntax too): nothing that the database could take for syntax, or choke on."""
    if isinstance(query, And | Or):
        found = [part for part in map(cleaned, query.subqueries[:MOST_WORDS]) if part != ""]
        return type(query)(found) if found else ""
    if isinstance(query, PlainText | Phrase):
        text = cleaned(query.query_string)
        return replaced(query, text) if text else ""
    if query is None or isinstance(query, str | bytes):
        return " ".join(words(clean_query(query))).lower()
    return query


def replaced(query: PlainText | Phrase, text: str):
    query = copy(query)
    query.query_string = text
    return query
