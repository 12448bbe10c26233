"""Certificates are checked wherever TLS is spoken."""

import ssl

from rcm.web.trust import trust


def test_where_tls_is_spoken_certificates_are_checked() -> None:
    for urls in (["https://claims.example"], ["http://localhost:8101", "HTTPS://claims.example"], ["claims.example"]):
        context = trust(*urls)
        assert isinstance(context, ssl.SSLContext)
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
    assert trust("https://claims.example") is trust("https://payments.example"), "the authorities are read once"


def test_where_it_is_not_spoken_nothing_is_loaded() -> None:
    assert trust("http://127.0.0.1:8101", "http://127.0.0.1:8102") is False
