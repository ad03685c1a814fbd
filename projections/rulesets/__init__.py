"""Rulesets: every number behind a cause or a light that is not arithmetic, versioned; one file a version."""
