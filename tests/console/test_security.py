"""Getting in and staying safe: tickets, sessions, forms, headers."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import jwt
import pytest

from console.main import build
from console.security import COOKIE, HEADERS
from console.settings import ConsoleSettings
from console.sign_in import LocalTokens, NoTokens
from rcm.identity import Role
from rcm.tokens import make_signing_key, new_signing_key
from tests.console.making import Answers, console, csrf_of, ticket

SUMMARY = {"accounts": 0, "statements": 0, "patient_open_cents": 0, "payments_cents": 0}
PAGES = ("/", "/worklist", "/claims", "/remittances", "/statements", "/accounts", "/claims/x", "/accounts/x", "/parts/flow")


async def test_a_link_signs_in_once_and_its_ticket_leaves_the_address() -> None:
    it = await console()
    link = ticket()
    async with it.browser() as browser:
        first = await browser.get("/sign-in", params={"ticket": link})
        assert first.status_code == 200
        assert str(first.url) == "http://console/"
        cookie = first.history[0].headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert link not in cookie
    async with it.browser() as another:
        again = await another.get("/sign-in", params={"ticket": link})
        assert again.status_code == 401
        assert "used already" in again.text
        assert COOKIE not in another.cookies


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"key": new_signing_key()}, "signed by a key"),
        ({"audience": "rcm"}, "audience"),
        ({"lifetime": timedelta(seconds=-60)}, "expired"),
        ({"lifetime": timedelta(hours=12)}, "too long"),
    ],
)
async def test_a_ticket_that_is_not_for_this_is_refused(wrong: dict[str, object], why: str) -> None:
    it = await console()
    async with it.browser() as browser:
        answer = await browser.get("/sign-in", params={"ticket": ticket(**wrong)})  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert why in answer.text


async def test_a_ticket_from_before_the_start_is_refused() -> None:
    old = ticket()
    it = await console()
    it.app.state.console.tickets._not_before += timedelta(hours=1)
    async with it.browser() as browser:
        assert (await browser.get("/sign-in", params={"ticket": old})).status_code == 401


async def test_two_links_of_one_second_for_one_person_are_two() -> None:
    it = await console()
    links = {ticket() for _ in range(5)}
    assert len(links) == 5
    for link in links:
        async with it.browser() as browser:
            assert (await browser.get("/sign-in", params={"ticket": link})).status_code == 200


def test_no_folder_of_keys_means_no_tokens_and_the_console_writes_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RCM_JWKS", "jwks.json")
    for nothing in ("", "  "):
        monkeypatch.setenv("RCM_CONSOLE_KEYS", nothing)
        program = build(ConsoleSettings())
        assert isinstance(program.app.state.console.tokens, NoTokens)
    monkeypatch.setenv("RCM_CONSOLE_KEYS", str(tmp_path / "keys"))
    with pytest.raises(FileNotFoundError, match=r"signing-key\.pem"):
        build(ConsoleSettings())
    assert list(tmp_path.iterdir()) == []
    make_signing_key(tmp_path / "keys")
    (tmp_path / "keys/jwks.json").unlink()
    assert isinstance(build(ConsoleSettings()).app.state.console.tokens, LocalTokens)
    assert [each.name for each in (tmp_path / "keys").iterdir()] == ["signing-key.pem"]


@pytest.mark.parametrize("path", PAGES)
async def test_without_a_session_every_page_is_closed(path: str) -> None:
    it = await console()
    async with it.browser() as browser:
        answer = await browser.get(path, headers={"cookie": f"{COOKIE}=guessed"})
        assert answer.status_code == 401
        assert "sign-in link" in answer.text
        posted = await browser.post("/statement-runs", data={"csrf": ""})
        assert posted.status_code == 401


async def test_sessions_end_when_they_are_idle_too_old_or_signed_out() -> None:
    it = await console()
    async with it.signed_in() as idle:
        it.clock.instant += timedelta(minutes=119)
        assert (await idle.get("/")).status_code == 200
        it.clock.instant += timedelta(minutes=121)
        assert (await idle.get("/")).status_code == 401
    async with it.signed_in() as busy:
        for _ in range(12):
            it.clock.instant += timedelta(minutes=59)
            assert (await busy.get("/")).status_code == 200
        it.clock.instant += timedelta(minutes=13)
        assert (await busy.get("/")).status_code == 401
    async with it.signed_in() as leaving:
        name = leaving.cookies[COOKIE]
        answer = await leaving.post("/sign-out", data={"csrf": csrf_of((await leaving.get("/")).text)})
        assert "signed out" in answer.text
        assert COOKIE not in leaving.cookies
        leaving.cookies.set(COOKIE, name, domain="console")
        assert (await leaving.get("/")).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/sign-out",
        "/statement-runs",
        "/accounts/x/payments",
        "/accounts/x/hold",
        "/worklist/tasks/claims/x/close",
        "/remittances/x/retry",
        "/remittances/x/dismiss",
        "/remittances/x/claims/x/match",
        "/remittances/x/claims/x/dismiss",
    ],
)
async def test_a_form_that_is_not_the_sessions_own_does_nothing(path: str) -> None:
    billing = Answers({})
    it = await console(dict.fromkeys(("patient-billing-svc", "claims-svc", "payments-svc"), billing))
    async with it.signed_in() as victim, it.signed_in() as thief:
        stolen = csrf_of((await thief.get("/")).text)
        own = csrf_of((await victim.get("/")).text)
        asked = len(billing.asked)
        for data, headers in (
            ({}, {}),
            ({"csrf": ""}, {}),
            ({"csrf": stolen}, {}),
            ({"csrf": own}, {"sec-fetch-site": "cross-site"}),
        ):
            answer = await victim.post(path, data=data, headers=headers)
            assert answer.status_code == 403
            assert "not from your session" in answer.text
        for broken in (b"\xff\xfe", b"&".join([b"a=1"] * 60), b'{"csrf": "x"}'):
            assert (await victim.post(path, content=broken)).status_code == 403
        assert len(billing.asked) == asked
        assert (await victim.get("/")).status_code == 200


async def test_every_answer_carries_the_headers() -> None:
    it = await console()
    async with it.signed_in() as browser:
        for path in ("/", "/nope", "/sign-in", "/static/console.css", "/livez"):
            answer = await browser.get(path)
            for name, value in HEADERS.items():
                if not (path.startswith("/static/") and name == "cache-control"):
                    assert answer.headers[name] == value, (path, name)
        assert "strict-transport-security" not in (await browser.get("/")).headers
        assert "immutable" in (await browser.get("/static/console.css")).headers["cache-control"]


async def test_behind_https_the_cookie_goes_over_https_only() -> None:
    it = await console(console_secure_cookies=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(it.app), base_url="https://console") as browser:
        answer = await browser.get("/sign-in", params={"ticket": ticket()})
    assert "Secure" in answer.headers["set-cookie"]
    assert "strict-transport-security" in answer.headers


async def test_the_services_see_the_persons_own_token_and_never_the_cookie() -> None:
    billing = Answers({"/v1/summary": SUMMARY})
    it = await console({"patient-billing-svc": billing})
    async with it.signed_in(Role.DASHBOARD) as browser:
        await browser.get("/")
        sent = {request.headers["authorization"].removeprefix("Bearer ") for request in billing.asked}
        session = it.app.state.console.sessions.find(browser.cookies[COOKIE])
        assert sent == {session.token}
        claims = jwt.decode(session.token, options={"verify_signature": False})
        assert (claims["aud"], claims["role"], claims["exp"] - claims["iat"]) == ("rcm", "dashboard", 600)
        until = session.token_until
        it.clock.instant += timedelta(minutes=9)
        await browser.get("/")
        assert session.token_until > until, "a token that ends soon is replaced"
    assert not any("cookie" in request.headers for request in billing.asked)


async def test_an_address_is_only_ever_an_id() -> None:
    """What stands in our address never becomes another path at a service."""
    claims = Answers({})
    it = await console({"claims-svc": claims})
    async with it.signed_in() as browser:
        for name in ("..%2F..%2Fv1%2Fadmin%2Fclock", "x%3Fy=1", "%252e%252e", "ffff"):
            answer = await browser.get(f"/claims/{name}")
            assert answer.status_code in (404, 503)
    paths = {urlsplit(str(request.url)).path for request in claims.asked}
    assert all("00000000-0000-0000-0000-000000000000" in path for path in paths if path.startswith("/v1/claims/"))


async def test_health_needs_no_session_and_there_are_no_foreign_documents() -> None:
    it = await console()
    async with it.browser() as browser:
        assert (await browser.get("/livez")).status_code == 200
        assert (await browser.get("/docs")).status_code == 404
        assert (await browser.get("/openapi.json")).status_code == 404
