"""Tests of the embedded server, access, backup and health."""
