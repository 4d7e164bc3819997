"""Pages kept ready for readers, ahead of Django: the layer stands in wsgi.py, and answers before any of Django's code runs.

    rules.py       which requests may be answered from the cache, and under which key
    generation.py  what readers see has a generation: something changed; something was taken away
    store.py       one kept page (plain, gzip, brotli), in memory and shared between processes
    turns.py       who renders a page
    layer.py       the WSGI layer: answer, or let one request render while the others get the last good copy

Only answers that say `Cache-Control: public` are kept; home.middleware.ReaderCacheMiddleware says it.
"""
