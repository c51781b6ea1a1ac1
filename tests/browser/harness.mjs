// A desk in a real Chromium, for journeys: a store of its own, a server on a free port, people logged in, every page held against
// axe, the console and the Content-Security-Policy.
//
//     import { desk, test, run, check } from "./harness.mjs";
//     test("a promise is noted", async (t) => {
//         const page = await t.login("collector", { lang: "fr" });
//         await page.goto(t.url("/customers"));
//         …
//         await t.settled(page);               no console error, no violation, no axe finding on what is shown now
//     });
//     await run({ prepare });                  the demo company (store.mjs), or { companies: ["ALPHA"] } for empty ones
//
// ENCOURS names the program (default build/encours). ENCOURS_TEST_STORES=postgresql: a database of its own on the server of
// ENCOURS_TEST_PG. One test only: node journey_test.mjs "promise".
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const program = process.env.ENCOURS || join(root, "build", "encours");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const roles = ["administrator", "credit_manager", "collector", "sales", "resolver", "reader", "accountant"];
const password = "correct horse battery";
const tests = [];

export function test(name, body) {
	tests.push({ name, body });
}

export function check(condition, words) {
	if (!condition) throw new Error(words);
}

export function same(got, want, words) {
	if (got !== want) throw new Error(`${words}: got ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
}

// What a page shows comes when it comes: these three wait for it, and say what is there instead.
const patience = 10000;

async function becomes(holds, words) {
	for (const end = Date.now() + patience; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
		const { yes, got } = await holds();
		if (yes) return;
		if (Date.now() > end) throw new Error(`${words}: got ${got}`);
	}
}

export async function counted(locator, want, words) {
	await becomes(async () => {
		const got = await locator.count();
		return { yes: got === want, got: `${got}, expected ${want}` };
	}, words);
}

export async function shown(locator, words) {
	await becomes(async () => ({ yes: await locator.count() > 0, got: "nothing" }), words);
}

// The element's text holds the words; runs of spaces count as one.
export async function says(page, selector, words, why = `${selector} says it`) {
	const flat = (text) => text.replace(/\s+/g, " ").trim();
	await becomes(async () => {
		const got = flat(await page.innerText(selector));
		return { yes: got.includes(flat(words)), got: `${JSON.stringify(got.slice(0, 2000))}, expected ${JSON.stringify(words)}` };
	}, why);
}

function freshDatabase() {
	const server = process.env.ENCOURS_TEST_PG, name = `desk_${process.pid}_${Date.now()}`;
	const tell = (sql) => execFileSync("psql", ["-qX", "-v", "ON_ERROR_STOP=1", "-c", sql, server], { stdio: ["ignore", "ignore", "inherit"] });
	tell(`CREATE DATABASE ${name}`);
	return { url: server.replace(/(\/\/[^/]*)\/[^?]*/, `$1/${name}`), forget: () => tell(`DROP DATABASE ${name} WITH (FORCE)`) };
}

class Desk {
	constructor(options) {
		this.options = options;
		this.today = options.today || "2025-09-30";
		this.folder = mkdtempSync(join(tmpdir(), "encours-browser-"));
		this.database = !options.db && process.env.ENCOURS_TEST_STORES === "postgresql" ? freshDatabase() : null;
		this.db = options.db || this.database?.url || join(this.folder, "desk.db");
		this.environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ENCOURS")));
		Object.assign(this.environment, { LC_ALL: "C.UTF-8", TMPDIR: this.folder });
		this.pages = [];
	}

	command(...words) {
		const input = words.at(-1)?.input;
		if (input !== undefined) words.pop();
		return execFileSync(program, ["--db", this.db, "--today", this.today, ...words],
			{ env: this.environment, input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"], maxBuffer: 1 << 28 });
	}

	async start() {
		for (const code of this.options.companies || []) this.command("init", "--name", `${code} SAS`, "--code", code);
		if (this.options.prepare) await this.options.prepare(this);
		for (const role of this.options.db ? [] : roles)
			this.command("user", "add", `${role}@test.example`, "--role", role, "--password-stdin", { input: password + "\n" });
		this.server = spawn(program, ["--db", this.db, "--today", this.today, "serve", "--listen", "127.0.0.1:0", "--port-fd", "3", "--no-jobs"],
			{ env: this.environment, stdio: ["ignore", "ignore", "pipe", "pipe"] });
		this.log = "";
		this.server.stderr.on("data", (bytes) => { this.log += bytes; });
		this.port = await new Promise((resolve, reject) => {
			this.server.stdio[3].once("data", (bytes) => resolve(Number(bytes)));
			this.server.once("exit", (code) => reject(new Error(`the server did not start (${code}): ${this.log}`)));
		});
		this.browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
			args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
	}

	async stop() {
		await this.browser?.close();
		if (this.server && this.server.exitCode === null) {
			const gone = new Promise((resolve) => this.server.once("exit", resolve));
			this.server.kill("SIGTERM");
			await gone;
		}
		this.database?.forget();
		rmSync(this.folder, { recursive: true, force: true });
	}

	url(path) {
		return `http://127.0.0.1:${this.port}${path}`;
	}

	routes() {
		return JSON.parse(this.command("routes", "--json"));
	}

	// A page of a browser of its own. What goes wrong in it is collected in page.troubles.
	async page({ lang = "fr", theme = "light", width = 1440, height = 900, javaScript = true } = {}) {
		const context = await this.browser.newContext({ viewport: { width, height }, locale: lang === "fr" ? "fr-FR" : "en-GB",
			javaScriptEnabled: javaScript, reducedMotion: "reduce" });
		await context.addCookies([{ name: "encours_lang", value: lang, url: this.url("/") }, { name: "encours_theme", value: theme, url: this.url("/") }]);
		const page = await context.newPage();
		page.setDefaultTimeout(10000);
		page.troubles = [];
		page.wanted = { lang, theme, width };
		page.on("console", (message) => {
			if (message.type() === "error" || /Content.Security.Policy/i.test(message.text())) page.troubles.push(`console: ${message.text()}`);
		});
		page.on("pageerror", (error) => page.troubles.push(`script: ${error.message}`));
		page.on("response", (response) => {
			if (response.status() >= 500 || (response.status() === 404 && response.request().resourceType() !== "document"))
				page.troubles.push(`${response.status()} ${response.url()}`);
		});
		this.pages.push(page);
		return page;
	}

	async login(role, options = {}) {
		const page = await this.page(options);
		await page.goto(this.url("/login"));
		await page.fill("#email", options.email || `${role}@test.example`);
		await page.fill("#password", options.password || password);
		await Promise.all([page.waitForURL((url) => url.pathname !== "/login"), page.click("form[action='/login'] button")]);
		// the account's own language and theme are set at the login; tests choose
		await page.context().addCookies([{ name: "encours_lang", value: page.wanted.lang, url: this.url("/") },
			{ name: "encours_theme", value: page.wanted.theme, url: this.url("/") }]);
		return page;
	}

	// Nothing is wrong with what is shown now.
	async settled(page, { axe = true } = {}) {
		const troubles = page.troubles.splice(0);
		if (axe) {
			await page.evaluate(axeSource);
			const found = await page.evaluate(async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations
				.map((v) => `axe ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + n.html.slice(0, 160)).join(" | ")}`));
			troubles.push(...found);
		}
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		if (wide > 1) troubles.push(`the page is ${wide} px too wide`);
		check(troubles.length === 0, `${new URL(page.url()).pathname + new URL(page.url()).search}:\n    ${troubles.join("\n    ")}`);
	}
}

export async function run(options = {}) {
	const only = process.argv[2];
	const desk = new Desk(options);
	let passed = 0, failed = 0;
	try {
		await desk.start();
		for (const { name, body } of tests) {
			if (only && !name.includes(only)) continue;
			const start = Date.now();
			try {
				await body(desk);
				passed++;
				console.log(`ok ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
			} catch (error) {
				failed++;
				console.log(`FAILED ${name}: ${error.message}`);
			}
			for (const page of desk.pages.splice(0)) await page.context().close();
		}
		if (/Sanitizer|runtime error/.test(desk.log)) {
			failed++;
			console.log(`FAILED the server's log: ${desk.log.slice(-4000)}`);
		}
	} catch (error) {
		failed++;
		console.log(`FAILED to start: ${error.message}`);
	} finally {
		await desk.stop();
	}
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed ? 1 : 0);
}
