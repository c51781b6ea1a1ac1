// A customer on his phone (390 px), behind the link of a message: he disputes one invoice, promises the others; the desk sees it and the
// plan obeys. Then with a proof of payment, without JavaScript, in English, dark, as a preview, and a colleague's answer by the same
// kind of link.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, counted, run, same, says, test } from "./harness.mjs";

// As of Tuesday 30/09/2025: ALMA owes three invoices of 1 200,00, 500,00 and 300,00 since 13/09, less a credit of 100,00; BRUME owes too.
const head = "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib PieceRef PieceDate EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise Idevise";
const entries = [
	["ALMA", "FA-1", "20250814", 120000], ["ALMA", "FA-2", "20250814", 50000], ["ALMA", "FA-3", "20250814", 30000], ["ALMA", "AV-1", "20250820", -10000],
	["ALMA", "FA-9", "20250920", 77700], ["BRUME", "FA-4", "20250814", 999900],
];
function fec() {
	const money = (cents) => `${Math.trunc(cents / 100)},${String(cents % 100).padStart(2, "0")}`;
	const rows = [head.split(" ").join("|")];
	for (const [number, [customer, piece, day, cents]] of entries.entries()) {
		const line = (account, aux, debit, credit) => rows.push(["VE", "Ventes", `VE${number + 1}`, day, account, account, aux, aux && `${aux} SARL`, piece, day,
			`Facture ${piece}`, money(debit), money(credit), "", "", day, "", ""].join("|"));
		line("411000", customer, cents > 0 ? cents : 0, cents < 0 ? -cents : 0);
		line("707000", "", cents < 0 ? -cents : 0, cents > 0 ? cents : 0);
	}
	return rows.join("\r\n") + "\r\n";
}
async function prepare(desk) {
	const file = join(desk.folder, "ventes.txt");
	writeFileSync(file, fec());
	desk.command("import", file, "--yes");
	desk.command("company", "set", "debtor.address=https://compte.example", "bank.iban=FR7630006000011234567890189", "bank.bic=AGRIFRPP",
		"debtor.help=Service clients, 02 61 91 00 30", "debtor.pay_url=https://pay.example/?a={amount}&r={reference}");
	desk.command("contact", "add", "ALMA", "--email", "compta@alma.example", "--name", "Claire Lefort");
	desk.command("run");
}
const shots = process.env.DEBTOR_SHOTS;
const shot = async (page, name) => {
	if (!shots) return;
	mkdirSync(shots, { recursive: true });
	await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
};
const text = async (page, selector) => (await page.innerText(selector)).replace(/\s+/g, " ").trim();
const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const explain = (desk, item) => JSON.stringify(JSON.parse(desk.command("explain", "item", item, "--json")));

// The desk hands a link over: shown once.
async function link(desk, customer = "ALMA") {
	const page = await desk.login("collector");
	await page.goto(desk.url(`/customers/${customer}/portal`));
	await press(page, `form[action='/customers/${customer}/portal/links'] button`);
	const url = await page.inputValue("input[readonly]");
	check(/^https:\/\/compte\.example\/r\/1\.[A-Za-z0-9_-]{43}$/.test(url), `a link: ${url}`);
	await desk.settled(page);
	return new URL(url).pathname;
}
// A phone that was never here: whatever cookie it gets is an error.
async function phone(desk, options = {}) {
	const page = await desk.page({ width: 390, height: 844, ...options });
	await page.context().clearCookies();
	page.on("response", async (response) => {
		if ((await response.allHeaders())["set-cookie"]) page.troubles.push(`a cookie from ${response.url()}`);
	});
	return page;
}
async function only(page, ...numbers) {
	for (const box of await page.locator("input[name=item]").all()) {
		const label = await page.locator(`label[for=${await box.getAttribute("id")}]`).innerText();
		if ((await box.isChecked()) !== numbers.includes(label.trim())) await box.click();
	}
}

