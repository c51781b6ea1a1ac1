// Search and command: Ctrl+K opens it, arrows move, Enter goes. Results are the server's fragment of GET /search.
const palette = document.getElementById("palette");
if (palette) {
	const field = palette.querySelector("input"), results = palette.querySelector("[data-results]");
	let asked = 0, timer = 0;

	const options = () => [...results.querySelectorAll("a.r_")];
	const mark = index => {
		const all = options();
		all.forEach((option, i) => {
			option.classList.toggle("on", i === index);
			option.setAttribute("aria-selected", String(i === index));
		});
		if (all[index]) {
			field.setAttribute("aria-activedescendant", all[index].id);
			all[index].scrollIntoView({ block: "nearest" });
		} else field.removeAttribute("aria-activedescendant");
	};
	const ask = async () => {
		const mine = ++asked;
		const address = new URL(palette.dataset.search, location.href);
		address.searchParams.set("q", field.value);
		const day = document.documentElement.dataset.pastDay;
		if (day) address.searchParams.set("as_of", day);
		try {
			const answer = await fetch(address, { headers: { "HX-Request": "true", Accept: "text/html" } });
			const html = await answer.text();
			if (mine !== asked) return; // a later question was asked meanwhile
			if (!answer.ok) throw new Error(String(answer.status));
			const page = new DOMParser().parseFromString(html, "text/html");
			results.replaceChildren(...(page.querySelector("[data-results]") || page.body).childNodes);
			options().forEach((option, i) => (option.id ||= `found-${i}`));
			mark(0);
		} catch {
			if (mine === asked) results.textContent = palette.dataset.failed;
		}
	};
	const open = text => {
		if (!palette.open) palette.showModal();
		field.value = text || "";
		field.focus();
		ask();
	};

	document.addEventListener("keydown", event => {
		if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
			event.preventDefault();
			open("");
		}
	});
	// the field of the top bar is a plain search form without this module
	const entry = document.querySelector("[data-palette]");
	entry?.addEventListener("click", () => open(""));
	entry?.addEventListener("input", () => {
		const text = entry.value;
		entry.value = "";
		open(text);
	});
	document.addEventListener("click", event => {
		const opener = event.target.closest("[data-palette-open]");
		if (!opener) return;
		event.preventDefault();
		open("");
	});
	field.addEventListener("input", () => {
		clearTimeout(timer);
		timer = setTimeout(ask, 120);
	});
	field.addEventListener("keydown", event => {
		const all = options(), now = all.findIndex(option => option.classList.contains("on"));
		if (event.key === "ArrowDown" || event.key === "ArrowUp") {
			event.preventDefault();
			if (all.length) mark((now + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length);
		} else if (event.key === "Enter") {
			event.preventDefault();
			if (all[now]) location.assign(all[now].href);
		}
	});
}
