// The first day, whole, in French and in English: an empty store, the assistant, a FEC, the quality of the books, the scenario, the
// dashboard, the agenda, a mail confirmed, and what the customer's file then says. The figures can be added up by hand.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, counted, run, same, says, test } from "./harness.mjs";

// As of 30/09/2025, today: ALMA owes 1 200,00 since 13/09 (invoice of 14/08, 30 days), BRUME 500,00 not due; CEDRE has paid.
const head = "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib PieceRef PieceDate EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise Idevise";
const entries = [
	["VE", "ALMA", "FA-1", "20250814", 120000, ""],
	["VE", "BRUME", "FA-2", "20250915", 50000, ""],
	["VE", "CEDRE", "FA-3", "20250601", 80000, "A"],
	["BQ", "CEDRE", "FA-3", "20250630", 80000, "A"],
];
function fec() {
	const money = (cents) => `${Math.trunc(cents / 100)},${String(cents % 100).padStart(2, "0")}`;
	const rows = [head.split(" ").join("|")];
	for (const [number, [journal, customer, piece, day, cents, letter]] of entries.entries()) {
		const sale = journal === "VE";
		const line = (account, aux, debit, credit, mark) => rows.push([journal, sale ? "Ventes" : "Banque", `${journal}${number + 1}`, day, account, account,
			aux, aux && `${aux} SARL`, piece, day, `${sale ? "Facture" : "Virement"} ${piece}`, money(debit), money(credit), mark, mark && day, day, "", ""].join("|"));
		line("411000", customer, sale ? cents : 0, sale ? 0 : cents, letter);
		line(sale ? "707000" : "512000", "", sale ? 0 : cents, sale ? cents : 0, "");
	}
	return rows.join("\r\n") + "\r\n";
}

const words = {
	fr: { equal: "au centime", overdue: "1 200,00 €", known: "1 700 €", agenda: "Agenda du 30 septembre 2025", address: "compta@alma.example" },
	en: { equal: "to the cent", overdue: "€1,200.00", known: "€1,700", agenda: "Agenda of 30 September 2025", address: "accounts@alma.example" },
};
const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const text = async (page, selector) => (await page.innerText(selector)).replace(/\s+/g, " ").trim();
const path = (page) => new URL(page.url()).pathname;

for (const lang of ["fr", "en"]) {
	test(`the first day in ${lang}`, async (desk) => {
		const say = words[lang];
		const page = await desk.login("administrator", { lang });
		if (lang === "fr") same(path(page), "/start", "an empty store leads to the first steps");
		else await page.goto(desk.url("/start?new=1"));
		await desk.settled(page);
		await page.fill("#name", `Atelier ${lang.toUpperCase()}`);
		await press(page, "form[method=post][action='/start'] button");
		same(path(page), "/start/file", "after the company");
		const file = join(desk.folder, `journey-${lang}.txt`);
		writeFileSync(file, fec());
		await page.setInputFiles("input[type=file]", file);
		await press(page, "form[method=post][action='/imports'] button");
		check(/^\/imports\/drafts\/\d+$/.test(path(page)), `the file waits for a yes: ${page.url()}`);
		await says(page, "body", `Atelier ${lang.toUpperCase()}`, "the file goes to the company just made");
		await desk.settled(page);
		await press(page, "form[method=post][action$='/import'] button");
		same(path(page), "/start/quality", "after the import");
		await says(page, "main", say.equal, "receivables equal the accounts");
		await desk.settled(page);
		await press(page, "a[href='/start/scenario']");
		await desk.settled(page);
		await press(page, "main a.bt.p");
		same(path(page), "/dashboard", "after the scenario");
		await says(page, ".ph", say.overdue, "what is overdue");
		await says(page, ".kpis", say.known, "what is outstanding");
		await desk.settled(page);

		// the customer gets an address, the day is planned anew, and the mail waits for a yes
		await page.goto(desk.url("/customers/ALMA/contact"));
		await page.fill("[name=name]", "Claire Lefort");
		await page.fill("[name=email]", say.address);
		await press(page, "main form[method=post] button.p");
		await page.goto(desk.url("/agenda"));
		check((await text(page, "h1")) === say.agenda, await text(page, "h1"));
		await press(page, "form[action='/agenda/plan'] button");
		await page.goto(desk.url("/agenda"));
		await counted(page.locator("#action-detail"), 1, `an action is chosen: ${await text(page, "main")}`);
		const message = await text(page, "#action-detail");
		check(message.includes(say.address) && message.includes("FA-1"), `the mail to come: ${message}`);
		check(!message.includes("FA-3"), "what is paid is not asked for");
		check(message.includes("Reste dû"), `a French customer is written to in French, whoever looks: ${message}`);
		const [inner, outer] = await page.$eval("#action-detail .mailb", (box) => [box.scrollWidth, box.clientWidth]);
		check(inner <= outer, `the message fits its pane: ${inner} in ${outer}`);
		await desk.settled(page);
		await press(page, "#action-detail form[action$='/confirm'] button");
		await page.goto(desk.url("/customers/ALMA?tab=timeline"));
		const told = await text(page, ".tl");
		check(told.includes("FA-1") && told.includes(say.overdue), `the file tells of the confirmation: ${told}`);
		await desk.settled(page);
	});
}

await run();
