"""One file; the environment decides. Every variable, its type and its default stand in the block below."""

import re
import sys
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from home import errors, logs
from home.purge_url import read_purge_url
from home.storage_url import read_storage_url

ROOT = Path(__file__).resolve().parent.parent

# The environment ----------------------------------------------------------------------------------

env = environ.Env()


@contextmanager
def reading(name: str):
    """Whatever is wrong with a variable, its name stands in the one line that says so."""
    try:
        yield
    except (ImproperlyConfigured, ValueError, KeyError, OSError) as error:
        raise ImproperlyConfigured(f"{name} cannot be used: {error}") from error


DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "for-development-only-" + "x" * 40 if DEBUG else "")
SITE_URL = env.str("SITE_URL", "http://localhost:8000" if DEBUG else "").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
DATA_DIR = Path(env.str("DATA_DIR", str(ROOT / "var"))).resolve()
DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{quote(str(DATA_DIR / 'dateline.sqlite3'))}")
CACHE_URL = env.str("CACHE_URL", "")
STORAGE_URL = env.str("STORAGE_URL", "")
EMAIL_URL = env.str("EMAIL_URL", "consolemail://" if DEBUG else "smtp://localhost:25")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "gifts@localhost")
SANDBOX_KEY = "sk_test_sandbox_sample"
SANDBOX_WEBHOOK_SECRET = "whsec_sandbox_sample"  # noqa: S105 - a sample, worthless against Stripe
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", SANDBOX_KEY if DEBUG else "")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[SANDBOX_WEBHOOK_SECRET] if DEBUG else [])
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "http://localhost:8001" if DEBUG else "").rstrip("/")
STRIPE_CHECKOUT_ORIGIN = env.str("STRIPE_CHECKOUT_ORIGIN", "").rstrip("/")
CURRENCIES = [code.strip().lower() for code in env.list("CURRENCIES", default=["usd", "eur", "gbp"])]
GIVE_LIMITS = env.str("GIVE_LIMITS", "address=6/h,network=60/h,all=600/h")
SEARCH_LIMIT = env.str("SEARCH_LIMIT", "60/m")
with reading("TRUSTED_PROXIES"):
    TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
ONION_HOST = env.str("ONION_HOST", "")
TIME_ZONE = env.str("TIME_ZONE", "UTC")
LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en")
OPERATOR_EMAIL = env.list("OPERATOR_EMAIL", default=[])  # who is told when something stops
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # without it there is no /metrics/
SENTRY_DSN = env.str("SENTRY_DSN", "")  # without it errors stay in the log
PURGE_URL = env.str("PURGE_URL", "")  # a CDN or cache in front that is told of publications
BACKUP_DIR = env.str("BACKUP_DIR", "")  # where backups are looked for, to tell when the last is old

if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is missing: set it to a long random text, or DEBUG=1 to develop.")
if not SITE_URL:
    raise ImproperlyConfigured(
        "SITE_URL is missing: set it to the site's public origin, such as https://example.org."
    )
for name in ("SITE_URL", "STRIPE_API_BASE", "STRIPE_CHECKOUT_ORIGIN"):
    if vars()[name] and not re.fullmatch(r"https?://[^/?#@\s]+", vars()[name]):
        raise ImproperlyConfigured(f"{name} is not an origin, such as https://example.org, without a path.")
if ONION_HOST and not re.fullmatch(r"[a-z0-9.-]+", ONION_HOST):
    raise ImproperlyConfigured("ONION_HOST is not a host name, such as abcdef.onion, without a scheme.")
if not re.fullmatch("(?i:off)|[1-9][0-9]*/[smhd]", SEARCH_LIMIT):
    raise ImproperlyConfigured("SEARCH_LIMIT is no limit, such as 60/m, or off.")
if STRIPE_SECRET_KEY and not re.fullmatch(r"(sk|rk)_(test|live)_[A-Za-z0-9_]+", STRIPE_SECRET_KEY):
    raise ImproperlyConfigured(
        "STRIPE_SECRET_KEY is malformed: it begins with sk_live_ or sk_test_ (or rk_)."
    )

HTTPS = SITE_URL.startswith("https://")
SITE_HOST = urlsplit(SITE_URL).hostname
if not ALLOWED_HOSTS:
    ALLOWED_HOSTS = [SITE_HOST] + (["127.0.0.1", "[::1]"] if DEBUG else [])
