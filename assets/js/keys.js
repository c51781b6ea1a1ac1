// Keyboard. Single keys act only while no field has the focus, and can be turned off in one's account
// (<body data-single-keys="0">). Any button or link with data-key="P" is pressed by that key; data-key="ctrl+enter" too.
const single = document.body.dataset.singleKeys !== "0";
// the second key after G, by the entry's code; those that are not in the menu do nothing
const letters = {
	dashboard: "T", agenda: "A", customers: "C", items: "P", disputes: "L", cash: "E", forecast: "F", reports: "R", imports: "I",
};
const places = new Map();
for (const link of document.querySelectorAll("[data-go]")) places.set(letters[link.dataset.go], link);
let going = 0;

function visible(element) {
	return element.offsetParent !== null && !element.disabled;
}
function press(key) {
	const scope = document.querySelector("dialog[open]") || document;
	const target = [...scope.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(visible);
	if (!target) return false;
	if (target.matches("input[type=text], input[type=search], textarea, select")) target.focus();
	else target.click();
	return true;
}

function rows() {
	return [...document.querySelectorAll("[data-rows] > tr, [data-rows] > [data-row]")].filter(row => row.offsetParent !== null);
}
function move(by) {
	const all = rows();
	if (all.length === 0) return;
	const now = all.findIndex(row => row.classList.contains("cur"));
	const next = all[Math.max(0, Math.min(all.length - 1, now < 0 ? 0 : now + by))];
	all[now]?.classList.remove("cur");
	next.classList.add("cur");
	(next.querySelector("input[type=checkbox], a") || next).focus({ preventScroll: true });
	next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", event => {
	if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
		if (press("ctrl+enter")) event.preventDefault();
		return;
	}
	if (!single || event.ctrlKey || event.metaKey || event.altKey) return;
	if (event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")) return;
	// the row of digits is pressed without Shift, also where it writes other signs (AZERTY)
	const key = /^Digit\d$/.test(event.code) && event.key !== "?" ? event.code.at(-1) : event.key.toUpperCase();
	if (going && Date.now() - going < 1500) {
		going = 0;
		if (places.has(key)) {
			event.preventDefault();
			places.get(key).click();
		}
		return;
	}
	if (key === "?") {
		const help = document.getElementById("keys-help");
		if (help && !help.open) {
			event.preventDefault();
			help.showModal();
		}
	} else if (document.querySelector("dialog[open]")) {
		if (/^[A-Z0-9]$/.test(key) && press(key)) event.preventDefault();
	} else if (key === "G") {
		going = Date.now();
	} else if (key === "J" || key === "K") {
		event.preventDefault();
		move(key === "J" ? 1 : -1);
	} else if (key === "X" && !document.querySelector('[data-key="X"]')) {
		document.querySelector("[data-rows] .cur input[type=checkbox]")?.click();
	} else if (/^[A-Z0-9]$/.test(key) && press(key)) {
		event.preventDefault();
	}
});
