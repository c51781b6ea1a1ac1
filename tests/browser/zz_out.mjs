import { chromium } from "playwright-core";
const base = "http://127.0.0.1:9123";
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, locale: "fr-FR" });
const page = await context.newPage();
page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") console.log("console:", m.text()); });
await page.goto(base + "/login");
await page.fill("[name=email]", "demo@encours.example");
await page.fill("[name=password]", "encours-2-essayer");
await page.click("button:not([type=button])");
await page.waitForLoadState("networkidle");
console.log(page.url());
const shots = [["templates", "/templates"], ["template", "/templates/follow_up?language=fr"], ["template_en", "/templates/firm?language=en"], ["outbox", "/outbox"], ["agenda", "/agenda"]];
for (const [name, path] of shots) {
	const r = await page.goto(base + path, { waitUntil: "networkidle" });
	console.log(path, r.status());
	await page.screenshot({ path: `/tmp/outdemo/${name}.png`, fullPage: name !== "agenda" });
}
// live preview
await page.goto(base + "/templates/follow_up?language=fr", { waitUntil: "networkidle" });
await page.fill("#body", "Bonjour {{contact_name}}, essai {{amount_opne}}");
await page.waitForTimeout(2500);
await page.screenshot({ path: "/tmp/outdemo/template_bad.png" });
console.log((await page.textContent("#preview")).slice(0, 200));
await page.fill("#body", "Bonjour {{contact_name}}, **essai** {{amount_overdue}}\n\n{{invoice_table}}");
await page.waitForTimeout(2500);
console.log((await page.textContent("#preview")).slice(0, 300));
await browser.close();
