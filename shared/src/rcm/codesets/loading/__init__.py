"""Loads the lists that users bring: every layout that CMS, the CDC, NUCC and licensors publish, whole or not at all."""
