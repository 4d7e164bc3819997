"""Refusals in Stripe's form."""


class Refusal(Exception):
    """An answer that is an error: HTTP status and the fields of Stripe's error object.

    `keep`: what was done before the refusal stays done, as with a card that was declined.
    """

    def __init__(
        self, message: str, *, param: str = "", code: str = "", status: int = 400, keep: bool = False, **more
    ):
        super().__init__(message)
        self.status = status
        self.keep = keep
        fields = {"type": "invalid_request_error", "message": message, "param": param, "code": code} | more
        self.error = {name: value for name, value in fields.items() if value}


def missing(kind: str, id: str, param: str = "id") -> Refusal:
    noun = kind.rsplit(".", 1)[-1]
    return Refusal(f"No such {noun}: '{id}'", param=param, code="resource_missing", status=404)
