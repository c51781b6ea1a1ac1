// Ticked rows and their running sum. Inside [data-select]: checkboxes with data-minor (minor units) and data-currency,
// [data-select-all], [data-count], [data-sum], and the bar [data-bulk], which shows once something is ticked.
const language = document.documentElement.lang === "en" ? "en-GB" : "fr-FR";

export function money(minor, currency) {
	const format = new Intl.NumberFormat(language, { style: "currency", currency });
	const unit = 10 ** format.resolvedOptions().maximumFractionDigits;
	return format.format(minor / unit).replaceAll("\u202f", "\u00a0").replace("-", "\u2212");
}

function boxes(scope) {
	return [...scope.querySelectorAll("tbody input[type=checkbox]:not(:disabled), input[type=checkbox][data-minor]:not(:disabled)")]
		.filter(box => !box.matches("[data-select-all]"));
}

function show(scope) {
	const all = boxes(scope), ticked = all.filter(box => box.checked);
	const sums = new Map();
	for (const box of ticked)
		if (box.dataset.minor) {
			const currency = box.dataset.currency || scope.dataset.currency || "EUR";
			sums.set(currency, (sums.get(currency) || 0) + Number(box.dataset.minor));
		}
	for (const box of all) box.closest("tr, .act, .selrow")?.classList.toggle("sel", box.checked);
	for (const place of scope.querySelectorAll("[data-count]")) place.textContent = String(ticked.length);
	for (const place of scope.querySelectorAll("[data-sum]"))
		place.textContent = [...sums].map(([currency, sum]) => money(sum, currency)).join(" + ");
	for (const place of scope.querySelectorAll("[data-one]")) place.hidden = ticked.length > 1;
	for (const place of scope.querySelectorAll("[data-many]")) place.hidden = ticked.length <= 1;
	for (const bar of scope.querySelectorAll("[data-bulk]")) bar.hidden = ticked.length === 0;
	for (const head of scope.querySelectorAll("[data-select-all]")) {
		head.checked = all.length > 0 && ticked.length === all.length;
		head.indeterminate = ticked.length > 0 && ticked.length < all.length;
	}
}

let last = null; // for a range with Shift
document.addEventListener("click", event => {
	const box = event.target.closest("[data-select] input[type=checkbox]");
	if (!box || box.matches("[data-select-all]")) return;
	const scope = box.closest("[data-select]"), all = boxes(scope);
	const from = all.indexOf(last), to = all.indexOf(box);
	if (event.shiftKey && from >= 0 && to >= 0)
		for (let i = Math.min(from, to); i <= Math.max(from, to); i++) all[i].checked = box.checked;
	last = box;
	show(scope);
});
document.addEventListener("change", event => {
	const scope = event.target.closest("[data-select]");
	if (!scope) return;
	if (event.target.matches("[data-select-all]"))
		for (const box of boxes(scope)) box.checked = event.target.checked;
	show(scope);
});
document.addEventListener("htmx:after:swap", () => document.querySelectorAll("[data-select]").forEach(show));
document.querySelectorAll("[data-select]").forEach(show);
