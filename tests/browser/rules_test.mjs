// Fields of the company's own, in the browser: defined, filled by hand, found again by a filter, exported. With SHOTS=folder each step
// is kept as a picture.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, counted, run, same, says, test } from "./harness.mjs";

const shots = process.env.SHOTS;
async function shot(page, name) {
	if (!shots) return;
	mkdirSync(shots, { recursive: true });
	await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}
const press = async (page, selector) => {
	const before = page.url();
	try {
		await Promise.all([page.waitForNavigation(), page.click(selector)]);
	} catch (error) {
		await shot(page, 'stuck');
		throw new Error(`${selector} on ${before}: ${error.message}`);
	}
};

const items = `code client;nom client;numero facture;date facture;date echeance;montant ttc;reste du
C1;Dupont SARL;F1;2025-08-01;2025-08-31;120,00;120,00
C2;Martin SA;F2;2025-08-01;2025-08-31;240,00;240,00
C3;Durand et Fils;F3;2025-08-05;2025-09-04;360,00;360,00
`;

async function prepare(desk) {
	const path = join(desk.folder, "items.csv");
	writeFileSync(path, items);
	desk.command("import", path, "--source", "list", "--yes");
}

async function define(page, subject, label, kind, choices) {
	await page.check(`input[name=subject][value=${subject}]`);
	await page.fill("#n-fr", label);
	await page.selectOption("#n-kind", kind);
	await page.fill("#n-ch", choices || "");
	await press(page, "form:has(#n-fr) button");
}

test("a field of our own is defined, filled and found again", async (desk) => {
	const page = await desk.login("administrator");
	await page.goto(desk.url("/settings/fields"));
	await desk.settled(page);
	await define(page, "customer", "Secteur", "choice", "");
	await counted(page.locator("[role=alert]"), 1, "a choice without choices is refused in words");
	page.troubles.length = 0; // the 422 is meant
	await define(page, "customer", "Secteur", "choice", "Industrie\nCommerce");
	await define(page, "customer", "Effectif", "number");
	await define(page, "item", "Chantier", "text");
	await counted(page.locator("code", { hasText: "field.secteur" }), 1, "the field is listed once");
	await desk.settled(page);
	await shot(page, "fields");

	await page.goto(desk.url("/customers/C1?tab=settings"));
	await page.selectOption("[name='field.secteur']", "Commerce");
	await page.fill("[name='field.effectif']", "douze");
	await press(page, "button[data-key='ctrl+enter']");
	await says(page, "main", "Effectif est un nombre", "a number is asked for");
	page.troubles.length = 0;
	await page.fill("[name='field.effectif']", "12,5");
	await page.fill("#s-tags", "Export, VIP");
	await press(page, "button[data-key='ctrl+enter']");
	same(await page.inputValue("[name='field.effectif']"), "12,5", "the number is kept");
	same(await page.inputValue("#s-tags"), "Export,VIP", "the tags are kept");
	await desk.settled(page);
	await shot(page, "customer-fields");

	await page.goto(desk.url("/customers?view=all&field.secteur=Commerce"));
	await counted(page.locator("tbody[data-rows] tr"), 1, "one customer is in commerce");
	await desk.settled(page);
	await page.goto(desk.url("/customers?view=all&field.secteur=-"));
	await counted(page.locator("tbody[data-rows] tr"), 2, "two have no sector");
	await page.goto(desk.url("/customers?view=all&field.effectif.from=12&field.effectif.to=13&tag=vip"));
	await counted(page.locator("tbody[data-rows] tr"), 1, "between two numbers, with a tag");
	await page.click("details.dd summary.flt");
	await shot(page, "customers-filter");
	const csv = await (await page.request.get(desk.url("/customers/export?format=csv&view=all"))).text();
	check(csv.split("\n")[0].includes("field.secteur") && csv.includes("Commerce"), `exports have it: ${csv.split("\n")[0]}`);

	await page.goto(desk.url("/items?q=F2"));
	await press(page, "tbody[data-rows] td.k3 a");
	await page.fill("[name='field.chantier']", "Lyon Part-Dieu");
	await press(page, "form[action$='/fields'] button");
	same(await page.inputValue("[name='field.chantier']"), "Lyon Part-Dieu", "the item's field is kept");
	await desk.settled(page);
	await shot(page, "item-fields");
	await page.goto(desk.url("/items?field.chantier=lyon"));
	await counted(page.locator("tbody[data-rows] tr"), 1, "found by a part of it");
	await page.goto(desk.url("/customers/C1?tab=timeline"));
	await says(page, "main", "Effectif", "the timeline tells");
	await desk.settled(page);
});

