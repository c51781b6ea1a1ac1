// Electronic invoices in the browser: an archive and several files dropped at once wait one by one; a PDF that carries its invoice
// becomes an item, and is there to be opened from it. With SHOTS=folder each step is kept as a picture.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, counted, run, same, test } from "./harness.mjs";

const shots = process.env.SHOTS;
async function shot(page, name) {
	if (!shots) return;
	mkdirSync(shots, { recursive: true });
	await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

const invoice = (number, total) => "<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'>"
	+ `<ID>${number}</ID><IssueDate>2025-08-01</IssueDate><DueDate>2025-09-15</DueDate><InvoiceTypeCode>380</InvoiceTypeCode><DocumentCurrencyCode>EUR</DocumentCurrencyCode>`
	+ "<AccountingCustomerParty><Party><PartyIdentification><ID>EFACT</ID></PartyIdentification><PartyLegalEntity><RegistrationName>Menuiserie Lenoir</RegistrationName></PartyLegalEntity></Party></AccountingCustomerParty>"
	+ `<LegalMonetaryTotal><TaxInclusiveAmount>${total}</TaxInclusiveAmount><PayableAmount>${total}</PayableAmount></LegalMonetaryTotal></Invoice>`;

// A PDF of one page that carries `xml` as factur-x.xml.
function pdf(xml) {
	const objects = ["<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(factur-x.xml) 6 0 R] >> >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		"<< /Length 44 >>\nstream\nBT /F1 12 Tf 72 720 Td (Facture FX-1  ) Tj ET\nendstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		"<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /EF << /F 7 0 R >> >>", `<< /Type /EmbeddedFile /Length ${xml.length} >>\nstream\n${xml}\nendstream`];
	let out = "%PDF-1.7\n";
	const offsets = objects.map((body, i) => {
		const at = out.length;
		out += `${i + 1} 0 obj\n${body}\nendobj\n`;
		return at;
	});
	const xref = out.length;
	out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((o) => `${String(o).padStart(10, "0")} 00000 n \n`).join("")}`;
	return out + `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
}

function file(desk, name, text) {
	const path = join(desk.folder, name);
	writeFileSync(path, text, "latin1");
	return path;
}

const drop = async (page, paths) => {
	await page.setInputFiles("input[type=file]", paths);
	await Promise.all([page.waitForNavigation(), page.click("form[method=post][action='/imports'] button")]);
};
const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);

test("several files dropped at once wait one by one", async (desk) => {
	const page = await desk.login("credit_manager");
	await page.goto(desk.url("/imports"));
	await drop(page, [file(desk, "FX-2.xml", invoice("FX-2", "80.00")), file(desk, "FX-3.xml", invoice("FX-3", "40.00")),
		file(desk, "clients.csv", "Code client;Nom client;Ville\nEFACT;Menuiserie Lenoir;Lyon\n")]);
	same(new URL(page.url()).pathname, "/imports", "led to the list");
	await counted(page.locator("a[href^='/imports/drafts/']"), 2, "files that wait");
	await desk.settled(page);
	await shot(page, "einvoice-waiting");
});

test("a PDF that carries its invoice becomes an item, and opens from it", async (desk) => {
	const page = await desk.login("credit_manager");
	await page.goto(desk.url("/imports"));
	await drop(page, [file(desk, "FX-1.pdf", pdf(invoice("FX-1", "1200.00")))]);
	await page.waitForSelector("form[action$='/import'] button", { timeout: 20000 });
	await desk.settled(page);
	await shot(page, "einvoice-draft");
	await press(page, "form[method=post][action$='/import'] button");
	await page.waitForFunction(() => /\/imports\/\d+$/.test(location.pathname), null, { timeout: 20000 }).catch(() => {});
	const item = JSON.parse(desk.command("items", "--customer", "EFACT", "--json")).items.find((i) => i.number === "FX-1");
	same(item?.due_date, "2025-09-15", "due as the document says");
	await page.goto(desk.url(`/items/${item.id}`));
	const link = page.locator("a[href^='/documents/']");
	same((await link.textContent()).trim(), "FX-1.pdf", "its PDF");
	await desk.settled(page);
	await shot(page, "einvoice-item");
	const answer = await page.request.get(desk.url(await link.getAttribute("href")));
	check(answer.status() === 200 && (await answer.body()).toString("latin1").startsWith("%PDF"), "the PDF byte for byte");
	await page.goto(desk.url("/customers/EFACT?tab=documents"));
	await desk.settled(page);
	await shot(page, "einvoice-customer");
});

test("on a phone, in the dark, in English", async (desk) => {
	const page = await desk.login("credit_manager", { lang: "en", theme: "dark", width: 390, height: 844 });
	await page.goto(desk.url("/imports"));
	await drop(page, [file(desk, "FX-4.xml", invoice("FX-4", "12.00"))]);
	await page.waitForSelector("form[action$='/import'] button", { timeout: 20000 });
	await desk.settled(page);
	await shot(page, "einvoice-draft-390-dark");
	const item = JSON.parse(desk.command("items", "--customer", "EFACT", "--json")).items.find((i) => i.number === "FX-1");
	await page.goto(desk.url(`/items/${item.id}`));
	await desk.settled(page);
	await shot(page, "einvoice-item-390-dark");
});

await run({ companies: ["ALPHA"] });
