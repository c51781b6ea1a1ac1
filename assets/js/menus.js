// Menus and dialogs: <details class="dd"> closes on a click elsewhere and on Escape; [data-dialog=ID] opens a <dialog>;
// [data-submit] sends its form when the value changes; in the past, links keep the day.
document.addEventListener("click", event => {
	for (const menu of document.querySelectorAll("details.dd[open]"))
		if (!menu.contains(event.target)) menu.open = false;

	const opener = event.target.closest("[data-dialog]");
	const dialog = opener && document.getElementById(opener.dataset.dialog);
	if (dialog?.showModal) {
		event.preventDefault();
		opener.closest("details.dd")?.removeAttribute("open");
		dialog.showModal();
		dialog.querySelector("[autofocus], input:not([type=hidden]), select, textarea, button")?.focus();
	}
	if (event.target.closest("[data-close]")) {
		const around = event.target.closest("dialog");
		if (around) {
			event.preventDefault();
			around.close();
		}
	}
	if (event.target.closest("[data-print]")) window.print();
	if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close(); // the backdrop
});

// What shows on hover or focus goes away on Escape, until the pointer or the focus comes back.
for (const kind of ["pointerover", "focusin"])
	document.addEventListener(kind, event => event.target.closest?.(".why")?.classList.remove("shut"));

document.addEventListener("keydown", event => {
	if (event.key !== "Escape") return;
	for (const hint of document.querySelectorAll(".why:hover, .why:focus-within")) hint.classList.add("shut");
	for (const menu of document.querySelectorAll("details.dd[open]")) {
		menu.open = false;
		menu.querySelector("summary").focus();
	}
});

document.addEventListener("change", event => {
	const field = event.target.closest("[data-submit]");
	if (field?.form) field.form.requestSubmit();
});

// A second click while a form is on its way would only repeat the work.
document.addEventListener("submit", event => {
	const form = event.target;
	if (form.method === "post") {
		if (form.dataset.sent) event.preventDefault();
		form.dataset.sent = "1";
		setTimeout(() => delete form.dataset.sent, 4000);
	}
	if (form.matches("[data-as-of]")) { // change the day, keep the filters
		event.preventDefault();
		const here = new URL(location.href), path = new URL(form.action).pathname;
		if (here.pathname !== path) here.pathname = path, here.search = ""; // a refused form stands elsewhere than its page
		const day = form.elements.as_of.value;
		if (day && day !== form.dataset.today) here.searchParams.set("as_of", day);
		else here.searchParams.delete("as_of");
		location.assign(here);
	}
});

const day = document.documentElement.dataset.pastDay;
if (day)
	for (const link of document.querySelectorAll("a[href^='/']:not([data-today])")) {
		const url = new URL(link.href);
		if (url.searchParams.has("as_of") || url.pathname.startsWith("/assets/")) continue;
		url.searchParams.set("as_of", day);
		link.href = url.pathname + url.search + url.hash;
	}
