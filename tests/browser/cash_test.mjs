// Bank lines in a real browser: applied, split, moved to another customer, put aside and taken back, by keyboard; both languages,
// a phone, dark; and what a reader may not do.
import { check, counted, run, same, shown, test } from "./harness.mjs";
import { prepare } from "./store.mjs";

const title = (page) => page.locator("#line-detail h2").innerText();
const waiting = async (page) => Number((await page.locator('a[data-go="cash"] .cnt').innerText()).replace(/\D/g, ""));

test("a line is applied by keyboard and taken back", async (t) => {
	const page = await t.login("collector", { lang: "fr" });
	await page.goto(t.url("/cash"));
	await t.settled(page);
	const before = await waiting(page), line = await title(page);
	await page.keyboard.press("v");
	await page.waitForSelector(".toast, [data-toast], [role=status]");
	same(await waiting(page), before - 1, "one line less waits");
	check((await title(page)) !== line, "the next line is shown");
	await page.goto(t.url("/cash?state=applied"));
	await t.settled(page);
	await Promise.all([page.waitForNavigation(), page.keyboard.press("u")]);
	await page.goto(t.url("/cash"));
	same(await waiting(page), before, "taken back");
});

test("a part goes to an item, the rest on account", async (t) => {
	const page = await t.login("credit_manager", { lang: "en" });
	await page.goto(t.url("/cash"));
	const rest = page.locator("[data-rest]"), boxes = page.locator("[data-allocate] input[name=item]");
	await boxes.first().check();
	await page.locator("[data-allocate] input[type=text]").first().fill("100.00");
	check((await rest.innerText()).startsWith("€"), "what is left is in euros");
	check(!(await rest.innerText()).startsWith("€0.00"), "and counted as one types");
	await page.keyboard.press("Escape");
	await page.locator("#line-detail button[data-key=V]").click();
	await page.goto(t.url("/cash?state=applied"));
	check((await page.locator("#line-detail").innerText()).includes("100.00"), "so much on the item");
	check((await page.locator("#line-detail").innerText()).includes("On the customer's account"), "the rest on account");
	await t.settled(page);
	await page.locator("#line-detail button[data-key=U]").click();
});

test("another customer is looked up, a line waits or is set aside", async (t) => {
	const page = await t.login("collector", { lang: "en" });
	const choose = async (words) => {
		await page.goto(t.url("/cash?state=none"));
		await Promise.all([page.waitForNavigation(), page.locator(".selrow", { hasText: words }).locator("a.ink").click()]);
	};
	await choose("REM CHQ");
	await page.keyboard.press("c");
	await page.keyboard.type("C1009");
	await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
	check((await page.locator("#line-detail input[name=customer][type=hidden]").getAttribute("value")) === "C1009", "his items are offered");
	await t.settled(page);
	await choose("REM CHQ");
	const before = await waiting(page);
	await Promise.all([page.waitForNavigation(), page.keyboard.press("a")]);
	same(await waiting(page), before, "a line that waits still waits");
	await choose("REMBOURSEMENT");
	await Promise.all([page.waitForNavigation(), page.keyboard.press("n")]);
	same(await waiting(page), before - 1, "set aside");
});

test("all that is certain at one word", async (t) => {
	const page = await t.login("accountant", { lang: "fr", theme: "dark" });
	await page.goto(t.url("/cash"));
	await t.settled(page);
	await Promise.all([page.waitForNavigation(), page.keyboard.press("t")]);
	await counted(page.locator("text=/^Accepter les/"), 0, "nothing certain is left");
	for (const path of ["/cash/accounts", "/cash/credits", "/cash/payers", "/cash/lettering", "/cash?state=ignored"]) {
		await page.goto(t.url(path));
		await t.settled(page);
	}
});

test("on a phone", async (t) => {
	const page = await t.login("collector", { lang: "fr", width: 390, height: 844 });
	for (const path of ["/cash", "/cash?state=applied", "/cash/accounts", "/cash/credits", "/cash/lettering"]) {
		await page.goto(t.url(path));
		await t.settled(page);
	}
});

test("a reader only looks, and pages read without scripts", async (t) => {
	const reader = await t.login("reader", { lang: "en" });
	await reader.goto(t.url("/cash"));
	await counted(reader.locator("#line-detail .ft button"), 0, "no button for a reader");
	const plain = await t.login("collector", { lang: "en", javaScript: false });
	await plain.goto(t.url("/cash?state=proposed"));
	await shown(plain.locator("[data-allocate] input[name=item]"), "the form is there");
});

await run({ today: "2025-11-21", prepare });
