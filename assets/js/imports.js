// A file dropped on the frame is the file of its form, and goes at once; while it goes, the button says so.
for (const form of document.querySelectorAll("[data-drop]")) {
	const field = form.querySelector("input[type=file]"), frame = form.querySelector(".drop");
	for (const name of ["dragover", "dragenter"])
		frame.addEventListener(name, event => { event.preventDefault(); frame.classList.add("on"); });
	frame.addEventListener("dragleave", () => frame.classList.remove("on"));
	frame.addEventListener("drop", event => {
		event.preventDefault();
		frame.classList.remove("on");
		if (!event.dataTransfer.files.length) return;
		field.files = event.dataTransfer.files;
		form.requestSubmit();
	});
	form.addEventListener("submit", () => {
		const button = form.querySelector("button");
		button.setAttribute("aria-busy", "true");
		button.disabled = true;
		form.querySelector(".pg").hidden = false;
	});
}
