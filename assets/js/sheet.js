// A button with data-sheet opens the form it leads to as a dialog over the page: same address, same form, no second copy.
// Without this module the button leads there.
document.addEventListener("submit", async event => {
	const button = event.submitter;
	if (!button?.matches("[data-sheet]")) return;
	event.preventDefault();
	const address = new URL(button.formAction || event.target.action, location.href);
	for (const [name, value] of new FormData(event.target, button))
		if (name !== "csrf" && name !== "q") address.searchParams.append(name, value);
	open(address);
});
document.addEventListener("click", event => {
	const link = event.target.closest("a[data-sheet]");
	if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
	event.preventDefault();
	open(new URL(link.href));
});

async function open(address) {
	try {
		const answer = await fetch(address, { headers: { "HX-Request": "true", Accept: "text/html" } });
		if (!answer.ok) throw new Error(String(answer.status));
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		const form = page.querySelector("[data-sheet-body]");
		if (!form) throw new Error("no form");
		document.getElementById("sheet")?.remove();
		const dialog = document.createElement("dialog");
		dialog.className = form.classList.contains("wide") ? "dlg wide" : "dlg";
		dialog.id = "sheet";
		dialog.append(document.adoptNode(form));
		const title = dialog.querySelector("h1, h2");
		if (title) {
			title.id ||= "sheet-title";
			dialog.setAttribute("aria-labelledby", title.id);
		}
		const before = document.activeElement;
		dialog.addEventListener("close", () => {
			dialog.remove();
			before?.focus();
		});
		document.body.append(dialog);
		dialog.showModal();
		dialog.querySelector("[autofocus], input:not([type=hidden]), select, textarea, button")?.focus();
	} catch {
		location.assign(address); // the page itself says what is wrong
	}
}
