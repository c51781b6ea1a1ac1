// The text of a message: a name from the list goes where the cursor stood, and a refused text shows its place.
let field = document.querySelector("textarea[data-text]");

function insert(words, block) {
	const to = block ? document.querySelector("textarea[data-text]") : field; // a block can't stand in the subject
	const from = to.selectionStart, middle = words.indexOf("}}{{");
	const chosen = to.value.slice(from, to.selectionEnd);
	const text = middle < 0 ? words : words.slice(0, middle + 2) + chosen + words.slice(middle + 2);
	to.focus();
	to.setRangeText(text, from, to.selectionEnd, "end");
	if (middle >= 0 && !chosen) to.selectionStart = to.selectionEnd = from + middle + 2;
	to.dispatchEvent(new Event("input", { bubbles: true }));
}

const show = () => document.querySelectorAll("[data-insert]").forEach((button) => { button.hidden = false; });
document.addEventListener("focusin", (event) => { if (event.target.matches("[data-text]")) field = event.target; });
document.addEventListener("click", (event) => {
	const button = event.target.closest("[data-insert]");
	if (!button) return;
	insert(button.dataset.insert, /_(table|block)}}$|answer_button|signature/.test(button.dataset.insert));
	const said = document.querySelector("[data-inserted]");
	if (said) said.textContent = button.dataset.insert;
});
document.addEventListener("htmx:oobAfterSwap", show);
document.addEventListener("htmx:afterSettle", show);
show();

const wrong = document.querySelector("[data-text][data-column]");
if (wrong) {
	const lines = wrong.value.split("\n"), line = Number(wrong.dataset.at), column = Number(wrong.dataset.column);
	const at = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + [...(lines[line - 1] || "")].slice(0, column - 1).join("").length;
	wrong.focus();
	wrong.setSelectionRange(at, wrong.value.indexOf("}}", at) < 0 ? at + 2 : wrong.value.indexOf("}}", at) + 2);
}
