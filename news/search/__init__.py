"""Search for readers: one interface, two engines.

letters.py     words as both engines see them: folded, stemmed, cut into pieces where a script has no spaces
query.py       what a reader typed, cleaned and parsed; nothing of the engines' own syntax gets through
names.py       regions, topics, sources and synonyms that a query may mean
entry.py       what a page gives to the index
positions.py   one number that orders the index by date
engine.py      the interface; postgres.py and sqlite.py answer it
answers.py     the engine's last answers, kept in memory
find.py        find(): matches, ranked or newest first, counted, one page shown
facets.py      how many of the matches lie in each region, topic, source and year
hits.py        what is shown of each match
snippets.py    the passage that matched, with its words marked
spelling.py    "did you mean", from the words of the archive
pages.py       the last pages of results as they were rendered, kept in memory
suggestions.py what a reader may be typing
indexing.py    publications reach the index after commit, through the fast queue
misses.py      searches without result, counted for editors
backend.py     the admin's search boxes
"""
