"""Staff at work, in a real browser: every page at a desk, on a phone and in the dark; by keyboard, by touch, without script."""

import re

from playwright.async_api import Route

from rcm.identity import Role
from tests.browser.conftest import Entrance, Visitor

LISTS = {
    "worklist": "Worklist",
    "worklist/tasks": "Worklist",
    "claims": "Claims",
    "remittances": "Remittances",
    "statements": "Statements",
    "accounts": "Patient accounts",
}
DETAILS = {
    "encounter": ("worklist", "main h2 a"),
    "claim": ("claims?state=PAID", "main table a[href*='/claims/']"),
    "denied claim": ("claims?state=DENIED", "main table a[href*='/claims/']"),
    "held claim": ("claims?state=EDIT_FAILED", "main table a[href*='/claims/']"),
    "remittance": ("remittances", "main table a[href*='/remittances/']"),
    "statement": ("statements", "main table a[href*='/statements/']"),
    "account": ("accounts", "main table a[href*='/accounts/']"),
}
CHECKS = """() => {
  const wrong = [];
  if (document.documentElement.scrollWidth > window.innerWidth) {
    const wide = [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1);
    wrong.push('wider than the window: ' + wide.slice(0, 3).map(e => e.tagName + '.' + e.className).join(', '));
  }
  for (const field of document.querySelectorAll('input:not([type=hidden]), select'))
    if (!field.labels.length) wrong.push('no label: ' + field.name);
  for (const link of document.querySelectorAll('a, button'))
    if (!link.textContent.trim()) wrong.push('no name: ' + link.outerHTML);
  if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
  if (!document.documentElement.lang) wrong.push('no language');
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  if (new Set(ids).size !== ids.length) wrong.push('an id twice');
  const channel = value => { value /= 255; return value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > .99) return c; } return [255, 255, 255]; };
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.getClientRects().length) continue;
    if (e.closest('.skip, option')) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) wrong.push('contrast ' + ratio.toFixed(2) + ': ' + e.textContent.trim().slice(0, 30));
  }
  return [...new Set(wrong)];
}"""


async def is_sound(visitor: Visitor, name: str) -> None:
    """Nothing overflows, everything has a label and enough contrast, nothing was complained about or fetched from outside."""
    assert await visitor.page.evaluate(CHECKS) == [], name
    assert visitor.wrong == [], name


LOOKS = {"": {}, "-dark": {"dark": True}, "-phone": {"phone": True}}


async def looked_at(visitor: Visitor, name: str) -> None:
    """A page in each of LOOKS, photographed; no page is loaded anew for it."""
    for suffix, how in LOOKS.items():
        await visitor.look(**how)
        await is_sound(visitor, name + suffix)
        await visitor.photograph(re.sub("[ /]", "-", name) + suffix)
    await visitor.look()


async def test_every_page_at_the_desk_on_a_phone_and_in_the_dark(entrance: Entrance) -> None:
    visitor = await entrance.enter()
    await looked_at(visitor, "live")
    for path, title in LISTS.items():
        await visitor.go(f"/{path}")
        assert (await visitor.page.inner_text("h1")) == title
        await looked_at(visitor, path)
    for name, (path, link) in DETAILS.items():
        await visitor.go(f"/{path}")
        await visitor.page.locator(link).first.click()
        await visitor.loaded()
        await looked_at(visitor, name)


async def test_a_phone_is_entered_and_left_by_touch(entrance: Entrance) -> None:
    visitor = await entrance.enter(phone=True)
    visitor.expected.add(401)
    await visitor.page.get_by_role("link", name="Claims").first.tap()
    await visitor.page.wait_for_url("**/claims")
    await visitor.page.locator("main table a").first.tap()
    await visitor.page.wait_for_url(re.compile("/claims/[0-9a-f-]{36}$"))
    await visitor.page.get_by_role("button", name="Sign out").tap()
    await visitor.page.get_by_role("heading", name="You are signed out").wait_for()
    assert visitor.wrong == []


async def test_every_page_works_without_script(entrance: Entrance) -> None:
    plain = await entrance.enter(script=False)
    assert "Balances to the cent" in await plain.page.inner_text("main")
    await plain.page.click("nav >> text=Claims")
    await plain.page.wait_for_url("**/claims")
    await plain.page.select_option("select[name=state]", "PAID")
    await plain.page.click("text=Show")
    await plain.page.wait_for_url("**state=PAID**")
    assert await plain.page.locator("table.list tbody tr").count() > 0


