// What comes back by mail: read from a real IMAP server, found among the answers to handle with its words and files, written back to in
// its thread, marked as handled with what was done; what is nobody's waits in the tray and is tied by hand.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, counted, root, run, same, says, test } from "./harness.mjs";
import { prepare } from "./store.mjs";

const text = async (page, selector) => (await page.innerText(selector)).replace(/\s+/g, " ").trim();
const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const servers = [];
let mailbox, sent, delivered = 0;

function start(script, folder) {
	return new Promise((resolve, reject) => {
		const server = spawn("/usr/bin/python3", [join(root, "tests/mail", script), folder], { stdio: ["ignore", "pipe", "inherit"] });
		servers.push(server);
		server.stdout.once("data", (bytes) => resolve(Number(String(bytes).split(" ")[0])));
		server.once("exit", (code) => reject(new Error(`${script} ended: ${code}`)));
	});
}

function deliver(lines) {
	const name = `${++delivered}.test`;
	writeFileSync(join(mailbox, "mail/tmp", name), lines.join("\r\n"));
	chmodSync(join(mailbox, "mail/tmp", name), 0o666);
	renameSync(join(mailbox, "mail/tmp", name), join(mailbox, "mail/new", name));
}

async function prepareMail(desk) {
	await prepare(desk);
	mailbox = mkdtempSync(join(tmpdir(), "encours-imap-")), sent = mkdtempSync(join(tmpdir(), "encours-smtp-"));
	chmodSync(mailbox, 0o755);
	const imap = await start("dovecot.py", mailbox), smtp = await start("real.py", sent);
	await new Promise((resolve) => setTimeout(resolve, 1500));
	const set = { "inbox.host": "127.0.0.1", "inbox.port": imap, "inbox.security": "none", "inbox.user": "desk", "inbox.password": "secret",
		"mail.host": "127.0.0.1", "mail.port": smtp, "mail.security": "none", "mail.user": "" };
	desk.environment.ENCOURS_KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	for (const [name, value] of Object.entries(set)) desk.command("company", "set", `${name}=${value}`);
}

test("an answer is read, found, written back to in its thread, and handled", async (desk) => {
	const page = await desk.login("credit_manager", { lang: "fr" });
	const list = await page.request.get(desk.url("/outbox?state=sent"), { headers: { Accept: "application/json" } });
	const outbox = (await list.json()).messages.find((m) => m.to);
	check(outbox, "a message left");
	await page.goto(desk.url(`/outbox/${outbox.id}`));
	const id = await text(page, "dd.mono");
	deliver([`From: "Jeanne Roux" <jeanne.roux@ailleurs.example>`, "Message-ID: <r1@ailleurs.example>", `In-Reply-To: <${id}>`, "Subject: RE: Votre relance",
		"MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain; charset=utf-8", "",
		"Bonjour,", "", "Le virement part vendredi <b>sans faute</b>.", "", "Le lun. 6 juil. 2026 à 09:12, Brévent <relances@brevent.example> a écrit :", "> Bonjour,", "",
		"--b", "Content-Type: application/pdf; name=\"avis de virement.pdf\"", "Content-Disposition: attachment", "", "%PDF-1.4", "--b--", ""]);
	await page.goto(desk.url("/inbox"));
	await desk.settled(page);
	await press(page, "form[action='/inbox/look'] button");
	await says(page, "body", "1 rattachés à un client");
	await page.goto(desk.url("/agenda?tab=replies"));
	const row = page.locator(".rpl", { hasText: "sans faute" });
	await counted(row, 1, "it is among the answers to handle");
	await desk.settled(page);
	await Promise.all([page.waitForNavigation(), row.locator("a.ink").click()]);
	same(await page.innerText(".mailb >> nth=0"), "Bonjour,\n\nLe virement part vendredi <b>sans faute</b>.", "its words, without what was quoted, and HTML as text");
	await says(page, "main", "avis de virement.pdf", "its file");
	await desk.settled(page);
	await page.screenshot({ path: join(tmpdir(), "inbox-reply.png"), fullPage: true });
	await page.fill("#answer-body", "Merci, nous attendons votre virement.\nÀ vendredi.");
	await press(page, "form[action$='/answer'] button");
	const said = await text(page, "body");
	check(said.includes("La réponse part maintenant") || said.includes("est gardée et ne part pas"), said.slice(0, 300));
	await says(page, "main h1 + .sub", "Traitée", "handled with it");
	const address = page.url();
	await page.goto(desk.url("/agenda?tab=replies"));
	await counted(page.locator(".rpl", { hasText: "sans faute" }), 0, "it waits no more");
	await page.goto(address);
	const customer = await page.getAttribute("main h1 a", "href");
	await page.goto(desk.url(customer));
	await says(page, ".tl", "Le virement part vendredi", "the words stay in the customer's timeline");
	await says(page, ".tl", "Merci, nous attendons", "and what was written back");
	if (!said.includes("part maintenant")) return; // the demo is in test mode
	desk.command("run");
	const mails = readdirSync(sent).filter((name) => name.endsWith(".eml")).map((name) => readFileSync(join(sent, name), "utf8"));
	check(mails.some((mail) => mail.includes("In-Reply-To: <r1@ailleurs.example>")), "it left in the thread");
});

