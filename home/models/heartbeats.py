from django.db import models


class Heartbeat(models.Model):
    """A background process says that it lives: one row for each process and each queue it serves."""

    role = models.CharField(max_length=40)  # a queue's name, or "clock"
    process = models.CharField(max_length=120)  # host and process id
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "process"], name="one_beat_per_process")]

    def __str__(self) -> str:
        return f"{self.role} {self.process}"


class ClockJob(models.Model):
    """When a job of the clock is due, and who holds it: several clocks never run the same job at once."""

    name = models.CharField(max_length=80, unique=True)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    error = models.CharField(
        max_length=200, blank=True
    )  # the class of the last error; its words go to the log

    def __str__(self) -> str:
        return self.name
