// First steps in the browser: company, file, quality, scenario; then a list whose columns need a person, refused lines, contacts typed
// and pasted, and an import taken back. Without JavaScript too. With SHOTS=folder each step is kept as a picture.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, counted, root, run, same, says, test } from "./harness.mjs";

const shots = process.env.SHOTS;
async function shot(page, name) {
	if (!shots) return;
	mkdirSync(shots, { recursive: true });
	await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

function fec(desk, seed) {
	const path = join(desk.folder, `${seed}.txt`);
	execFileSync("python3", [join(root, "tests", "oracle", "fec_generator.py"), String(seed), path], { stdio: "ignore" });
	return path;
}

function file(desk, name, text) {
	const path = join(desk.folder, name);
	writeFileSync(path, text);
	return path;
}

async function drop(page, path) {
	await page.setInputFiles("input[type=file]", path);
	await Promise.all([page.waitForNavigation(), page.click("form[method=post][action='/imports'] button")]);
}

// A list beside the books is asked about once: the person says yes.
async function importIt(page) {
	if (await page.locator("input[name=yes]").count()) await page.check("input[name=yes]");
	await press(page, "form[method=post][action$='/import'] button");
}
const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);

test("the first steps lead from nothing to a plan", async (desk) => {
	const page = await desk.login("administrator");
	check(new URL(page.url()).pathname === "/start", `led to ${page.url()}`);
	await desk.settled(page);
	await shot(page, "start-1");
	await page.fill("#name", "Brévent Industrie SAS");
	await page.fill("#siren", "12");
	await press(page, "form[method=post][action='/start'] button");
	await counted(page.locator("[role=alert]"), 1, "a wrong SIREN is refused in words");
	page.troubles.length = 0; // the 422 is meant
	await page.fill("#siren", "");
	await press(page, "form[method=post][action='/start'] button");
	same(new URL(page.url()).pathname, "/start/file", "after the company");
	await desk.settled(page);
	await shot(page, "start-2");
	await drop(page, fec(desk, 1));
	check(/\/imports\/drafts\/\d+/.test(page.url()), `the file waits for a yes: ${page.url()} ${(await page.textContent("main")).slice(0, 400)}`);
	await desk.settled(page);
	await shot(page, "draft-fec");
	await press(page, "form[method=post][action$='/import'] button");
	same(new URL(page.url()).pathname, "/start/quality", "after the import");
	await says(page, "main", "au centime", "receivables equal the accounts");
	await desk.settled(page);
	await shot(page, "start-3");
	await page.goto(desk.url("/start/scenario"));
	await desk.settled(page);
	await shot(page, "start-4");
});

test("columns that can't be told are asked for, and refused lines named", async (desk) => {
	const page = await desk.login("credit_manager");
	await page.goto(desk.url("/imports"));
	await desk.settled(page);
	await shot(page, "imports");
	await drop(page, file(desk, "items.csv", "customer,invoice number,invoice date,due date,amount,notes\nZ1,I-1,01/02/2025,02/03/2025,100.00,a\nZ1,I-2,03/04/2025,05/06/2025,50.00,b\nZ2,I-3,03/04/2025,05/06/2025,12x,c\n"));
	check((await page.textContent("[role=alert]")).length > 10, "the order of dates is asked for");
	await desk.settled(page);
	await shot(page, "draft-asks");
	for (const name of ["dates-2", "dates-3"]) await page.selectOption(`select[name='${name}']`, "dmy");
	await press(page, "form[method=post][action^='/imports/drafts/'] button:has-text('Contrôler')");
	await says(page, "main", "12x", "the refused value is shown");
	await desk.settled(page);
	await shot(page, "draft-csv");
	await page.check("input[name=accept_partial]");
	await importIt(page);
	check(/\/imports\/\d+$/.test(new URL(page.url()).pathname), `at ${page.url()}`);
	await desk.settled(page);
	await shot(page, "import");
	const items = JSON.parse(desk.command("items", "--customer", "Z1", "--json")).items;
	same(items.length, 2, "items of Z1");
	same(items[0].issue_date, "2025-02-01", "day first, as said");
	await press(page, "form[method=post][action$='/undo'] button");
	same(JSON.parse(desk.command("items", "--json")).items.filter((i) => i.customer === "Z1").length, 0, "items after taking back");
	await desk.settled(page);
});