if ONION_HOST:
    ALLOWED_HOSTS.append(ONION_HOST)
TESTING = "pytest" in sys.modules

# Applications -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "home",
    "donate",
    "news",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.frontend_cache",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "home.tracing.TracingMiddleware",
    "home.pagecache.middleware.ReaderCacheMiddleware",
    "home.middleware.DoorMiddleware",
    "home.middleware.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "home.secondstep.middleware.SecondStepMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "home.middleware.FullDiskMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "axes.middleware.AxesMiddleware",  # last, as its documentation asks
]

ROOT_URLCONF = "urls"
WSGI_APPLICATION = "wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

# Data ---------------------------------------------------------------------------------------------

if not re.match("(postgres|postgresql|sqlite)://", DATABASE_URL):
    raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or sqlite:///.")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    with reading("DATA_DIR"):
        DATA_DIR.mkdir(parents=True, exist_ok=True)
    # Django's default mode loses writes under load ("database is locked"); IMMEDIATE with WAL loses none.
    # synchronous FULL: a webhook that was answered with 200 must survive a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 600  # seconds; to connect costs as much as three queries
else:
    # Connections are kept and shared by a process's threads; a server that went away is noticed before it is asked.
    # TLS and the like come with the address: ?sslmode=verify-full&sslrootcert=...
    # Whoever waits for one, or for a server that is gone, waits three seconds.
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 10, "timeout": 3}
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
with reading("CACHE_URL"):
    SHARED_CACHE = env.cache_url_config(CACHE_URL) if CACHE_URL else None
CACHES = {
    "default": SHARED_CACHE
    or {
        "BACKEND": "home.cache.SqliteCache",
        "LOCATION": DATA_DIR / "cache.sqlite3",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # A reader's GET must write nothing: stock renditions write to this cache on every hit.
    "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
if CACHES["default"]["BACKEND"].endswith(".RedisCache"):
    CACHES["default"]["BACKEND"] = "home.rediscache.CarefulRedisCache"
    CACHES["default"].setdefault("OPTIONS", {}).update(socket_connect_timeout=1, socket_timeout=1)
# Kept pages have a place of their own: whoever asks for thousands of them pushes no limit's counter out.
CACHES["pages"] = CACHES["default"] | (
    {"KEY_PREFIX": "pages"}
    if CACHE_URL
    else {"LOCATION": DATA_DIR / "pages.sqlite3", "OPTIONS": {"MAX_ENTRIES": 2000}}
)
# How old a page that nobody changed may get: campaign figures move without an editor. At most 60 in all.
PAGE_CACHE_SECONDS = 30
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default", "fast", "slow"],
    }
}

# People -------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "home.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["home.signin.LimitBackend", "django.contrib.auth.backends.ModelBackend"]
# Wrong passwords: for one account from one network, and for all accounts from one network (home/signin.py).
SIGN_IN_FAILURES = 5
SIGN_IN_FAILURES_PER_NETWORK = 50
SIGN_IN_PAUSE_MINUTES = 15
AXES_HANDLER = "home.signin.LimitHandler"
AXES_FAILURE_LIMIT = SIGN_IN_FAILURES
AXES_COOLOFF_TIME = timedelta(minutes=SIGN_IN_PAUSE_MINUTES)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "home.signin.counted_address"
AXES_LOCKOUT_CALLABLE = "home.signin.say_locked"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # who signed in from where is nobody's business
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Each wrong code doubles the wait of an authenticator; recovery codes are too long to be guessed.
OTP_TOTP_THROTTLE_FACTOR = 1
OTP_STATIC_THROTTLE_FACTOR = 0

# Words and time -----------------------------------------------------------------------------------

USE_I18N = True
USE_TZ = True
LANGUAGES = [
    ("en", _("English")),
    ("ar", _("Arabic")),
    ("de", _("German")),
    ("es", _("Spanish")),
    ("fr", _("French")),
    ("he", _("Hebrew")),
]
if LANGUAGE_CODE.partition("-")[0] not in dict(LANGUAGES):
    raise ImproperlyConfigured(
        f"LANGUAGE_CODE is {LANGUAGE_CODE}: these are here: {', '.join(dict(LANGUAGES))}."
    )

