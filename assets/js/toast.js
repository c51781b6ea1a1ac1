// The toast of what was just done leaves after ten seconds unless someone is on it; Ctrl+Z undoes while it shows.
const toast = document.querySelector("[data-toast]");
if (toast) {
	const undo = toast.querySelector("form");
	const left = toast.querySelector("[data-left]");
	let seconds = 10;
	const timer = setInterval(() => {
		if (toast.matches(":hover, :focus-within")) return;
		seconds--;
		if (left) left.textContent = `${seconds} s`;
		if (seconds <= 0) {
			clearInterval(timer);
			toast.remove();
		}
	}, 1000);
	document.addEventListener("keydown", event => {
		const field = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
		if (undo && toast.isConnected && !field && (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z") {
			event.preventDefault();
			undo.requestSubmit();
		}
	});
}
