"""Signing in with a code from an authenticator app after the password, and recovery codes for a lost one.

Until the code is given, a session counts for nothing: every view of the site sees an anonymous visitor.
"""
