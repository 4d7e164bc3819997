from home.models.alarms import Alarm
from home.models.files import UnstrippedFile
from home.models.heartbeats import ClockJob, Heartbeat
from home.models.media import SafeDocument, SafeImage, SafeRendition
from home.models.organisation import OrganisationSettings
from home.models.pages import HomePage, PageMeta, StandardPage
from home.models.people import User
from home.models.signin import SignInSettings

__all__ = [
    "Alarm",
    "ClockJob",
    "Heartbeat",
    "HomePage",
    "OrganisationSettings",
    "PageMeta",
    "SafeDocument",
    "SafeImage",
    "SafeRendition",
    "SignInSettings",
    "StandardPage",
    "UnstrippedFile",
    "User",
]
