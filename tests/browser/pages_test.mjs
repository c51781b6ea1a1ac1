// Every page of the desk, in both languages, light and dark, wide and narrow: no axe violation, nothing on the console, no breach
// of the Content-Security-Policy, no sideways scrolling; and complete: no English left in French.
import { check, run, same, says, test } from "./harness.mjs";
import { prepare } from "./store.mjs";

// Addresses of every GET route with a page; for {parameters}, and for pages that want to be told of what, the first link found.
let known;
async function addresses(desk, page) {
	if (known) return known;
	const reading = desk.routes().filter((r) => r.method === "GET");
	const literal = new Set(reading.filter((r) => !r.pattern.includes("{")).map((r) => r.pattern));
	const wanted = new Map(reading.filter((r) => r.template && !r.public).map((r) => [r.pattern, null]));
	const links = new Set(), visited = new Set();
	const visit = async (path) => {
		visited.add(path);
		const answer = await page.goto(desk.url(path));
		for (const href of await page.$$eval("main a[href^='/']", (all) => all.map((a) => a.getAttribute("href")))) links.add(href);
		return answer.status() === 200;
	};
	for (const pattern of wanted.keys()) if (literal.has(pattern) && await visit(pattern)) wanted.set(pattern, pattern);
	for (let news = true; news;) { // links of pages found by links
		news = false;
		for (const [pattern, path] of wanted) {
			if (path) continue;
			const shape = new RegExp(`^${pattern.replace(/\{\w+\}/g, "[^/?]+")}(\\?.*)?$`);
			const found = [...links].find((href) => shape.test(href) && !visited.has(href) && (pattern === href.split("?")[0] || !literal.has(href.split("?")[0])));
			if (!found) continue;
			news = true;
			if (await visit(found)) wanted.set(pattern, found);
		}
	}
	const missing = [...wanted].filter(([, path]) => !path).map(([pattern]) => pattern);
	if (missing.length) console.log(`  (not linked from any page: ${missing.join(", ")})`);
	known = [...wanted.values()].filter(Boolean);
	return known;
}

// The same finding on many pages is told once.
function together(failures) {
	const where = new Map();
	for (const failure of failures) {
		const [path, ...findings] = failure.split("\n    ");
		for (const finding of findings.length ? findings : [""]) where.set(finding, [...(where.get(finding) || []), path.replace(/:$/, "")]);
	}
	return [...where].map(([finding, paths]) => `${paths.slice(0, 4).join(" ")}${paths.length > 4 ? ` and ${paths.length - 4} more` : ""}\n    ${finding}`);
}

// Each pair of language, theme and width once; axe, which reads what both languages share, on two that differ in theme and width,
// and on all four with ENCOURS_TEST_ALL (./check --all).
const views = [
	{ lang: "fr", theme: "light", width: 1440, axe: true }, { lang: "en", theme: "dark", width: 1440 },
	{ lang: "fr", theme: "dark", width: 390, axe: true }, { lang: "en", theme: "light", width: 390 },
];

for (const view of views) {
	test(`every page: ${view.lang} ${view.theme} ${view.width}`, async (desk) => {
		const page = await desk.login("administrator", view);
		const failures = [];
		for (const path of await addresses(desk, page)) {
			page.troubles.length = 0;
			await page.goto(desk.url(path), { waitUntil: "load" });
			try {
				// the customer's own page speaks his language, whoever looks at it
				if (!path.endsWith("/portal/preview")) same(await page.getAttribute("html", "lang"), view.lang, "language");
				same((await page.$$("h1")).length, 1, "headings of the first level");
				await desk.settled(page, { axe: view.axe || Boolean(process.env.ENCOURS_TEST_ALL) });
			} catch (error) {
				failures.push(error.message.startsWith("/") ? error.message : `${path}:\n    ${error.message}`);
			}
		}
		check(failures.length === 0, "\n  " + together(failures).join("\n  "));
	});
}

test("the login page", async (desk) => {
	for (const view of views) {
		const page = await desk.page(view);
		await page.goto(desk.url("/login"), { waitUntil: "networkidle" });
		await desk.settled(page);
		await page.fill("#email", "nobody@test.example");
		await page.fill("#password", "not the password");
		page.troubles.length = 0;
		await page.click("form[action='/login'] button");
		await page.waitForSelector("[role=alert]");
		page.troubles.length = 0; // the browser itself reports the status 401
		await desk.settled(page);
	}
});

test("error pages", async (desk) => {
	const page = await desk.login("reader");
	await page.goto(desk.url("/no-such-page"));
	page.troubles.length = 0;
	await desk.settled(page);
});

test("account: language, theme, a token, and out", async (desk) => {
	const page = await desk.login("sales", { lang: "fr" });
	await page.goto(desk.url("/account"));
	await page.selectOption("#language", "en");
	await page.selectOption("#theme", "dark");
	await page.click("main form[action='/account'] button.p");
	await page.waitForSelector("[data-toast]");
	same(await page.getAttribute("html", "lang"), "en", "language");
	same(await page.getAttribute("html", "data-theme"), "dark", "theme");
	await desk.settled(page);
	await page.fill("#token-name", "My program");
	await page.click("form[action='/account/tokens'] button");
	check(/^\S{20,}$/.test(await page.inputValue("#value")), "a token");
	await desk.settled(page);
	await page.goto(desk.url("/account"));
	await page.click("details.usr summary");
	await page.click("details.usr form[action='/logout'] button");
	await page.waitForURL(desk.url("/login"));
	await page.goto(desk.url("/account"));
	same(new URL(page.url()).pathname, "/login", "after logging out");
});

test("without JavaScript: log in, read, save", async (desk) => {
	const page = await desk.login("resolver", { javaScript: false, lang: "fr" });
	await page.goto(desk.url("/account"));
	await page.fill("#phone", "01 23 45 67 89");
	await page.click("main form[action='/account'] button.p");
	same(await page.inputValue("#phone"), "01 23 45 67 89", "saved");
	await says(page, "body", "Votre compte est enregistré", "the notice");
});

test("accounts: made, narrowed, closed, and undone", async (desk) => {
	const page = await desk.login("administrator", { lang: "fr" });
	await page.goto(desk.url("/settings/users/new"));
	await page.fill("#email", "new@test.example");
	await page.check("input[name=role][value=sales]");
	await page.click("main form button.p");
	const made = await page.inputValue("#made");
	await desk.settled(page);
	await page.click("main a.bt.p");
	await page.check("input[name=portfolio][value=own]");
	await page.click("main form.grid button.p");
	await page.waitForSelector("[data-toast]");
	const other = await desk.page({ lang: "fr" });
	await other.goto(desk.url("/login"));
	await other.fill("#email", "new@test.example");
	await other.fill("#password", made);
	await other.click("form[action='/login'] button");
	await other.waitForURL(desk.url("/account/password"));
	await desk.settled(other);
	await page.click("text=new@test.example");
	await page.click("form[action$='/disable'] button");
	await page.waitForSelector("[data-toast] form button");
	await other.goto(desk.url("/account"));
	same(new URL(other.url()).pathname, "/login", "his session ended");
	await page.click("[data-toast] form button");
	await page.waitForSelector("text=Le compte est de nouveau ouvert");
});

await run({ prepare });