test("hostile and locked files are refused in words", async (desk) => {
	const page = await desk.login("administrator", { lang: "fr" });
	const before = JSON.parse(desk.command("imports", "--json")).imports.length;
	const ole = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(504), Buffer.from("EncryptedPackage", "utf16le"), Buffer.alloc(4096)]);
	for (const [name, bytes, words] of [["verrou.xlsx", ole, "mot de passe"], ["coupe.csv", "client;nom;facture;date;echeance;montant\n", "aucune ligne"],
		["entite.xml", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Invoice>&x;</Invoice>", "DOCTYPE"]]) {
		await page.goto(desk.url("/imports"));
		await drop(page, file(desk, name, bytes));
		await says(page, "main", words, name);
	}
	page.troubles.length = 0;
	same(JSON.parse(desk.command("imports", "--json")).imports.length, before, "nothing was imported");
});

test("the order of dates of a QIF is asked for, once for the file", async (desk) => {
	const page = await desk.login("accountant", { lang: "fr" });
	await page.goto(desk.url("/imports"));
	await drop(page, file(desk, "releve.qif", "!Type:Bank\nD03/04/2025\nT120.00\nPDURAND\n^\nD05/05/2025\nT80.00\nPMARTIN\n^\nD06/07/2025\nT9.00\nPX\n^\n"));
	await says(page, "[role=alert]", "rien ne l’indique", "asked");
	await desk.settled(page);
	await shot(page, "draft-qif");
	await page.selectOption("#dates", "dmy");
	await press(page, "form:has(#dates) button");
	await counted(page.locator("[role=alert]"), 0, "said");
	same(await page.locator("#dates").inputValue(), "dmy", "and kept");
	await importIt(page);
	check(/\/imports\/\d+$/.test(new URL(page.url()).pathname), `at ${page.url()}`);
	same(JSON.parse(desk.command("cash", "--json")).lines.map((l) => l.date).sort().join(), "2025-04-03,2025-05-05,2025-07-06", "days as said");
});

test("contacts are typed and pasted", async (desk) => {
	const page = await desk.login("credit_manager");
	await page.goto(desk.url("/quality"));
	await desk.settled(page);
	await shot(page, "quality");
	await page.goto(desk.url("/quality/contacts"));
	await desk.settled(page);
	await shot(page, "contacts");
	const before = await page.locator("input[name=customer]").count();
	check(before > 2, `${before} customers without contact`);
	await page.locator("input[type=email]").first().fill("compta@dupont.example");
	await press(page, "form[method=post][action='/quality/contacts'] button");
	await counted(page.locator("input[name=customer]"), before - 1, "one has a contact now");
	const code = (await page.locator("tbody .mut").first().textContent()).trim();
	await page.fill("#lines", `${code}\tpaste@dupont.example\tAnne Petit\t0102030405`);
	await press(page, "form[method=post][action='/quality/contacts/paste'] button");
	await counted(page.locator("input[name=customer]"), before - 2, "two have a contact now");
});

test("a file comes in without JavaScript, in English, on a phone, in the dark", async (desk) => {
	const page = await desk.login("accountant", { javaScript: false, lang: "en", theme: "dark", width: 390, height: 844 });
	await page.goto(desk.url("/imports"));
	await desk.settled(page, { axe: false });
	await shot(page, "imports-390-dark");
	await drop(page, fec(desk, 3));
	await desk.settled(page, { axe: false });
	await shot(page, "draft-390-dark");
	await page.goto(desk.url("/quality"));
	await desk.settled(page, { axe: false });
	await shot(page, "quality-390-dark");
});

