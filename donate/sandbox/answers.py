"""What the API shows: expanded where asked, and lists in pages."""

import json

from donate.sandbox import checks
from donate.sandbox.errors import Refusal
from donate.sandbox.objects import public
from donate.sandbox.shapes import fields_of, listed
from donate.sandbox.store import field_is

RANGE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def expanded(box, obj: dict, paths: list[str]) -> dict:
    """A public copy of `obj` with the paths (a.b.c) filled in."""
    checks.expansions(paths)
    shown = public(obj)
    for path in paths:
        fill(box, shown, obj, path.split("."), path)
    return shown


def fill(box, shown: dict, stored: dict, steps: list[str], path: str) -> None:
    step, rest = steps[0], steps[1:]
    if shown.get("object") == "list":
        if step != "data":
            raise Refusal(f"This property cannot be expanded ({path}).", param="expand")
        for row in shown["data"]:
            fill(box, row, box.store.get(row["id"]) or row, rest, path) if rest else None
        return
    if "object" in shown and step not in fields_of(shown["object"]) and not shown.get("deleted"):
        raise Refusal(f"This property cannot be expanded ({path}).", param="expand")
    value = included(box, stored, step) if shown.get(step) is None else shown[step]
    if isinstance(value, str) and (found := box.store.get(value)):
        value = shown[step] = public(found) if not found.get("deleted") else deleted_stub(found)
    elif isinstance(value, dict):
        shown[step] = value
    if rest and isinstance(value, dict):
        fill(box, value, box.store.get(value.get("id", "")) or value, rest, path)


def deleted_stub(obj: dict) -> dict:
    return {"id": obj["id"], "object": obj["object"], "deleted": True}


def included(box, obj: dict, step: str):
    """The lists that are left out until somebody expands them."""
    kind, id = obj.get("object"), obj.get("id")
    if (kind, step) == ("charge", "refunds"):
        return listed(public(box.store.where("refund", charge=id)), f"/v1/charges/{id}/refunds")
    if (kind, step) == ("invoice", "payments"):
        return listed(public(box.store.where("invoice_payment", invoice=id)), "/v1/invoice_payments")
    if (kind, step) == ("checkout.session", "line_items"):
        return listed(public(obj["_line_items"]), f"/v1/checkout/sessions/{id}/line_items")
    if (kind, step) == ("customer", "subscriptions"):
        return listed(
            public(box.store.where("subscription", customer=id)), f"/v1/customers/{id}/subscriptions"
        )
    return None


def page(box, kind: str, params: dict, url: str) -> dict:
    """One page of a list: newest first, `limit` 1 to 100, cursors, `created`, and equality for every other parameter."""
    params = dict(params)
    if kind == "invoice" and "subscription" in params:
        params["_subscription"] = params.pop("subscription")
    expand = params.pop("expand", [])
    checks.expansions(expand)
    limit = params.pop("limit", 10)
    if not 1 <= limit <= 100:
        raise Refusal(
            "Invalid integer: limit is between 1 and 100.", param="limit", code="parameter_invalid_integer"
        )
    after, before = params.pop("starting_after", ""), params.pop("ending_before", "")
    if after:
        box.get(kind, after, "starting_after")
    conditions = [c for name, value in params.items() for c in filters(name, value)]
    if kind == "subscription" and "status" not in params:
        conditions.append(("json_extract(data, '$.status') != ?", "canceled"))
    if before:
        rows = box.store.find(kind, conditions)
        place = next((i for i, row in enumerate(rows) if row["id"] == before), len(rows))
        rows, more = rows[max(0, place - limit) : place], place > limit
    else:
        rows = box.store.find(kind, conditions, limit + 1, after)
        rows, more = rows[:limit], len(rows) > limit
    shown = listed(public(rows), url, more)
    for path in expand:
        fill(box, shown, {}, path.split("."), path)
    return shown


def filters(name: str, value) -> list[tuple[str, object]]:
    if name == "created" and isinstance(value, dict):
        return [(f"created {RANGE[how]} ?", int(moment)) for how, moment in value.items()]
    if name == "created":
        return [("created = ?", int(value))]
    if name == "types":
        return [("json_extract(data, '$.type') IN (SELECT value FROM json_each(?))", json.dumps(value))]
    if name == "type":
        return wildcard(value)
    if name == "delivery_success":
        return [(field_is("_delivered"), 1 if value else 0)]
    if name == "payout":
        return [(field_is("_payout"), value)]
    if name == "ids":
        return [("id IN (SELECT value FROM json_each(?))", json.dumps(value))]
    if name == "status" and value in ("all", "ended"):
        return [] if value == "all" else [(field_is("status"), "canceled")]
    if name == "payment":
        return [(f"json_extract(data, '$.payment.{inner}') = ?", wanted) for inner, wanted in value.items()]
    if name == "arrival_date" and isinstance(value, dict):
        return [
            (f"json_extract(data, '$.arrival_date') {RANGE[how]} ?", int(moment))
            for how, moment in value.items()
        ]
    if isinstance(value, bool):
        return [(field_is(name), int(value))]
    return [(field_is(name), value)]


def wildcard(value: str) -> list[tuple[str, object]]:
    """An event type may end in an asterisk: `charge.*`."""
    if value.endswith("*"):
        return [("json_extract(data, '$.type') LIKE ?", value[:-1] + "%")]
    return [(field_is("type"), value)]
