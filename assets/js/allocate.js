// What is left of a bank line while its items are chosen. Inside [data-allocate]: [data-amount] in minor units, a checkbox
// per item with what is open of it (data-open), a field beside it for a part, and [data-rest]. The server computes it again.
import { money } from "./selection.js";

function minor(text, currency) {
	const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace("\u2212", "-").replace(",", ".");
	if (!/^-?\d+(\.\d+)?$/.test(plain)) return null;
	const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
	return Math.round(Number(plain) * 10 ** digits);
}

function show(form) {
	const currency = form.dataset.currency, place = form.querySelector("[data-rest]");
	let rest = Number(form.dataset.amount);
	const boxes = [...form.querySelectorAll("input[type=checkbox][name=item]")].filter(box => box.checked);
	const amount = box => minor(form.elements[`amount-${box.value}`]?.value || "", currency);
	for (const box of boxes.filter(box => Number(box.dataset.open) < 0 || amount(box) !== null)) rest -= amount(box) ?? Number(box.dataset.open);
	for (const box of boxes.filter(box => Number(box.dataset.open) > 0 && amount(box) === null))
		rest -= Math.min(Math.max(rest, 0), Number(box.dataset.open));
	if (place) place.textContent = money(rest, currency);
}

for (const kind of ["input", "change"])
	document.addEventListener(kind, event => {
		const form = event.target.closest("[data-allocate]");
		if (form) show(form);
	});
