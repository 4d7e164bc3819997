"""What donors do, for tests: fill in the form, pay at the sandbox, and let Stripe's events arrive."""

import re
from urllib.parse import urlsplit


def address(campaign) -> str:
    return campaign.get_url_parts()[2]


def filled(client, campaign, query: str = "", **fields) -> dict:
    """The form's fields as a browser would send them: 25 dollars once from Ada, unless told otherwise."""
    page = client.get(address(campaign) + query).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z]+)"(?: value="([^"]*)")?', page))
    data = {
        "frequency": "once",
        "currency": "usd",
        "amount_other": "25",
        "dedication": "none",
        "name": "Ada Donor",
        "email": "ada@donor.example",
    }
    return {name: value for name, value in (data | hidden | fields).items() if value is not None}


def send(client, campaign, data: dict, **headers):
    return client.post(address(campaign), data, headers={"Origin": "http://localhost"} | headers)


def begin(client, campaign, query: str = "", **fields) -> str:
    """Fills in and sends the form; gives the id of the payment page that it leads to."""
    answer = send(client, campaign, filled(client, campaign, query, **fields))
    assert answer.status_code == 303, answer.content.decode()
    return urlsplit(answer["Location"]).path.rsplit("/", 1)[-1]


def give(client, sandbox, campaign, query: str = "", card: str = "4242424242424242", **fields):
    """A gift, paid, with all events delivered; gives the session's id."""
    session = begin(client, campaign, query, **fields)
    sandbox.pay(session=session, card=card)
    sandbox.deliver(client)
    return session