test("mail of nobody waits, is tied by hand, and is put aside", async (desk) => {
	deliver(["From: Zoé <zoe@inconnu.example>", "Message-ID: <u1@inconnu.example>", "Subject: Votre courrier", "Content-Type: text/html; charset=utf-8", "",
		"<p>Qui <i>êtes</i>-vous ?</p><script>alert(1)</script><img src=x onerror=alert(2)>", ""]);
	deliver(["From: promo@spam.example", "Message-ID: <u2@spam.example>", "Subject: Promotion", "", "Achetez !", ""]);
	const page = await desk.login("credit_manager", { lang: "fr", width: 390, height: 844, theme: "dark" });
	await page.goto(desk.url("/inbox"));
	await press(page, "form[action='/inbox/look'] button");
	await counted(page.locator(".rpl"), 2, "both wait");
	await desk.settled(page);
	await page.screenshot({ path: join(tmpdir(), "inbox-tray-390.png"), fullPage: true });
	await press(page, ".rpl:has-text('Promotion') form[action$='/dismiss'] button");
	await counted(page.locator(".rpl"), 1, "one is put aside");
	await press(page, ".rpl a.ink");
	same(await page.innerText(".mailb >> nth=0"), "Qui êtes-vous ?", "HTML as text");
	await page.fill("#tie-customer", "nobody");
	await press(page, "main form[action$='/tie'] button");
	await counted(page.locator("[role=alert]"), 1, "an unknown code is said");
	page.troubles.length = 0; // the 404 is meant
	const customers = Object.values(JSON.parse(desk.command("--json", "customers"))).find(Array.isArray).map((c) => ({ code: c.code ?? c.customer, name: c.name }));
	await page.fill("#tie-customer", customers[0].code);
	await page.check("input[name=contact]");
	await press(page, "main form[action$='/tie'] button");
	check((await text(page, "main h1")).includes(customers[0].name), "tied: its answer is shown");
	await desk.settled(page);
	await page.screenshot({ path: join(tmpdir(), "inbox-tied-390.png"), fullPage: true });
	await page.selectOption("#handled-how", "paid");
	await page.fill("#handled-note", "vu avec elle");
	await press(page, "form[action$='/handled'] button");
	await page.goBack();
	await page.reload();
	check((await text(page, "main")).includes("Payé, dit le débiteur") && (await text(page, "main")).includes("vu avec elle"), "what was done is kept");
});

test("who does not see every customer sees no tray, and the settings tell how the reading goes", async (desk) => {
	const reader = await desk.login("sales", { lang: "en" });
	const answer = await reader.goto(desk.url("/inbox"));
	same(answer.status(), 403, "sales see no mail of strangers");
	const page = await desk.login("administrator", { lang: "en" });
	await page.goto(desk.url("/settings?section=inbox"));
	await says(page, "main", "Last read");
	await press(page, "form[action='/settings/inbox'] button");
	await says(page, "body", "The mailbox lets us in", "the try says so");
	await desk.settled(page);
	await page.screenshot({ path: join(tmpdir(), "inbox-settings.png"), fullPage: true });
});

process.on("exit", () => {
	for (const server of servers) server.kill("SIGTERM");
	for (const folder of [mailbox, sent]) if (folder) rmSync(folder, { recursive: true, force: true });
});
await run({ prepare: prepareMail });