test("a rule is tried, saved, followed, and shown in the dry run", async (desk) => {
	const page = await desk.login("credit_manager");
	await page.goto(desk.url("/imports"));
	await press(page, ".acts a[href='/imports/rules']");
	await desk.settled(page);
	await press(page, "a[href='/imports/rules/new']");
	await desk.settled(page);
	await page.fill("#r-name", "Gros encours");
	await page.selectOption("[name=subject-0]", "outstanding");
	await page.selectOption("[name=op-0]", "at_least");
	await page.fill("[name=value-0]", "beaucoup");
	await page.fill("[id='r-group']", "GRANDS");
	await page.fill("[id='r-tags']", "suivi");
	await press(page, "button[value=preview]");
	await says(page, "[role=alert]", "est un nombre", "an amount is asked for");
	page.troubles.length = 0;
	await page.fill("[name=value-0]", "240");
	await press(page, "button[value=preview]");
	await says(page, "#preview", "vaut pour 2 clients");
	await desk.settled(page);
	await shot(page, "rule-preview");
	await press(page, "button[data-key='ctrl+enter']");
	await says(page, "main", "GRANDS", "the rule stands in the list");
	await desk.settled(page);
	await shot(page, "rules");
	await press(page, "form[action='/imports/rules/apply'] button");
	await says(page, "main", "chaque client est comme le disent les règles", "everybody is as the rules say");
	await page.goto(desk.url("/customers?view=all&group=GRANDS"));
	await counted(page.locator("tbody[data-rows] tr"), 2, "two are in the group");
	await page.goto(desk.url("/customers/C2?tab=timeline"));
	await says(page, "main", "Gros encours", "the timeline names the rule");
	await shot(page, "rule-timeline");

	const path = join(desk.folder, "more.csv");
	writeFileSync(path, items + "C4;Nouveau Client;F4;2025-08-05;2025-09-04;900,00;900,00\n");
	await page.goto(desk.url("/imports"));
	await page.setInputFiles("input[type=file]", path);
	await press(page, "form[method=post][action='/imports'] button");
	await says(page, "main", "Par les règles d’affectation", "the dry run tells what rules change");
	await desk.settled(page);
	await shot(page, "draft-rules");
	if (await page.locator("input[name=yes]").count()) await page.check("input[name=yes]");
	await press(page, "form[method=post][action$='/import'] button");
	check(/\/imports\/\d+$/.test(new URL(page.url()).pathname), `at ${page.url()}`);
	await says(page, "main", "Par les règles d’affectation", "and the finished import what they changed");
	await desk.settled(page);
	await shot(page, "import-rules");
});

test("two customers are made one, and two again", async (desk) => {
	const page = await desk.login("credit_manager");
	await page.goto(desk.url("/customers"));
	await press(page, ".acts a[href='/customers/duplicates']");
	await desk.settled(page);
	await page.fill("#d-from", "C3");
	await page.fill("#d-into", "C2");
	await press(page, "form[action='/customers/merge'] button");
	await desk.settled(page);
	await shot(page, "merge");
	await press(page, "button[data-key='ctrl+enter']");
	check(new URL(page.url()).pathname === "/customers/C2", page.url());
	await page.goto(desk.url("/customers/duplicates"));
	await says(page, "main", "Durand et Fils", "what was made one is listed");
	await desk.settled(page);
	await shot(page, "duplicates");
	await press(page, "form[action^='/customers/merges/'] button");
	await page.goto(desk.url("/customers/C3"));
	await says(page, "h1", "Durand", "he is a customer again");
});

test("sources are put in an order", async (desk) => {
	const page = await desk.login("administrator");
	await page.goto(desk.url("/imports/sources"));
	await desk.settled(page);
	await page.fill("#o-email", "crm, accounting");
	await press(page, "button[data-key='ctrl+enter']");
	same(await page.inputValue("#o-email"), "crm, accounting", "the order is kept");
	await desk.settled(page);
	await shot(page, "sources");
});

