// Customers, a customer's file, items, search: what a person does there, with figures that can be added up by hand.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, counted, run, same, says, shown, test } from "./harness.mjs";

// As of 30/09/2025, today: Alma owes 1 000,00 (50 days late), 250,50 (due that day), less a credit of 100,00; Brume owes 4 000,00 (5 days late).
const items = `customer code;customer name;number;kind;issue date;due date;amount
ALMA;Alma Boulangerie;FA-1;invoice;2025-07-12;2025-08-11;1000,00
ALMA;Alma Boulangerie;FA-2;invoice;2025-08-31;2025-09-30;250,50
ALMA;Alma Boulangerie;AV-1;credit_note;2025-09-01;2025-09-01;-100,00
BRUME;Brume & Fils;FA-3;invoice;2025-08-26;2025-09-25;4000,00
`;
function prepare(desk) {
	const file = join(desk.folder, "items.csv");
	writeFileSync(file, items);
	desk.command("import", file, "--yes");
}
const text = async (page, selector) => (await page.innerText(selector)).replace(/\s+/g, " ").trim();

test("items: the sums are those of the list, and of its filters", async (desk) => {
	const page = await desk.login("reader");
	await page.goto(desk.url("/items"));
	await says(page, ".sub", "4 pièces, 5 150,50 € restant dus, dont 5 000,00 € en retard");
	await desk.settled(page);
	await page.click("nav[aria-label=Vues] >> text=En retard");
	await counted(page.locator("tbody tr"), 2, "overdue rows");
	await page.fill("input[form=items-filter][name=q]", "brume");
	await page.press("input[form=items-filter][name=q]", "Enter");
	await page.waitForURL(/q=brume/);
	await counted(page.locator("tbody tr"), 1, "rows with brume");
	check(page.url().includes("state=overdue"), "the view stays");
	await counted(page.locator("[data-bulk]"), 0, "a reader has no bar of actions");
	await page.goto(desk.url("/items?q=nowhere"));
	await says(page, ".ec-empty", "Aucune pièce ne correspond", "the empty list says why");
	await desk.settled(page);
});

test("a promise: ticked, summed, noted, undone", async (desk) => {
	const page = await desk.login("collector");
	await page.goto(desk.url("/customers/ALMA"));
	await page.check("tbody input[aria-label=FA-1]");
	await page.check("tbody input[aria-label=AV-1]");
	check((await text(page, "[data-bulk]")).startsWith("2 pièces · 900,00 €"), await text(page, "[data-bulk]"));
	await page.uncheck("tbody input[aria-label=AV-1]");
	check((await text(page, "[data-bulk]")).startsWith("1 pièce · 1 000,00 €"), await text(page, "[data-bulk]"));
	await page.keyboard.press("p");
	await page.waitForSelector("#sheet[open]");
	await desk.settled(page);
	await page.fill("#sheet [name=date]", "2025-10-10");
	await page.click("#sheet button.p");
	await page.waitForSelector("[data-toast]");
	check(new URL(page.url()).pathname === "/customers/ALMA", "back on the file");
	await says(page, "tr:has(input[aria-label=FA-1])", "Promesse", "its chip says so");
	await page.keyboard.press("Control+z");
	await page.waitForSelector("[data-toast] >> text=Annulé.");
	await says(page, "tr:has(input[aria-label=FA-1])", "En retard", "and no longer");
	await page.goto(desk.url("/customers/ALMA?tab=timeline"));
	await says(page, ".tl", "Promesse annulée", "the timeline keeps both");
	await desk.settled(page);
});

test("a refused form says what is wrong under its field, and keeps the rest", async (desk) => {
	const page = await desk.login("credit_manager");
	await page.goto(desk.url("/customers/ALMA?tab=settings"));
	await page.fill("#s-limit", "beaucoup");
	await page.fill("#s-city", "Orléans");
	await page.click("button[data-key='ctrl+enter']");
	await page.waitForSelector(".fe");
	await says(page, ".fe", "« beaucoup » n’est pas un montant");
	same(await page.inputValue("#s-city"), "Orléans", "the city that was typed");
	page.troubles.splice(0); // the browser reports the 422 itself
	await page.fill("#s-limit", "1 500,50");
	await page.click("button[data-key='ctrl+enter']");
	await page.waitForSelector("[data-toast]");
	same(await page.inputValue("#s-limit"), "1500,50", "the limit as typed next time");
	await page.goto(desk.url("/customers/ALMA"));
	await says(page, ".c360", "disponible 350 €");
	await desk.settled(page);
});

