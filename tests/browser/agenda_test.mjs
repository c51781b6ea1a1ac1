// The agenda beside what is to do: alerts, messages, customers nobody looks after put right at once, actions given to somebody else,
// somebody away and who stands in, the collector's filter, the order in words. On the demo company, by keyboard and on a phone.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { check, counted, run, says, shown, test } from "./harness.mjs";
import { prepare } from "./store.mjs";

const shots = process.env.AGENDA_SHOTS;
const shot = async (page, name) => {
	if (!shots) return;
	mkdirSync(shots, { recursive: true });
	await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
};
const text = async (page, selector) => (await page.innerText(selector)).replace(/\s+/g, " ").trim();
const press = (page, selector) => Promise.all([page.waitForNavigation({ timeout: 60000 }), page.click(selector)]);

test("every part of the agenda, in French and English, wide and on a phone", async (desk) => {
	for (const [lang, theme, width] of [["fr", "light", 1440], ["en", "dark", 390]]) {
		const page = await desk.login("credit_manager", { lang, theme, width });
		for (const tab of ["", "?tab=alerts", "?tab=sent", "?tab=anomalies", "/absences"]) {
			await page.goto(desk.url(`/agenda${tab}`));
			await desk.settled(page);
			await shot(page, `${tab.replace(/\W/g, "") || "todo"}-${lang}-${width}`);
		}
	}
});

test("the order is said in words", async (desk) => {
	const page = await desk.login("collector", { lang: "fr" });
	await page.goto(desk.url("/agenda"));
	const words = (await page.locator(".pop").first().textContent()).replace(/\s+/g, " ");
	check(/en jeu × [\d,]+ % de chance qu’agir serve × urgence \d/.test(words), words);
});

test("actions go to somebody else, and the filter finds them", async (desk) => {
	const page = await desk.login("credit_manager", { lang: "en" });
	await page.goto(desk.url("/agenda"));
	await page.locator("input[name=action]").first().check();
	await page.selectOption("#give-to", { label: "collector@test.example" });
	await press(page, "[formaction='/agenda/assign']");
	await says(page, "body", "Actions given over: 1.", "it says so");
	await page.goto(desk.url("/agenda"));
	const href = await page.locator(".fbar .menu a", { hasText: "collector@test.example" }).first().getAttribute("href");
	await page.goto(desk.url(href));
	await counted(page.locator("input[name=action]"), 1, "his one action");
	await desk.settled(page);
	const his = await desk.login("collector", { lang: "en" });
	await his.goto(desk.url("/agenda?mine=1"));
	await counted(his.locator("input[name=action]"), 1, "it is his own");

	// he goes away, and the credit manager stands in
	await his.goto(desk.url("/agenda/absences"));
	await his.fill("#ab-until", "2025-12-31");
	await his.selectOption("#ab-for", { label: "credit_manager@test.example" });
	await press(his, "main form[action='/agenda/absences'] button.p");
	await says(his, "main", "credit_manager@test.example", "the absence stands");
	await desk.settled(his);
	await page.goto(desk.url("/agenda?mine=1"));
	await shown(page.locator("input[name=action]"), "his action is among the stand-in's");
	await says(page, "main", "You stand in", "and it is said");
	await his.goto(desk.url("/agenda/absences"));
	await press(his, "form[action$='/end'] button");
	await page.goto(desk.url("/agenda"));
	check(!(await text(page, "main")).includes("You stand in"), "back again");
});

test("customers without a collector get one, many at once", async (desk) => {
	const page = await desk.login("credit_manager", { lang: "en" });
	await page.goto(desk.url("/agenda?tab=anomalies"));
	const boxes = page.locator("input[name=customer]");
	const before = await boxes.count();
	check(before >= 2, `customers without a collector: ${before}`);
	await boxes.nth(0).check();
	await boxes.nth(1).check();
	await page.selectOption("#fix-c", { label: "collector@test.example" });
	await press(page, "button[name=what][value=collector]");
	await says(page, "body", "Customers put right: 2.");
	await counted(page.locator("input[name=customer]"), before - 2, "two fewer");
	const sales = await desk.login("sales", { lang: "en" });
	await sales.goto(desk.url("/agenda?tab=anomalies"));
	await counted(sales.locator("button[name=what]"), 0, "others may not");
});

await run({ prepare });
