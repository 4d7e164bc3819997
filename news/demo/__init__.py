"""The demo site: catalog.toml and stories/*.toml say what is on it, pictures.py draws, build.py writes."""