test("contacts, a comment, a hold: each in the file", async (desk) => {
	const page = await desk.login("collector");
	await page.goto(desk.url("/customers/BRUME?tab=contacts"));
	await page.keyboard.press("a");
	await page.waitForSelector("#sheet[open]");
	await page.fill("#sheet [name=name]", "Comptabilité");
	await page.fill("#sheet [name=email]", "compta@brume.example");
	await page.click("#sheet button.p");
	await page.waitForSelector("text=compta@brume.example");
	await desk.settled(page);
	await page.goto(desk.url("/customers/BRUME?tab=timeline"));
	await page.fill("#comment", "Le virement part lundi.");
	await page.click("form[action$='/comment'] button");
	await page.waitForSelector(".tl >> text=Le virement part lundi.");
	await page.goto(desk.url("/customers/BRUME/hold"));
	await page.fill("[name=note]", "En attente du directeur");
	await page.click(".sheet button.p");
	await page.goto(desk.url("/customers/BRUME?tab=bound"));
	await says(page, "table", "En attente du directeur", "the hold and its reason");
	await page.click("text=Lever");
	await page.waitForSelector("text=levée le");
	await desk.settled(page);
});

test("search: by name, number and amount, from anywhere", async (desk) => {
	const page = await desk.login("collector");
	await page.goto(desk.url("/items"));
	for (const [asked, found] of [["brume", "Brume & Fils"], ["FA-2", "FA-2 · Alma"], ["4000", "FA-3 · Brume"]]) {
		await page.keyboard.press("Control+k");
		await page.waitForSelector("#palette[open]");
		await page.fill("#palette input", asked);
		await page.waitForSelector(`#palette [data-results] >> text=${found}`);
		await page.keyboard.press("Escape");
	}
	await page.keyboard.press("Control+k");
	await page.fill("#palette input", "alma boul");
	await page.waitForSelector("#palette a.on >> text=Alma");
	await desk.settled(page);
	await page.keyboard.press("Enter");
	await page.waitForURL(/customers\/ALMA/);
	await page.keyboard.press("g");
	await page.keyboard.press("p");
	await page.waitForURL(/\/items/);
});

test("in the past the desk only shows, and links stay there", async (desk) => {
	const page = await desk.login("collector");
	await page.goto(desk.url("/customers?as_of=2025-08-31"));
	await says(page, ".pastb", "31/08/2025", "the banner");
	await says(page, ".sub", "5 250,50 € d’encours");
	await page.click("tbody >> text=Alma Boulangerie");
	await page.waitForURL(/as_of=2025-08-31/);
	await counted(page.locator("input[name=item]"), 0, "nothing to tick");
	await desk.settled(page);
	await page.click(".pastb >> text=Revenir");
	check(!page.url().includes("as_of"), "back to today");
});

test("without JavaScript: a dispute from the list", async (desk) => {
	const page = await desk.login("collector", { javaScript: false, lang: "en" });
	await page.goto(desk.url("/items"));
	await page.check("input[aria-label=FA-3]");
	await page.click("button[formaction='/items/dispute']");
	await page.selectOption("[name=reason]", "price");
	await page.fill("[name=amount]", "500.00");
	await page.click(".sheet button.p");
	await page.goto(desk.url("/items?state=disputed"));
	await says(page, "tbody", "FA-3", "it is disputed");
});

test("files: what is filtered is what is exported", async (desk) => {
	const page = await desk.login("credit_manager");
	const csv = await (await page.context().request.get(desk.url("/items/export?format=csv&state=overdue"))).text();
	same(csv.trim().split("\n").length, 3, "a head and two rows");
	const xlsx = await page.context().request.get(desk.url("/customers/export?format=xlsx"));
	same((await xlsx.body()).subarray(0, 2).toString(), "PK", "a workbook");
	const pdf = await page.context().request.get(desk.url("/customers/ALMA/statement.pdf"));
	same((await pdf.body()).subarray(0, 5).toString(), "%PDF-", "a statement");
});

test("reports: a period month by month, drawn, and back to a day", async (desk) => {
	const page = await desk.login("credit_manager");
	await page.goto(desk.url("/reports"));
	await shown(page.locator(".chart canvas, .chart svg"), "the ages of those who owe are drawn");
	await page.fill("[name=from]", "2025-08-01");
	await page.fill("[name=to]", "2025-09-30");
	await page.click(".fbar2 form button");
	await page.waitForURL(/from=2025-08-01/);
	await says(page, ".sub", "Du 01/08/2025 au 30/09/2025");
	await counted(page.locator("tbody tr"), 2, "a row each month");
	await says(page, "tbody tr:last-child", "5 150,50 €", "September ends as the list of items says");
	await page.click("nav[aria-label=Rapports] >> text=Indicateurs clés");
	await counted(page.locator("tbody tr"), 2, "the key figures keep the period");
	await page.click("text=D’un seul jour");
	check(!page.url().includes("from="), "a day again");
});

await run({ companies: ["ALPHA"], prepare });
