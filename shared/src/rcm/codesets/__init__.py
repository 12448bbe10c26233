"""Dated public code sets: a code is judged by the date of service, and nothing copyrighted is shipped."""
