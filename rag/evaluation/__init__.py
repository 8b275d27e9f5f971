"""Measuring from within: questionnaires asked, answers marked, runs compared."""
