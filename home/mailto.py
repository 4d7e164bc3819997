"""E-mail addresses that people can read and collectors of addresses cannot."""

from django.utils.translation import gettext as _


def spelled(address: str) -> str:
    """`press@example.org` as "press [at] example [dot] org", in the reader's language; empty for an empty address."""
    name, at, domain = address.partition("@")
    if not at:
        return ""
    dot = f" [{_('dot')}] "
    return f"{name.replace('.', dot)} [{_('at')}] {domain.replace('.', dot)}"