test("rules are an affair of those who set scenarios", async (desk) => {
	const page = await desk.login("collector");
	const answer = await page.goto(desk.url("/imports/rules"));
	same(answer.status(), 403, "not a collector's");
	page.troubles.length = 0;
});

test("a preset is copied, refused by its line, edited and read by", async (desk) => {
	const page = await desk.login("administrator");
	await page.goto(desk.url("/imports/presets"));
	await desk.settled(page);
	await shot(page, "presets");
	await press(page, "a[href='/imports/presets/odoo-factures']");
	await desk.settled(page);
	await shot(page, "preset");
	await page.fill("#p-code", "notre-odoo");
	const text = await page.inputValue("#p-text");
	await page.fill("#p-text", text.replace("= number", "= numbr"));
	await press(page, "button[data-key='ctrl+enter']");
	await says(page, "[role=alert]", "numbr", "the line is named");
	page.troubles.length = 0; // the 422 is meant
	await page.fill("#p-text", "name: Notre export\nwhat: csv-items\n* Qui = customer_code\n* Quoi = number\nQuand = due_date, dmy\nCombien = open\n");
	await press(page, "button[data-key='ctrl+enter']");
	await counted(page.locator("tbody tr", { hasText: "Notre export" }), 1, "the copy is listed");
	await page.goto(desk.url("/imports"));
	await page.setInputFiles("input[type=file]", { name: "ours.csv", mimeType: "text/csv", buffer: Buffer.from("Qui;Quoi;Quand;Combien\nC1;F77;05/11/2025;12,00\n") });
	await press(page, "form[method=post][action='/imports'] button");
	await says(page, "main", "Notre export", "a file with its columns is read by it");
	await desk.settled(page);
	await shot(page, "preset-draft");
	await page.goto(desk.url("/imports/presets"));
	await press(page, "form[action='/imports/presets/notre-odoo/remove'] button");
	await counted(page.locator("tbody tr", { hasText: "Notre export" }), 0, "and gone");
});

test("accounts from a list: looked at, refused by row, made once", async (desk) => {
	const page = await desk.login("administrator");
	await page.goto(desk.url("/settings/users/file"));
	await desk.settled(page);
	const list = async (text) => {
		await page.setInputFiles("#u-file", { name: "u.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
		await press(page, "form[method=post][action='/settings/users/file'] button");
	};
	await list("Courriel;Nom;Profil\nanne@x.example;Anne <b>;Roi\n");
	await says(page, "main", "« Roi » n’est pas un rôle", "the row that can't be used says why");
	await counted(page.locator("input[name=make]"), 0, "and nothing can be made of it");
	await page.goto(desk.url("/settings/users/file"));
	await list("Courriel;Nom;Profil;Portefeuille\nanne@x.example;Anne <b>;commerciale;siens\nadministrator@test.example;Moi;lecteur;\n");
	await says(page, "main", "a un compte, laissé comme il est");
	await desk.settled(page);
	await shot(page, "users-file");
	await press(page, "form:has(input[name=make]) button");
	await counted(page.locator("td code"), 1, "one password is shown, once");
	await desk.settled(page);
	await shot(page, "users-made");
	await page.goto(desk.url("/settings/users"));
	await counted(page.locator("tbody tr", { hasText: "anne@x.example" }), 1, "the account is there");
});

test("fields in the dark, in English, on a phone", async (desk) => {
	const page = await desk.login("administrator", { lang: "en", theme: "dark", width: 390 });
	for (const [path, name] of [["/settings/fields", "fields-phone"], ["/customers/C1?tab=settings", "customer-phone"], ["/items?field.chantier=lyon", "items-phone"],
		["/imports/rules", "rules-phone"], ["/imports/presets", "presets-phone"], ["/imports/presets/sap-fbl5n", "preset-phone"], ["/imports/rules/new", "rule-phone"],
		["/customers/duplicates", "duplicates-phone"], ["/customers/merge?from=C1&into=C2", "merge-phone"]]) {
		await page.goto(desk.url(path));
		await desk.settled(page);
		await shot(page, name);
	}
});

await run({ companies: ["RULES"], prepare });
