"""Stripe's form encoding: `line_items[0][price_data][currency]=usd`."""

import re
from urllib.parse import parse_qsl

from donate.sandbox.errors import Refusal

STEP = re.compile(r"\[([^\[\]]*)\]")


def decode(text: str) -> dict:
    """Nested dicts and lists; a dict whose keys are 0, 1, 2... is a list."""
    found: dict = {}
    for key, value in parse_qsl(text, keep_blank_values=True, max_num_fields=5000):
        head, *_ = key.partition("[")
        steps = [head, *STEP.findall(key)]
        if len(steps) > 12:
            raise Refusal("Too deeply nested.", param=head)
        put(found, steps, value)
    return lists(found)


def put(tree: dict, steps: list[str], value: str) -> None:
    for step in steps[:-1]:
        step = step or str(len(tree))
        tree = tree.setdefault(step, {})
        if not isinstance(tree, dict):
            raise Refusal("A parameter is both a value and an object.", param=steps[0])
    tree[steps[-1] or str(len(tree))] = value


def lists(value):
    if not isinstance(value, dict):
        return value
    value = {key: lists(inner) for key, inner in value.items()}
    if value and all(key.isdigit() for key in value):
        return [value[key] for key in sorted(value, key=int)]
    return value
