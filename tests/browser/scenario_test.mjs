// A scenario changed and published, a text changed with its preview, calls noted by one key each, a promise, a dispute and a hold set
// and lifted on the page. The plan follows each of them.
import { check, counted, run, same, says, shown, test } from "./harness.mjs";
import { prepare } from "./store.mjs";

const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const text = async (page, selector) => (await page.innerText(selector)).replace(/\s+/g, " ").trim();
const plan = (desk) => JSON.parse(desk.command("--json", "run", "--dry-run"));

test("a scenario: a step edited, the coming days seen, published, and the plan follows it", async (desk) => {
	const page = await desk.login("credit_manager", { lang: "fr" });
	const unchanged = plan(desk);
	await page.goto(desk.url("/scenarios?code=good_payer&step=reminder"));
	await desk.settled(page);
	const before = await text(page, "main .split");
	await shown(page.locator("#s-tpl option:nth-child(11)"), "the texts that exist are offered");
	await counted(page.locator("a[href='/templates/reminder']"), 1, "and can be seen");
	await page.fill("#s-off", String(Number(await page.inputValue("#s-off")) + 1));
	await page.selectOption("#s-tpl", "follow_up");
	await press(page, "form.form button.p");
	await says(page, "main", "Ceci est un brouillon", "it is a draft first");
	check((await text(page, "main .split")) !== before, "the coming days are those of the draft");
	await desk.settled(page);
	const planned = (actions) => JSON.stringify(actions.map((a) => [a.customer, a.step]));
	same(planned(plan(desk).actions), planned(unchanged.actions), "a draft changes no plan");
	await page.selectOption("#midway", "restart");
	await press(page, "form[action$='/publish'] button");
	await says(page, "h1", "Avant de publier", "first what changes, and for whom");
	await shown(page.locator("main table tbody tr"), "with the days and the customers");
	await desk.settled(page);
	await press(page, "form[method=post][action$='/publish'] button");
	check(!(await text(page, "main")).includes("Ceci est un brouillon"), "published");
	await desk.settled(page);
	check(planned(plan(desk).actions) !== planned(unchanged.actions), "the plan follows what is in force: the ladder starts again");
	await desk.login("administrator", { lang: "fr" }).then(async (admin) => {
		await admin.goto(desk.url("/audit"));
		await says(admin, "main table", "Scénario publié", "the audit log tells of it");
	});
});

test("a scenario: conditions, people, a step moved by the keyboard and by the mouse", async (desk) => {
	const page = await desk.login("credit_manager", { lang: "fr" });
	await page.goto(desk.url("/scenarios?code=average&step=reminder"));
	const offset = async () => Number(await page.inputValue("#s-off"));
	const first = await offset();
	await page.focus("[data-step=reminder]");
	await Promise.all([page.waitForNavigation(), page.keyboard.press("ArrowRight")]);
	same(await offset(), first + 1, "a day later by the right arrow");
	const circle = await page.locator("[data-step=reminder] circle").boundingBox(), day = Number(await page.getAttribute("[data-line]", "data-day"));
	const scale = (await page.locator("[data-line]").boundingBox()).width / 1150;
	await page.mouse.move(circle.x + 15, circle.y + 15);
	await page.mouse.down();
	await page.mouse.move(circle.x + 15 + 2 * day * scale, circle.y + 15, { steps: 5 });
	await Promise.all([page.waitForNavigation(), page.mouse.up()]);
	same(await offset(), first + 3, "two days later by the mouse");
	await page.selectOption("#c-f1", "amount");
	await page.selectOption("#c-c1", "at_least");
	await page.fill("#c-v1", "1 500,50");
	await page.selectOption("#c-f2", "score_class");
	await page.selectOption("#c-c2", "is");
	await page.fill("#c-v2", "C, D");
	await page.selectOption("[name=condition_join] >> nth=1", "or").catch(() => page.selectOption("#c-j2", "or"));
	await page.selectOption("#s-to", "manager");
	await page.check("[name=copy_sales]");
	await press(page, "form.form button.p");
	const list = await text(page, "main table");
	check(list.includes("Montant réclamé au moins 1 500,50 €, ou Classe de score est C, D") && list.includes("copie au commercial"), list);
	same(await page.inputValue("#c-v1"), "1500.50", "kept in the form");
	await desk.settled(page);
	await page.fill("#c-v1", "beaucoup");
	await page.click("form.form button.p");
	await says(page, "body", "ne convient pas", "what is no amount is refused");
	page.troubles.length = 0; // the 422 is meant
	const small = await desk.login("credit_manager", { lang: "en", width: 390, theme: "dark" });
	await small.goto(desk.url("/scenarios?code=average&step=reminder"));
	await desk.settled(small);
	await small.goto(desk.url("/scenarios/average/publish"));
	await desk.settled(small);
	await small.goto(desk.url("/customers"));
	const customer = (await small.getAttribute("main tbody a[href^='/customers/']", "href")).split("?")[0];
	await small.goto(desk.url(`${customer}/why`));
	await desk.settled(small);
	await press(page, "form[action$='/discard'] button").catch(async () => { await page.goto(desk.url("/scenarios?code=average")); await press(page, "form[action$='/discard'] button"); });
});