# Files --------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [ROOT / "site" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
PRIVATE_ROOT = DATA_DIR / "private"  # documents: outside of what any web server may be pointed at
FILES, PICTURE_ORIGINS = read_storage_url(STORAGE_URL)
STORAGES = {
    **FILES,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Safety -------------------------------------------------------------------------------------------

# HTTPS exactly when SITE_URL is https, and never for ONION_HOST: home.middleware.DoorMiddleware is Django's
# SecurityMiddleware with that exception, which the check looks for by name.
SILENCED_SYSTEM_CHECKS = ["security.W001"]
SECURE_SSL_REDIRECT = HTTPS
SECURE_SSL_HOST = urlsplit(SITE_URL).netloc
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # asked by probes on this machine, over plain http
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "home.forgery.refused"
CSRF_TRUSTED_ORIGINS = [SITE_URL] + ([f"http://{ONION_HOST}"] if ONION_HOST else [])
# The give form's Origin check needs a Referer or Origin on our own pages and nothing elsewhere.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
X_FRAME_OPTIONS = "DENY"  # the admin and previews: SAMEORIGIN (home/middleware.py)
if TRUSTED_PROXIES > 0:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Readers: nothing from elsewhere, nothing inline. The origins in form-action are where a gift's POST is answered
# to with a 303: Chromium drops that redirect without a word when its target is not listed.
STRIPE_ORIGINS = ["https://checkout.stripe.com", "https://billing.stripe.com"] + [
    "{0.scheme}://{0.netloc}".format(urlsplit(url))
    for url in (STRIPE_API_BASE, STRIPE_CHECKOUT_ORIGIN)
    if url
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *PICTURE_ORIGINS],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *STRIPE_ORIGINS],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
# Editors: Wagtail 8.0's image chooser and date picker need inline scripts and styles. Still nothing from elsewhere.
# A preview is a public page inside a frame of the admin, so it may be framed and may post to Stripe's pages.
ADMIN_CONTENT_SECURITY_POLICY = {
    "default-src": ["'self'"],
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:", *PICTURE_ORIGINS],
    "font-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "object-src": ["'none'"],
    "form-action": ["'self'", *STRIPE_ORIGINS],
    "base-uri": ["'self'"],
    "frame-ancestors": ["'self'"],
}

# Mail ---------------------------------------------------------------------------------------------

with reading("EMAIL_URL"):
    vars().update(env.email_url_config(EMAIL_URL))
EMAIL_TIMEOUT = 10
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Logs and errors ----------------------------------------------------------------------------------

LOGGING = logs.configuration(debug=DEBUG or TESTING)
if SENTRY_DSN:
    with reading("SENTRY_DSN"):
        errors.report_to(SENTRY_DSN)

SITEMAP_PART = 10_000  # stories in one sitemap

# Wagtail ------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Dateline"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILIMAGES_IMAGE_MODEL = "home.SafeImage"
WAGTAILDOCS_DOCUMENT_MODEL = "home.SafeDocument"
WAGTAILIMAGES_IMAGE_FORM_BASE = "home.upload_forms.SafeImageForm"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024  # bytes
# Width x height x frames: what 200 MB of memory hold while a picture is read.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILDOCS_DOCUMENT_FORM_BASE = "home.upload_forms.SafeDocumentForm"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odp", "ods", "odt", "pdf", "pptx", "rtf", "txt", "xlsx"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 50 * 1024 * 1024  # bytes
WAGTAIL_FRONTEND_LOGIN_TEMPLATE = "home/sign_in.html"
WAGTAIL_PASSWORD_REQUIRED_TEMPLATE = WAGTAILDOCS_PASSWORD_REQUIRED_TEMPLATE = "home/password.html"  # noqa: S105 - a template
WAGTAILDOCS_INLINE_CONTENT_TYPES = []  # nothing opens inside the site
WAGTAILDOCS_SERVE_METHOD = None  # through our view on a disk, by a signed address from an object store
WAGTAILFRONTENDCACHE = read_purge_url(PURGE_URL)
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "news.search.backend"}}
# No call from an editor's browser or our server to anyone else. (An embed is a titled link: news/blocks.py.)
WAGTAILEMBEDS_FINDERS = []
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# Half a second, the default, clutters a story's history.
WAGTAIL_AUTOSAVE_INTERVAL = 5000
