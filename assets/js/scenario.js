// The line of a scenario: a step is dragged, or moved by the arrow keys. Without it, the form of the step has its days.
const line = document.querySelector("[data-line]"), form = document.getElementById("step-move");

function move(step, days) {
	if (!days) return;
	form.action = `/scenarios/${encodeURIComponent(step.dataset.scenario)}/steps/${encodeURIComponent(step.dataset.step)}/move`;
	form.elements.by.value = String(days);
	form.requestSubmit();
}

if (line && form) {
	let held = null, from = 0, moved = false;
	const days = (event) => Math.round(((event.clientX - from) * 1150) / line.getBoundingClientRect().width / Number(line.dataset.day));
	line.addEventListener("keydown", (event) => {
		const step = event.target.closest("[data-step]"), by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
		if (!step || !by) return;
		event.preventDefault();
		move(step, event.shiftKey ? by * 7 : by);
	});
	line.addEventListener("pointerdown", (event) => {
		held = event.button === 0 ? event.target.closest("[data-step]") : null;
		from = event.clientX;
		moved = false;
	});
	line.addEventListener("pointermove", (event) => {
		if (!held || !event.buttons) return;
		if (Math.abs(event.clientX - from) > 4) moved = true;
		if (moved) held.setAttribute("transform", `translate(${((event.clientX - from) * 1150) / line.getBoundingClientRect().width} 0)`);
	});
	window.addEventListener("pointerup", (event) => {
		if (!held) return;
		const step = held;
		held = null;
		if (moved) step.removeAttribute("transform"), move(step, days(event));
	});
	line.addEventListener("dragstart", (event) => event.preventDefault());
	line.addEventListener("click", (event) => moved && event.preventDefault());
}
