"""The same story the stock Wagtail way: found by walking the tree, its parts table by table, nothing kept between requests.

What our code keeps for all requests is asked once in each here, so that the comparison does not flatter us; only the
view restrictions are asked for by each list, as Wagtail's own `.public()` does.
"""

import os
import threading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

from django.core.signals import request_started
from django.core.wsgi import get_wsgi_application

from home import kept

answers = threading.local()


def once_a_request(name, ask):
    if name == "restricted paths":
        return ask()
    if name not in answers.__dict__:
        answers.__dict__[name] = ask()
    return answers.__dict__[name]


kept.kept = once_a_request  # before anybody imports it
request_started.connect(lambda **_signal: answers.__dict__.clear(), weak=False)
application = get_wsgi_application()

from wagtail.views import serve  # noqa: E402 - models can be imported only now

from news import views  # noqa: E402

views.story = lambda request, slug: serve(request, f"news/{slug}/")
