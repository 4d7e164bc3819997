"""The server calls nobody because somebody typed an address: a listener on this machine hears nothing."""

import socket
import threading

import pytest
from django.test import Client
from django.urls import reverse
from factories import make_story

pytestmark = pytest.mark.django_db


class Listener:
    """Counts whoever connects to a free port of this machine."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.heard: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                caller, _address = self.socket.accept()
            except OSError:
                return
            with caller:
                self.heard.append(caller.recv(200))
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


@pytest.fixture
def listener():
    made = Listener()
    yield made
    made.socket.close()


def addresses(port: int) -> list[str]:
    return [
        f"http://127.0.0.1:{port}/",
        f"http://localhost:{port}/watch?v=1",
        f"http://2130706433:{port}/",
        f"http://0x7f.1:{port}/",
        f"http://[::ffff:127.0.0.1]:{port}/",
        f"http://127.0.0.1:{port}/?youtube.com/watch?v=x",
        f"http://youtube.com@127.0.0.1:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
    ]


def test_the_listener_hears_who_calls(listener):
    with socket.create_connection(("127.0.0.1", listener.port)) as caller:
        caller.sendall(b"hello")
        caller.recv(100)

    assert listener.heard == [b"hello"]


def test_an_embed_that_an_editor_pastes_is_not_fetched(client, admin, listener):
    client.force_login(admin)

    for address in addresses(listener.port):
        answer = client.post(
            reverse("wagtailembeds:chooser_upload"),
            {"embed-chooser-url": address},
            headers={"x-requested-with": "XMLHttpRequest"},
        )
        assert answer.status_code == 200
        assert "embed_html" not in answer.content.decode()

    assert listener.heard == []


def test_an_embed_inside_a_stored_text_is_not_fetched_for_a_reader(page_tree, listener):
    tags = "".join(f'<embed embedtype="media" url="{address}"/>' for address in addresses(listener.port))
    story = make_story(region=page_tree.region, note=f"<p>Words</p>{tags}")

    answer = Client().get(story.url)

    assert answer.status_code == 200
    assert "iframe" not in answer.content.decode()
    assert listener.heard == []
