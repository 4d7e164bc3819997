from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A member of staff. Donors are not users: they have no password and no session here."""
