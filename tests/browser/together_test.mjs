// Working together on a customer: a comment calls a colleague, who answers; a task is given and done; a customer followed; the exchanges
// searched; the situation before a visit on a phone with a note in two taps; a portfolio handed over.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { counted, run, same, says, test } from "./harness.mjs";
import { prepare } from "./store.mjs";

const text = async (page, selector) => (await page.innerText(selector)).replace(/\s+/g, " ").trim();
const press = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
let code;

test("a mention is answered", async (desk) => {
	const manager = await desk.login("credit_manager", { lang: "fr" });
	await manager.goto(desk.url("/customers?view=overdue"));
	code = decodeURIComponent((await manager.getAttribute("main tbody a[href^='/customers/']", "href")).split("/")[2].split("?")[0]);
	await manager.goto(desk.url(`/customers/${code}?tab=timeline`));
	await says(manager, "#comment-help", "@collector");
	await manager.fill("#comment", "@collector peux-tu rappeler <b>la comptable</b> ?");
	await press(manager, "form[action$='/comment'] button");
	await says(manager, "body", "Collègues prévenus (1)", "one colleague is told");
	await desk.settled(manager);
	const collector = await desk.login("collector", { lang: "fr" });
	await collector.goto(desk.url("/agenda"));
	same(await text(collector, "a[href='/notifications'] .cnt"), "1", "the bell rings");
	await press(collector, "a[href='/notifications']");
	await says(collector, "main", "peux-tu rappeler <b>la comptable</b> ?", "with the words");
	await desk.settled(collector);
	await collector.screenshot({ path: join(tmpdir(), "together-notifications.png") });
	await press(collector, "main .rpl a.ink");
	await collector.fill("#comment", "@credit_manager c’est fait, elle paie vendredi.");
	await press(collector, "form[action$='/comment'] button");
	await collector.goto(desk.url("/notifications"));
	await press(collector, "form[action='/notifications/seen'] button.p");
	await counted(collector.locator("a[href='/notifications'] .cnt"), 0, "all seen: the bell is silent");
	await manager.goto(desk.url("/notifications"));
	await says(manager, "main", "elle paie vendredi", "the answer comes back");
});

test("a task is given, stands in the agenda of its owner, and is done", async (desk) => {
	const manager = await desk.login("credit_manager", { lang: "fr" });
	await manager.goto(desk.url(`/customers/${code}?tab=timeline`));
	await manager.fill("#task-text", "Envoyer le duplicata");
	await manager.selectOption("#task-owner", { label: (await manager.locator("#task-owner option", { hasText: "collector" }).first().innerText()).trim() });
	await press(manager, "form[action$='/tasks'] button");
	await says(manager, "main", "Envoyer le duplicata", "it stands on the file");
	const collector = await desk.login("collector", { lang: "fr" });
	await collector.goto(desk.url("/agenda"));
	await says(collector, "main", "Envoyer le duplicata", "and in the owner's agenda");
	await desk.settled(collector);
	await collector.goto(desk.url("/tasks"));
	await collector.fill("input[name=note]", "parti ce matin");
	await press(collector, "form[action$='/done'] button");
	await says(collector, "main", "Aucune tâche", "done");
	await collector.goto(desk.url(`/customers/${code}?tab=timeline&q=parti+ce+MATIN`));
	await counted(collector.locator(".tl li"), 1, "what came of it is found in the exchanges");
	await collector.goto(desk.url(`/customers/${code}?tab=timeline&q=introuvable`));
	await counted(collector.locator(".tl li"), 0, "and nothing else");
	await press(collector, "form[action$='/watch'] button");
	await says(collector, "main", "Ne plus suivre", "followed");
	await desk.settled(collector);
});

test("a file is kept", async (desk) => {
	const page = await desk.login("collector", { lang: "en" });
	await page.goto(desk.url(`/customers/${code}?tab=documents`));
	const file = join(desk.folder, "contract.txt");
	writeFileSync(file, "a contract");
	await page.setInputFiles("#keep-file", file);
	await press(page, "form[action$='/files'] button");
	await says(page, "main", "contract.txt", "it is among the documents");
	await desk.settled(page);
});

test("before a visit, on a phone: the situation, and a note in two taps", async (desk) => {
	const page = await desk.login("credit_manager", { lang: "fr", width: 390, height: 844, theme: "dark" });
	await page.goto(desk.url(`/customers/${code}/visit`));
	await says(page, "main", "demandez à quelle date", "what to say");
	await desk.settled(page);
	await page.screenshot({ path: join(tmpdir(), "together-visit-390.png"), fullPage: true });
	await press(page, "button[value=pays]");
	await page.goto(desk.url(`/customers/${code}?tab=timeline`));
	await says(page, ".tl", "Visite : il dit qu’il paiera.", "noted");
	await desk.settled(page);
});

test("a portfolio changes hands with its history", async (desk) => {
	const page = await desk.login("credit_manager", { lang: "fr" });
	await page.goto(desk.url("/portfolio/handover"));
	await desk.settled(page);
	const from = await page.locator("#hand-from option").first().innerText();
	await page.selectOption("#hand-to", { label: (await page.locator("#hand-to option", { hasText: "collector" }).first().innerText()).trim() });
	await page.fill("#hand-note", "Départ en retraite");
	await page.screenshot({ path: join(tmpdir(), "together-handover.png") });
	await press(page, "main form[action='/portfolio/handover'] button");
	const count = Number(from.match(/\((\d+)\)/)[1]);
	await says(page, "body", `Clients (${count})`, `all ${count} of them`);
	const collector = await desk.login("collector", { lang: "fr" });
	await collector.goto(desk.url("/notifications"));
	await says(collector, "main", "Départ en retraite", "who takes it is told");
});

await run({ prepare });
