"""Walks an answer against the annotations of the SDK's resource classes: `faults(obj)` lists what does not fit.

Private details of one SDK version; an upgrade that changes them fails loudly here.
"""

import ast
import functools
import importlib
import inspect
import sys
import types
import typing as t
from decimal import Decimal

import typing_extensions as te
from stripe import _object_classes
from stripe._expandable_field import ExpandableField
from stripe._list_object import ListObject
from stripe._stripe_object import StripeObject, UntypedStripeObject


@functools.cache
def names_of(module_name: str) -> dict:
    """A module's names, those that it imports only for type checkers included."""
    module = sys.modules[module_name]
    names = dict(vars(module))
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            for line in node.body:
                if isinstance(line, ast.ImportFrom):
                    source = importlib.import_module(line.module)
                    names |= {a.asname or a.name: getattr(source, a.name) for a in line.names}
    return names


@functools.cache
def fields(cls) -> dict:
    names = names_of(cls.__module__) | {"ExpandableField": ExpandableField, "ListObject": ListObject}
    outer = sys.modules[cls.__module__]
    for part in cls.__qualname__.split(".")[:-1]:
        outer = getattr(outer, part)
        names |= vars(outer)
    found = {}
    for name, hint in vars(cls).get("__annotations__", {}).items():
        hint = eval(hint, names | vars(cls)) if isinstance(hint, str) else hint  # noqa: S307
        if te.get_origin(hint) is not t.ClassVar and not name.startswith("_"):
            found[name] = te._eval_type(hint, names | vars(cls), {}) if hasattr(te, "_eval_type") else hint
    return found


def resolve(hint, cls):
    if isinstance(hint, t.ForwardRef):
        names = names_of(cls.__module__) | vars(cls)
        return eval(hint.__forward_arg__, names)  # noqa: S307
    if isinstance(hint, str):
        return eval(hint, names_of(cls.__module__) | vars(cls))  # noqa: S307
    return hint


def optional(hint) -> bool:
    return type(None) in te.get_args(hint)


def faults(obj: dict, cls=None, where: str = "") -> list[str]:
    cls = cls or _object_classes.get_object_class("V1", obj["object"])
    where = where or obj.get("object", cls.__name__)
    known, found = fields(cls), []
    for name, hint in known.items():
        if name in obj:
            found += fault(obj[name], hint, cls, f"{where}.{name}")
        elif not optional(resolve(hint, cls)) and name != "deleted":
            found.append(f"{where}.{name} is missing")
    return found + [f"{where}.{name} is not known" for name in obj if name not in known]


def fault(value, hint, cls, where: str) -> list[str]:
    hint = resolve(hint, cls)
    origin, args = te.get_origin(hint), te.get_args(hint)
    if value is None:
        return [] if optional(hint) or hint is t.Any else [f"{where} is null"]
    if origin in (t.Union, types.UnionType):
        rest = [a for a in args if a is not type(None)]
        if any(te.get_origin(a) is t.Literal for a in rest):
            rest = [a for a in rest if a is not str]  # an open enum, taken as closed
        tries = [fault(value, a, cls, where) for a in rest]
        return min(tries, key=len)
    if origin is t.Literal:
        return [] if value in args else [f"{where} is {value!r}"]
    if origin is ExpandableField:
        return [] if isinstance(value, str) else fault(value, args[0], cls, where)
    if origin is ListObject:
        return fault_of_list(value, args[0], cls, where)
    if origin in (list, t.List):  # noqa: UP006
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [f for i, v in enumerate(value) for f in fault(v, args[0], cls, f"{where}[{i}]")]
    if origin in (dict, t.Dict):  # noqa: UP006
        return [] if isinstance(value, dict) else [f"{where} is no object"]
    if hint is t.Any or hint is UntypedStripeObject or origin is UntypedStripeObject:
        return []
    if inspect.isclass(hint) and issubclass(hint, StripeObject):
        return (
            faults(value, hint, where)
            if isinstance(value, dict)
            else [f"{where} is {value!r}, not an object"]
        )
    if hint is float:
        return [] if type(value) in (int, float) else [f"{where} is {value!r}"]
    if hint is Decimal:
        return [] if isinstance(value, str) else [f"{where} is {value!r}"]
    if inspect.isclass(hint):
        return [] if type(value) is hint else [f"{where} is {value!r}, not {hint.__name__}"]
    return [f"{where}: cannot check {hint!r}"]


def fault_of_list(value, item, cls, where: str) -> list[str]:
    if (
        not isinstance(value, dict)
        or set(value) - {"object", "data", "has_more", "url"}
        or value.get("object") != "list"
    ):
        return [f"{where} is no list object"]
    return [f for i, v in enumerate(value["data"]) for f in fault(v, item, cls, f"{where}.data[{i}]")]