test("a text: the preview follows, an unknown name is refused with its place", async (desk) => {
	const page = await desk.login("credit_manager", { lang: "fr" });
	await page.goto(desk.url("/templates/reminder"));
	const body = await page.inputValue("textarea");
	await page.fill("textarea", "Bonjour {{contact_name}},\n\nNous attendons votre virement.\n\n{{invoice_table}}\n\nTotal : {{amount_overdue}}");
	await page.waitForFunction(() => document.querySelector(".mailb")?.textContent.includes("Nous attendons votre virement"), null, { timeout: 8000 })
		.catch(async () => { await page.click("button:has-text('Aperçu')"); await page.waitForSelector(".mailb:has-text('Nous attendons')"); });
	await page.fill("textarea", body.replace("{{contact_name}}", "{{customers_shoe_size}}"));
	await page.click("main form button.p");
	await page.waitForSelector("[role=alert]");
	await says(page, "[role=alert]", "customers_shoe_size");
	page.troubles.length = 0; // the 422 is meant
	await desk.settled(page);
	await page.fill("textarea", `${body}\n\nUn mot de plus.`);
	await page.click("main form button.p");
	await page.waitForLoadState("networkidle");
	await page.goto(desk.url("/templates/reminder"));
	check((await page.inputValue("textarea")).includes("Un mot de plus."), "kept");
});

test("calls: one key each, then the queue goes on", async (desk) => {
	const page = await desk.login("collector", { lang: "fr" });
	await page.goto(desk.url("/agenda/calls"));
	const count = async () => Number((await text(page, ".ph .sub")).match(/\d+/)[0]);
	let left = await count();
	check(left >= 1, `calls wait: ${left}`);
	await desk.settled(page);
	for (const key of ["v", "d", "x", "n"]) {
		if (left === 0) break;
		await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
		const now = await count();
		check(now < left, `the key ${key} notes the outcome and goes on: ${left} → ${now}`);
		left = now;
	}
	await desk.settled(page);
});

test("a hold, a promise and a dispute, set and lifted on the page: the plan leaves out and takes up again", async (desk) => {
	const left = (customer, reason) => plan(desk).left_out.filter((l) => l.customer === customer && l.reason === reason);
	const { customer, item_id: item } = plan(desk).left_out.find((l) => l.reason === "too_soon"); // nothing else holds this one
	const page = await desk.login("credit_manager", { lang: "fr" });
	await page.goto(desk.url(`/customers/${customer}/hold`));
	await desk.settled(page);
	await page.fill("#b-date", "2025-10-20");
	await page.fill("main [name=note]", "Vu en rendez-vous");
	await press(page, "main form[method=post] button.p");
	check(left(customer, "hold").length > 0, "held");
	await page.goto(desk.url(`/customers/${customer}?tab=bound`));
	await desk.settled(page);
	await press(page, "form[action$='/lift'] button");
	same(left(customer, "hold").length, 0, "lifted");

	await page.goto(desk.url(`/customers/${customer}`));
	await page.check(`main input[name=item][value="${item}"]`);
	await page.click("button[formaction='/items/promise']");
	await page.waitForSelector("dialog[open] #b-date");
	await desk.settled(page);
	await page.keyboard.press("Escape");
	await counted(page.locator("dialog[open]"), 0, "Escape closes the form");
	same(await page.evaluate(() => document.activeElement?.getAttribute("formaction")), "/items/promise", "and gives the focus back");
	await page.click("button[formaction='/items/promise']");
	await page.fill("dialog[open] #b-date", "2025-10-15");
	await press(page, "dialog[open] button.p");
	check(left(customer, "promise").length > 0, "promised");
	await page.goto(desk.url(`/customers/${customer}?tab=bound`));
	await press(page, "form[action^='/promises/'] button");
	same(left(customer, "promise").length, 0, "cancelled");

	await page.goto(desk.url(`/customers/${customer}`));
	await page.check(`main input[name=item][value="${item}"]`);
	await page.click("button[formaction='/items/dispute']");
	await page.waitForSelector("dialog[open] #b-reason");
	await press(page, "dialog[open] button.p");
	check(left(customer, "dispute").length > 0, "disputed");
	await page.goto(desk.url(`/customers/${customer}?tab=bound`));
	await desk.settled(page);
	await press(page, "form[action^='/disputes/'] button");
	same(left(customer, "dispute").length, 0, "closed");
});

await run({ prepare, today: "2025-10-01" }); // a day with calls in the demo
