"""Which certificates an HTTP client believes; nothing is loaded for addresses without TLS, such as those on one machine."""

import ssl
from collections.abc import Iterable
from functools import cache


def trust(*urls: str) -> ssl.SSLContext | bool:
    """The `verify` of an httpx client for these addresses.

    httpx reads the certificate authorities for each client, some 40 ms of work each; here once, and where TLS is spoken.
    """
    return _authorities() if _any_encrypted(urls) else False


def _any_encrypted(urls: Iterable[str]) -> bool:
    return any(not url.lower().startswith("http://") for url in urls)


@cache
def _authorities() -> ssl.SSLContext:
    import httpx  # noqa: PLC0415 - services that call nobody need none

    return httpx.create_ssl_context()