async def test_the_money_on_the_live_page_is_an_equation_that_balances(entrance: Entrance) -> None:
    visitor = await entrance.enter()
    amounts = [cents(text) for text in await visitor.page.locator(".equation dd").all_inner_texts()]
    assert amounts[0] > 0
    assert amounts[0] == sum(amounts[1:])
    assert "Balances to the cent" in await visitor.page.inner_text(".balance")


async def test_the_live_page_keeps_itself_fresh_and_keeps_the_focus(entrance: Entrance) -> None:
    visitor = await entrance.enter()
    await visitor.page.locator(".counts a").first.focus()
    first = await visitor.page.inner_text(".as-of")
    await visitor.page.wait_for_function("text => !document.querySelector('.as-of').innerText.startsWith(text)", arg=first[:30])
    assert await visitor.page.evaluate("document.activeElement.closest('.counts') !== null")
    assert visitor.wrong == []


async def test_the_live_page_rests_twenty_times_as_long_as_its_figures_take_and_a_minute_at_most(entrance: Entrance) -> None:
    """Breaks when pages that are left open keep services busy whose figures take long, as those of a million claims do."""
    visitor = await entrance.enter()
    clock, asked, seconds = visitor.page.clock, list[str](), (2, 30, 0)

    async def late(route: Route) -> None:
        asked.append(route.request.url)
        await clock.run_for(seconds[len(asked) - 1] * 1_000)
        await route.fulfill(body=f"<p id='answer{len(asked)}'>late</p>")

    await clock.install(time=0)
    await clock.pause_at(1_000)
    await visitor.page.route("**/parts/flow", late)
    await visitor.go("/")
    await clock.run_for(2_000)
    await visitor.page.locator("#answer1").wait_for()
    for answered, rest in enumerate((40, 60), 1):
        await clock.run_for(rest * 1_000 - 1)
        assert len(asked) == answered
        await clock.run_for(1)
        await visitor.page.locator(f"#answer{answered + 1}").wait_for()
    assert visitor.wrong == []


async def test_by_keyboard_alone(entrance: Entrance) -> None:
    visitor = await entrance.enter()
    press = visitor.page.keyboard.press
    await press("Tab")
    assert await visitor.page.evaluate("document.activeElement.className") == "skip"
    # it comes into sight, once its transition is done
    await visitor.page.wait_for_function("() => document.querySelector('.skip').getBoundingClientRect().top >= 0")
    await press("Enter")
    await visitor.page.wait_for_function("document.activeElement.id === 'main'")
    await visitor.go("/")
    for _ in range(5):
        await press("Tab")
    assert await visitor.page.evaluate("document.activeElement.innerText") == "Claims"
    outline = await visitor.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus can be seen"
    await press("Enter")
    await visitor.page.wait_for_url("**/claims")
    state = visitor.page.locator("select[name=state]")
    await state.focus()
    for _ in range(await state.locator("option").count()):
        if await state.input_value() == "DENIED":
            break
        await press("ArrowDown")  # a word that is typed begins anew where a machine takes a second for a letter
    await press("Tab")
    await press("Tab")
    await press("Enter")
    await visitor.page.wait_for_url("**state=DENIED**")
    await visitor.page.locator("main table a").first.focus()
    await press("Enter")
    await visitor.page.wait_for_url(re.compile("/claims/[0-9a-f-]{36}$"))
    await visitor.page.locator("details.part summary").first.focus()
    await press("Enter")
    await visitor.page.locator("details.part[open]").first.wait_for()
    assert visitor.wrong == []


async def test_a_paid_claim_tells_its_story_beside_both_files(entrance: Entrance) -> None:
    visitor = await entrance.enter()
    await visitor.go("/claims?state=PAID")
    await visitor.page.locator("main table a").first.click()
    await visitor.loaded()
    story = await visitor.page.inner_text(".timeline")
    for happened in ("The claim was made", "Put into a file", "Sent", "(TA1)", "(999)", "(277CA)", "The payer decided"):
        assert happened in story
    files = await visitor.page.inner_text(".story section:last-child")
    assert "837, as it was sent" in files
    assert "835, as it came" in files
    number = (await visitor.page.inner_text("h1")).removeprefix("Claim ")
    assert f"CLM*{number}*" in files
    assert f"CLP*{number}*" in files
    assert "above the contracted price" in files


