"""Tests of coding-svc."""
