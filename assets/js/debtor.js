// The customer's own page: the amount and the QR code follow what is ticked, addresses can be copied, a form is sent once. Without any
// of it the page works: a button computes again.
document.documentElement.classList.add("js");

const form = document.querySelector("form[data-account]");
const payer = document.getElementById("payer");
let asked = 0;

async function follow() {
	const mine = ++asked;
	const body = new URLSearchParams({ picked: "1" });
	for (const field of form.querySelectorAll("input[name=item]:checked, input[type=hidden][name=lang]")) body.append(field.name, field.value);
	document.body.classList.add("stale");
	try {
		const reply = await fetch(form.dataset.account, { method: "POST", body, headers: { "HX-Request": "true" }, credentials: "omit", referrerPolicy: "no-referrer" });
		const html = await reply.text();
		if (mine !== asked || !reply.ok) return;
		payer.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
		for (const sum of payer.querySelectorAll("[data-sum-of]"))
			for (const place of document.querySelectorAll("[data-pay-sum]"))
				if (place.dataset.paySum === sum.dataset.sumOf) place.textContent = sum.textContent;
		showCopies();
	} finally {
		if (mine === asked) document.body.classList.remove("stale");
	}
}

function showCopies() {
	if (navigator.clipboard) for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
}

if (form?.dataset.account) {
	form.addEventListener("change", (event) => {
		if (event.target.name === "item") follow();
	});
	form.addEventListener("submit", (event) => {
		if (form.dataset.sent) event.preventDefault();
		form.dataset.sent = "1";
	});
	addEventListener("pageshow", () => delete form.dataset.sent);
}
document.addEventListener("click", async (event) => {
	const button = event.target.closest?.("[data-copy]");
	if (!button) return;
	const words = button.textContent;
	await navigator.clipboard.writeText(button.dataset.copy);
	button.textContent = button.dataset.copied;
	setTimeout(() => { button.textContent = words; }, 2000);
});
showCopies();
document.getElementById("trouble")?.scrollIntoView();