async def test_a_patient_pays_at_the_desk(entrance: Entrance) -> None:
    visitor = await entrance.enter(Role.BILLER)
    visitor.expected.add(422)
    await visitor.go("/accounts?owing=1")
    await visitor.page.locator("main table a").first.click()
    await visitor.page.get_by_label("Amount in dollars").fill("1.00")
    await visitor.page.get_by_label("How").select_option("check")
    await visitor.page.get_by_role("button", name="Record the payment").click()
    await visitor.loaded()
    assert "Give the check's number" in await visitor.page.inner_text("[role=alert]")
    await visitor.page.get_by_label("Check number").fill("90210")
    await visitor.page.get_by_role("button", name="Record the payment").click()
    await visitor.loaded()
    assert "The payment is recorded" in await visitor.page.inner_text("[role=status]")
    assert "check 90210" in await visitor.page.inner_text("main")
    await is_sound(visitor, "account")
    await visitor.photograph("account-paid")


async def test_a_biller_closes_a_task(entrance: Entrance) -> None:
    visitor = await entrance.enter(Role.BILLER)
    await visitor.go("/worklist/tasks")
    await looked_at(visitor, "tasks of a biller")
    before = await visitor.page.locator(".cards > li").count()
    card = visitor.page.locator(".cards > li").first
    named = await card.get_attribute("id")
    await card.get_by_label("What came of it").fill("Called the payer: a corrected claim goes out")
    await card.get_by_label("What came of it").press("Enter")
    await visitor.loaded()
    assert "The task is closed." in await visitor.page.inner_text("[role=status]")
    assert await visitor.page.locator(".cards > li").count() == before - 1
    assert await visitor.page.locator(f"#{named}").count() == 0


async def test_a_biller_puts_away_what_can_not_be_posted(entrance: Entrance) -> None:
    visitor = await entrance.enter(Role.BILLER)
    await visitor.go("/remittances")
    await visitor.page.get_by_role("link", name="open").first.click()
    await visitor.loaded()
    await visitor.page.get_by_text("Decide about it").first.click()
    await looked_at(visitor, "remittance with a held claim")
    waiting = await visitor.page.get_by_text("Decide about it").count()
    form = visitor.page.locator("details.decide[open] form").last
    await form.get_by_label("Because").select_option("posted_by_hand")
    await form.get_by_label("Note").fill("Posted in the payer's portal")
    await form.get_by_role("button", name="Put it away").click()
    await visitor.loaded()
    assert "It is put away." in await visitor.page.inner_text("[role=status]")
    assert await visitor.page.get_by_text("Decide about it").count() == waiting - 1
    assert visitor.wrong == []


async def test_a_statement_opens_as_a_pdf_and_a_link_works_once(entrance: Entrance) -> None:
    visitor = await entrance.enter()
    await visitor.go("/statements")
    await visitor.page.locator("main table a[href*='/statements/']").first.click()
    await visitor.loaded()
    address = await visitor.page.get_by_role("link", name="PDF").get_attribute("href")
    answer = await visitor.page.request.get(f"{visitor.base}{address}")
    assert answer.headers["content-type"] == "application/pdf"
    assert (await answer.body()).startswith(b"%PDF")
    visitor.expected.add(401)
    link = entrance.link(Role.ADMIN)
    await visitor.go(link)
    assert visitor.page.url == f"{visitor.base}/"
    await visitor.go(link)
    assert "can't be used" in await visitor.page.inner_text("h1")
    await visitor.photograph("link-used")


async def test_signing_out_closes_every_page(entrance: Entrance) -> None:
    visitor = await entrance.enter()
    visitor.expected.add(401)
    await visitor.page.get_by_role("button", name="Sign out").click()
    await visitor.page.get_by_role("heading", name="You are signed out").wait_for()
    await visitor.go("/claims")
    assert await visitor.page.inner_text("h1") == "You are signed out"
    await is_sound(visitor, "signed out")
    await visitor.photograph("signed-out")


def cents(text: str) -> int:
    """$1,234.56 as 123456."""
    sign = -1 if "−" in text else 1
    return sign * int(re.sub(r"[^\d]", "", text))
