"""Intake without servers."""
