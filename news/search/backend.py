"""The admin's search: Wagtail's own database backend, with clean queries and without what makes saving slow.

Stock, every save averages the lengths of all titles and looks through the whole index (`_refresh_title_norms`);
the norm only weighs titles against one another, so a full rebuild of the index is soon enough for it.
"""

from django.db import connection

from news.search.letters import words
from news.search.query import clean_query

if connection.vendor == "postgresql":
    from modelsearch.backends.database.postgres import postgres as stock

    StockBackend, StockIndex = stock.PostgresSearchBackend, stock.PostgresIndex
else:
    from modelsearch.backends.database.sqlite import sqlite as stock

    StockBackend, StockIndex = stock.SQLiteSearchBackend, stock.SQLiteIndex


class Index(StockIndex):
    def _refresh_title_norms(self, full: bool = False) -> None:
        if full:
            super()._refresh_title_norms(full=True)


class SearchBackend(StockBackend):
    index_class = Index

    def _search(self, query_compiler_class, query, model_or_queryset, **kwargs):
        if query is None or isinstance(query, (str, bytes)):
            # Letters and digits only: nothing that the database could take for syntax. Small, as OR is syntax too.
            query = " ".join(words(clean_query(query))).lower()
        return super()._search(query_compiler_class, query, model_or_queryset, **kwargs)
