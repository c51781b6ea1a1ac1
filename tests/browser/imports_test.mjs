// First steps in the browser: company, file, quality, scenario; then a list whose columns need a person, refused lines, contacts typed
// and pasted, and an import taken back. Without JavaScript too. With SHOTS=folder each step is kept as a picture.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, root, run, same, test } from "./harness.mjs";

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

const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);

test("the first steps lead from nothing to a plan", async (desk) => {
	const page = await desk.login("administrator");
	check(new URL(page.url()).pathname === "/start", `led to ${page.url()}`);
	await desk.settled(page);
	await shot(page, "start-1");
	await page.fill("#name", "Brévent Industrie SAS");
	await page.fill("#siren", "12");
	await press(page, "form[method=post][action='/start'] button");
	check(await page.locator("[role=alert]").count() === 1, "a wrong SIREN is refused in words");
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
	check((await page.textContent("main")).includes("au centime"), "receivables equal the accounts");
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
	check((await page.textContent("main")).includes("12x"), "the refused value is shown");
	await desk.settled(page);
	await shot(page, "draft-csv");
	await page.check("input[name=accept_partial]");
	await press(page, "form[method=post][action$='/import'] button");
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
	same(await page.locator("input[name=customer]").count(), before - 1, "one has a contact now");
	const code = (await page.locator("tbody .mut").first().textContent()).trim();
	await page.fill("#lines", `${code}\tpaste@dupont.example\tAnne Petit\t0102030405`);
	await press(page, "form[method=post][action='/quality/contacts/paste'] button");
	same(await page.locator("input[name=customer]").count(), before - 2, "two have a contact now");
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

await run({});