test("a customer disputes one invoice and promises the others, on his phone", async (desk) => {
	const path = await link(desk);
	const page = await phone(desk);
	await page.goto(desk.url(path));
	same(await text(page, ".pv"), "1 900,00 €", "what is due, less the credit");
	check(!(await page.content()).includes("FA-4") && !(await page.content()).includes("BRUME"), "nothing of another customer");
	await desk.settled(page);
	await shot(page, "fr-390");

	await Promise.all([page.waitForResponse((r) => r.request().method() === "POST"), page.click("label:text-is('FA-1')")]);
	await page.waitForFunction(() => document.querySelector(".pv").textContent.replace(/\s/g, " ") === "700,00 €");
	const before = await page.getAttribute(".qr path", "d");
	await Promise.all([page.waitForResponse((r) => r.request().method() === "POST"), page.click("label:text-is('FA-1')")]);
	await page.waitForFunction((d) => document.querySelector(".qr path").getAttribute("d") !== d, before);

	await only(page, "FA-2");
	await page.waitForFunction(() => document.querySelector(".pv").textContent.replace(/\s/g, " ") === "500,00 €");
	await page.click("label[for=k-dispute]");
	await page.selectOption("#reason", "price");
	await page.fill("#text_dispute", "Remise de 4 % oubliée <script>alert(1)</script>");
	await shot(page, "fr-390-dispute");
	await press(page, "[data-send]");
	await says(page, "#received", "Remise de 4 % oubliée <script>alert(1)</script>", "received, as text");
	same(await text(page, ".pv"), "1 400,00 €", "the disputed one is not asked any more");
	await desk.settled(page);
	await shot(page, "fr-390-received");

	await only(page, "FA-1", "FA-3", "AV-1");
	await page.click("label[for=k-promise]");
	await page.fill("#promise_on", "2025-10-10");
	await press(page, "[data-send]");
	same(await text(page, ".pv"), "0,00 €", "nothing is left to pay today");
	await says(page, "#content", "10/10/2025", "the promised day is shown");
	await desk.settled(page);

	// the desk sees both, with their words
	const staff = await desk.login("collector");
	await staff.goto(desk.url("/agenda?tab=replies"));
	const replies = await text(staff, "main");
	check(replies.includes("Remise de 4 % oubliée") && replies.includes("10/10/2025"), `answers to handle: ${replies}`);
	await staff.goto(desk.url("/customers/ALMA?tab=bound"));
	const bound = await text(staff, "main");
	check(bound.includes("FA-2") && bound.includes("10/10/2025"), `dispute and promise: ${bound}`);
	await staff.goto(desk.url("/customers/ALMA/portal"));
	await desk.settled(staff);
	await shot(staff, "portal-fr-1440");
	// the plan obeys
	desk.command("run");
	check(explain(desk, "FA-2").includes("dispute"), explain(desk, "FA-2"));
	check(explain(desk, "FA-1").includes("promise"), explain(desk, "FA-1"));
	const agenda = desk.command("agenda", "--json");
	check(!agenda.includes("ALMA") || !JSON.parse(agenda).actions?.some((a) => a.customer === "ALMA" && /email|letter|call/.test(a.channel) && /to_confirm|planned/.test(a.state)),
		`nobody is chased: ${agenda.slice(0, 600)}`);
	const refused = await desk.page();
	const gone = await refused.goto(desk.url(path.slice(0, -1) + (path.endsWith("A") ? "B" : "A")));
	same(gone.status(), 404, "one letter wrong");
});

test("the same without JavaScript, in English, in the dark; a proof goes with it", async (desk) => {
	const path = await link(desk, "BRUME");
	const page = await phone(desk, { lang: "en", javaScript: false });
	await page.goto(desk.url(`${path}?lang=en`));
	same(await text(page, ".pv"), "€9,999.00", "what is due");
	await page.uncheck("input[name=item]");
	await press(page, "[formaction]");
	same(await text(page, ".pv"), "€0.00", "nothing is ticked");
	await page.check("input[name=item]");
	await press(page, "[formaction]");
	same(await text(page, ".pv"), "€9,999.00", "ticked again");
	same(await page.getAttribute("html", "lang"), "en", "still in English");
	await page.click("label[for=k-paid]");
	await page.fill("#paid_on", "2025-09-29");
	await page.fill("#reference", "VIR 77");
	await page.setInputFiles("#file_paid", { name: "..\\..\\proof<b>.pdf", mimeType: "text/html", buffer: Buffer.from("%PDF-1.4 a proof of payment, long enough") });
	await press(page, "[data-send]");
	await says(page, "#received", "VIR 77");
	await shot(page, "en-390-paid");
	const staff = await desk.login("collector", { lang: "en", theme: "dark" });
	await staff.goto(desk.url("/customers/BRUME/portal"));
	await staff.click("section .rpl a.b");
	await staff.waitForURL(/\/answers\/\d+$/);
	await says(staff, "main", "proof_b_.pdf");
	await desk.settled(staff);
	await shot(staff, "answer-en-dark-1440");
	desk.command("run");
	check(!explain(desk, "FA-4").includes('"chased":true'), explain(desk, "FA-4"));
});

test("the desk sees the page as the customer does, and can't answer for him", async (desk) => {
	for (const [lang, theme, width] of [["fr", "light", 1440], ["en", "dark", 390]]) {
		const page = await desk.login("collector", { lang, theme, width });
		await page.goto(desk.url(`/customers/ALMA/portal/preview?lang=${lang}`));
		await counted(page.locator(".pprev"), 1, "it says that it is a preview");
		await counted(page.locator("[data-send]:enabled"), 0, "nothing can be sent");
		await desk.settled(page);
		await shot(page, `preview-${lang}-${theme}-${width}`);
	}
});

test("a link that is revoked opens nothing", async (desk) => {
	const path = await link(desk);
	const page = await phone(desk);
	same((await page.goto(desk.url(path))).status(), 200, "it opens");
	const staff = await desk.login("collector");
	await staff.goto(desk.url("/customers/ALMA/portal"));
	await press(staff, "form[action='/customers/ALMA/portal/revoke'] button.bad");
	same((await page.goto(desk.url(path))).status(), 410, "it is over");
	await says(page, "main", "02 61 91 00 30", "and says whom to call");
	page.troubles.length = 0;
	await desk.settled(page);
	await shot(page, "revoked-390");
});

await run({ companies: ["ALPHA"], prepare });
