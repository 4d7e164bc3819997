from django.db import models


class Alarm(models.Model):
    """Something that whoever runs the site should know of, from when it was first seen until it is over."""

    name = models.CharField(max_length=80, unique=True)
    sentence = models.CharField(max_length=300)
    since = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
