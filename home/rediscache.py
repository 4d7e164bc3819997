"""Redis as the shared cache, whose absence is no outage: meanwhile each process keeps to its own memory."""

import logging
import time

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = 2
METHODS = (
    "add",
    "clear",
    "delete",
    "delete_many",
    "get",
    "get_many",
    "has_key",
    "incr",
    "set",
    "set_many",
    "touch",
)


class CarefulRedisCache(RedisCache):
    """Limits go on counting, by process, while Redis is away; nobody waits for it more than once in two seconds."""

    away_until = 0.0

    def __init__(self, server, params):
        super().__init__(server, params)
        self.meanwhile = LocMemCache("while-redis-is-away", {})

    def ask(self, name: str, *args, **kwargs):
        if time.monotonic() >= CarefulRedisCache.away_until:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except RedisError as error:
                if not CarefulRedisCache.away_until:
                    self.meanwhile.clear()
                log.warning("Redis is away: %s", type(error).__name__)
                CarefulRedisCache.away_until = time.monotonic() + ASK_AGAIN_SECONDS
        return getattr(self.meanwhile, name)(*args, **kwargs)


def careful(name: str):
    def method(self, *args, **kwargs):
        return self.ask(name, *args, **kwargs)

    method.__name__ = name
    return method


for name in METHODS:
    setattr(CarefulRedisCache, name, careful(name))
