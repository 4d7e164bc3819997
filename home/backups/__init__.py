"""Backups while the site runs.

    database.py   a consistent copy of the database, and putting it back
    files.py      uploads, stored once by their content
    snapshot.py   one backup: database, list of files, fingerprints; made, checked, restored, thinned out

A folder holds many: `<moment>/` with the database and manifest.json each, and `files/` shared by all.
"""