test("refused lines are mended on the page, the rest is held aside and finished later; a kept mapping is applied by itself", async (desk) => {
	const page = await desk.login("administrator", { lang: "fr" });
	const head = "Client;Nom;Numéro de pièce;Date de pièce;Date d'échéance;Montant TTC";
	await page.goto(desk.url("/imports"));
	await drop(page, file(desk, "a-corriger.csv", `${head}\nM1;Atelier Un;M-101;03/09/2025;03/10/2025;1 200,50\nM2;Atelier Deux;M-102;15/09/2025;32/10/2025;800,00\n`
		+ "M3;Atelier Trois;M-103;16/09/2025;16/10/2025;douze\nM4;Atelier Quatre;M-104;20/09/2025;20/10/2025;450,00\nM5;Atelier Cinq;M-105;21/09/2025;21/10/2025;60,00\n"));
	await shot(page, "mend-1");
	await desk.settled(page);
	same(await page.inputValue("#mend-3-4"), "32/10/2025", "the cell that can't be read");
	await page.fill("#mend-3-4", "31/10/2025");
	await press(page, "form[action$='/mend'] .ft button");
	const mended = await page.innerText("main");
	check(mended.includes("corrigé par"), "who mended it");
	await counted(page.locator("#mend-4-5"), 1, "the other line waits");
	await counted(page.locator("#mend-3-4"), 0, "one line less to mend");
	await desk.settled(page);
	await shot(page, "mend-2");
	await page.fill("#save_as", "Notre balance");
	await press(page, "form.mapf button");
	await page.check("input[name=accept_partial]");
	await importIt(page);
	check(/\/imports\/\d+$/.test(page.url()), page.url());
	const told = await page.innerText("main");
	check(told.includes("32/10/2025") && told.includes("31/10/2025") && told.includes("corrigé par"), "the import says what was mended");
	await desk.settled(page);
	await shot(page, "mend-3");

	await page.goto(desk.url("/imports"));
	await desk.settled(page);
	await shot(page, "mend-4");
	await press(page, "a:has-text('a-corriger.csv (lignes refusées)')");
	await desk.settled(page);
	same(await page.inputValue("#mend-2-5"), "douze", "held aside with its cells");
	await page.fill("#mend-2-5", "12,00");
	await press(page, "form[action$='/mend'] .ft button");
	await importIt(page);
	await page.goto(desk.url("/customers/M3"));
	await says(page, "main", "12,00", "finished later");
	await page.goto(desk.url("/customers/M1"));
	await says(page, "main", "M-101", "and nothing else was closed by it");

	await page.goto(desk.url("/imports"));
	await drop(page, file(desk, "mois-suivant.csv", `${head}\nM1;Atelier Un;M-201;03/10/2025;03/11/2025;99,00\nM2;Atelier Deux;M-202;04/10/2025;04/11/2025;98,00\n`));
	await says(page, "main", "Lu comme la dernière fois : « Notre balance »", "the same header, the same columns");
	await desk.settled(page);
	await page.goto(desk.url("/imports"));
	await drop(page, file(desk, "autre.csv", `${head.replace("Montant TTC", "Total TTC")};Agence\nM1;Atelier Un;M-301;03/10/2025;03/11/2025;99,00;Lyon\nM2;Atelier Deux;M-302;04/10/2025;04/11/2025;98,00;Nice\n`));
	const differs = await page.innerText("main");
	check(differs.includes("Montant TTC") && differs.includes("Agence") && differs.includes("« Notre balance »"), "another header: the difference is shown");
	await desk.settled(page);
	await shot(page, "mend-5");
	await press(page, "form[action$='/as'] button");
	await desk.settled(page);

	// names that say nothing: a person says what they hold
	await page.goto(desk.url("/imports"));
	await drop(page, file(desk, "kunden.csv", "Kunde;Beleg;Datum;Zahlbar;Saldo\nM1;K-1;03/10/2025;03/11/2025;10,00\nM2;K-2;14/10/2025;14/11/2025;20,00\n"));
	for (const [column, target] of [[0, "customer_code"], [1, "number"], [2, "issue_date"], [3, "due_date"], [4, "amount"]])
		await page.selectOption(`[name=target-${column}]`, target);
	await press(page, "form.mapf button");
	await desk.settled(page);
	await shot(page, "mend-6");
	await counted(page.locator("form[action$='/import'] button"), 1, `and it can be imported: ${await page.innerText("main")}`);
});

await run({});
