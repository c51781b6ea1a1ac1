// Writes assets/vendor/icons.svg: one symbol for each icon that a page, a module or assets/icons.txt names.
// A name that Tabler does not have stops the build.
import { readdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";

const folder = "node_modules/@tabler/icons/icons/outline";
const names = new Set();
for (const line of readFileSync("assets/icons.txt", "utf8").split("\n")) {
	const name = line.replace(/#.*/, "").trim();
	if (name) names.add(name);
}
function scan(path) {
	for (const entry of readdirSync(path, { withFileTypes: true })) {
		if (entry.isDirectory()) scan(join(path, entry.name));
		else if (/\.(html|js)$/.test(entry.name))
			for (const [, name] of readFileSync(join(path, entry.name), "utf8").matchAll(/icons\.svg#([a-z0-9-]+)/g))
				names.add(name);
	}
}
scan("pages");
scan("assets/js");

let sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n';
const missing = [];
for (const name of [...names].sort()) {
	const file = join(folder, name + ".svg");
	if (!existsSync(file)) {
		missing.push(name);
		continue;
	}
	const body = readFileSync(file, "utf8")
		.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "")
		.replace(/<path stroke="none"[^>]*\/>/, "").replace(/\s*\n\s*/g, "");
	sprite += `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>\n`;
}
if (missing.length > 0) {
	console.error("No such icon: " + missing.join(", "));
	process.exit(1);
}
writeFileSync("assets/vendor/icons.svg", sprite + "</svg>\n");
