"""Pages kept ready for readers, ahead of Django: the layer stands in wsgi.py, and answers before any of Django's code runs.

    rules.py       which requests may be answered from the cache, and under which key
    generation.py  the two moments since which kept pages are stale: something changed; something was taken away
    store.py       one kept page (plain, gzip, brotli), in memory and shared between processes
    layer.py       the WSGI layer: answer, or let one request render while the others get the last good copy

Only answers that say `Cache-Control: public` are kept; home.middleware.ReaderCacheMiddleware says it.
"""
