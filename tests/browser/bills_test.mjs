// Receivables that are not plain, in the browser: a debit from its mandate to the file for the bank and back, a bill, an assigned claim
// whose account stands in the place of ours, a set-off; every screen in both languages, at 1440 and 390 px, light and dark.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, run, same, test } from "./harness.mjs";

const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]).catch(async (problem) => { throw new Error(`${selector} on ${page.url()}: ${problem.message.split("\n")[0]}`); });
const text = async (page, selector) => (await page.innerText(selector)).replace(/[\s\u00a0\u202f]+/g, " ").trim();

const items = [["ALMA", "FA-1", "2025-08-06", "2025-09-05", "1200,00"], ["ALMA", "FA-2", "2025-08-11", "2025-09-10", "800,00"], ["BRUME", "FA-3", "2025-08-06", "2025-09-05", "500,00"],
	["CEDRE", "FA-4", "2025-08-06", "2025-09-05", "900,00"]];

function prepare(desk) {
	const file = join(desk.folder, "items.csv");
	writeFileSync(file, "Client;Nom;Pièce;Date;Échéance;Reste dû\n" + items.map(([who, piece, date, due, open]) => [who, `${who} SARL`, piece, date, due, open].join(";")).join("\n") + "\n");
	desk.command("import", file, "--as-of", "2025-09-30", "--yes");
	for (const who of ["ALMA", "BRUME", "CEDRE"]) desk.command("contact", "add", who, "--email", `compta@${who.toLowerCase()}.example`, "--name", "Claire Lefort");
	desk.command("company", "set", "stale.days=300", "bank.iban=FR7630006000011234567890189", "bank.name=Banque", "debtor.pay_url=", "debit.notice_days=5", "debit.creditor_id=FR72ZZZ123456");
}

test("a direct debit: mandate, announced, remitted, returned", async (desk) => {
	const page = await desk.login("administrator");
	await page.goto(desk.url("/mandates?customer=ALMA"));
	await page.fill("#m-rum", "RUM-1");
	await page.fill("#m-iban", "FR14 2004 1010 0505 0001 3M02 606");
	await page.fill("#m-signed", "2025-09-01");
	await page.click("main form[action='/mandates'] button.p"); // back on the same address
	await page.waitForSelector("td .ch.ok");
	check((await text(page, "main")).includes("en vigueur"), "the mandate is in use");
	await desk.settled(page);

	await page.goto(desk.url("/bills/new?customer=ALMA"));
	await page.check("input[name=item] >> nth=0");
	await page.selectOption("#b-kind", "debit");
	await page.fill("#b-due", "2025-10-06");
	await desk.settled(page);
	await press(page, "main form[action='/bills'] button.p");
	await page.click("form[action$='/noted'] button");
	await page.waitForSelector("text=Prélèvement annoncé");
	check((await text(page, "main")).includes("Prélèvement annoncé"), "announced");
	const why = JSON.parse(desk.command("explain", "item", "FA-1", "--json"));
	same(why.reason, "direct_debit", "nobody reminds of it");
	await page.goto(desk.url("/bills"));
	await page.check("input[name=id]");
	await page.click("main form[action='/bills/remit'] button.p");
	await page.waitForSelector("a[href='/bills/remittances/1']");
	const reply = await page.request.get(desk.url("/bills/remittances/1"));
	check((await reply.text()).includes("<MndtId>RUM-1</MndtId>"), "the file is there");
	await desk.settled(page);

	await page.click("tbody a");
	await page.waitForSelector("#b-code");
	await page.selectOption("#b-code", "AM04");
	await page.click("form[action$='/unpaid'] button");
	await page.waitForSelector(".nt.bad");
	check((await text(page, "main")).includes("Provision insuffisante"), "the reason in words");
	await desk.settled(page);
	same(JSON.parse(desk.command("explain", "item", "FA-1", "--json")).reason === "direct_debit", false, "chased again");
});

test("an assigned claim is paid to the factor only", async (desk) => {
	const page = await desk.login("administrator");
	await page.goto(desk.url("/assignments"));
	await page.click("details.cd > summary");
	await page.fill("#y-name", "Factor & Cie");
	await page.selectOption("#y-route", "factoring");
	await page.fill("#y-iban", "FR1420041010050500013M02606");
	await page.check("input[name=notified]");
	await page.fill("#y-com", "0,5");
	await page.fill("#y-int", "4");
	await desk.settled(page);
	await page.click("main form[action='/assignments/payee'] button.p");
	await page.waitForSelector("text=FR1420041010050500013M02606");
	await page.goto(desk.url("/assignments/new?customer=BRUME"));
	await page.check("input[name=item]");
	await press(page, "main form[action='/assignments'] button.p");
	check((await text(page, "main")).includes("Coût comparé au délai"), "its cost");
	await desk.settled(page);
	const batch = await (await page.request.get(desk.url("/assignments/1/batch.csv"))).text();
	check(batch.includes('"FA-3";2025-08-06;2025-09-05;EUR;500.00'), `the batch: ${batch}`);
	same((await page.request.get(desk.url("/assignments/1/slip.pdf"))).status(), 200, "the slip");
	same(JSON.parse(desk.command("explain", "item", "FA-3", "--json")).reason, "ceded", "the factor reminds");
	await page.goto(desk.url("/customers/BRUME/portal/preview"));
	const seen = await text(page, "body");
	check(seen.includes("FR14 2004 1010") && !seen.includes("FR76 3000 6000"), "on the debtor's page the factor's account, never ours");
});

test("a bill drawn and a set-off proposed", async (desk) => {
	const page = await desk.login("administrator", { lang: "en" });
	await page.goto(desk.url("/bills/new?customer=CEDRE"));
	await page.check("input[name=item]");
	await page.selectOption("#b-kind", "lcr");
	await page.fill("#b-due", "2025-11-30");
	await page.check("input[name=to_accept]");
	await press(page, "main form[action='/bills'] button.p");
	await desk.settled(page);
	same((await page.request.get(page.url() + "/bill.pdf")).status(), 200, "the bill itself");
	await page.goto(desk.url("/set-offs/new?customer=ALMA"));
	await page.check("input[name=item] >> nth=1");
	await page.fill("input[name=number] >> nth=0", "FR-9");
	await page.fill("input[name=due] >> nth=0", "2025-09-20");
	await page.fill("input[name=amount] >> nth=0", "300");
	await desk.settled(page);
	await press(page, "main form[action='/set-offs'] button.p");
	check((await text(page, "main")).includes("300.00"), "the smaller of both sides");
	await desk.settled(page);
	same((await page.request.get(page.url() + "/letter.pdf")).status(), 200, "its letter");
});

test("every screen, both languages, wide and narrow, light and dark", async (desk) => {
	for (const [lang, theme, width] of [["fr", "light", 1440], ["en", "dark", 390]]) {
		const page = await desk.login("administrator", { lang, theme, width });
		const paths = lang === "fr" ? ["/bills", "/bills/1", "/mandates", "/retentions", "/assignments"] : ["/bills", "/bills/1", "/assignments/1", "/set-offs/1"];
		for (const path of process.env.BILLS_SHOTS ? [...paths, "/assignments/1", "/set-offs"] : paths) {
			await page.goto(desk.url(path));
			await desk.settled(page);
			check(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${path} does not scroll sideways`);
			if (process.env.BILLS_SHOTS) await page.screenshot({ path: join(process.env.BILLS_SHOTS, `${lang}${path.replaceAll("/", "-")}.png`), fullPage: true });
		}
	}
});

await run({ companies: ["ALPHA"], prepare });
