// Charts: <div class="chart" data-chart="KIND" data-source="ID"> with the figures in <script type="application/json" id="ID">.
// Amounts in the figures are minor units; dates are "2025-11" or ISO days. Kinds and their figures:
//
//   lines     { x: [month…], series: [{ name, values: [number|null…], color?: "c1", dots?, thin? }], unit?: "d", target?: { name, value },
//               min?, max? }                                     DSO and its best possible, days, percents
//   stack     { x, series: [{ name, values: [minor…], color: "a0" }] }         ageing by month
//   forecast  { x, p10, p50, p90: [minor…], names: { median, band }, out?: [minor…], out_name? }
//   bars      { x: [label…], values: [minor…], name, color? }
//   pareto    { x: [label…], values: [minor…], share: [0…1], name, share_name }
//
// `currency` beside them (EUR otherwise). A chart that cannot be drawn leaves its table, which is on the page anyway.
import { money } from "./selection.js";

const root = document.documentElement;
const french = root.lang !== "en", language = french ? "fr-FR" : "en-GB";
const probe = document.createElement("i"); // custom properties hold light-dark(…): only a colour in use is resolved
probe.hidden = true;
document.body.append(probe);
function colour(name, opacity) {
	probe.style.color = `var(--ec-${name})`;
	const [r, g, b] = getComputedStyle(probe).color.match(/[\d.]+/g);
	return `rgba(${r}, ${g}, ${b}, ${opacity ?? 1})`;
}

function short(minor, currency) {
	const value = minor / 100, size = Math.abs(value), sign = value < 0 ? "\u2212" : "";
	const mark = { EUR: "€", USD: "$", GBP: "£", CHF: "CHF" }[currency] || currency;
	const write = (number, unit, digits) => {
		const text = number.toLocaleString(language, { maximumFractionDigits: digits }).replaceAll("\u202f", "\u00a0");
		return french ? `${sign}${text}\u00a0${unit}${mark}` : `${sign}${mark}${text}${unit.toLowerCase() === "m" ? "M" : unit}`;
	};
	if (size >= 1e6) return write(size / 1e6, "M", 2);
	if (size >= 1e3) return write(size / 1e3, "k", 0);
	return write(size, "", 0);
}
function month(text) {
	const match = /^(\d{4})-(\d\d)/.exec(text);
	if (!match) return text;
	const words = new Date(Date.UTC(+match[1], +match[2] - 1, 1)).toLocaleDateString(language, { month: "short", timeZone: "UTC" });
	return match[2] === "01" ? `${words} ${match[1].slice(2)}` : words;
}

function base(figures) {
	const ink = colour("ink-3");
	return {
		animation: false,
		aria: { enabled: false }, // the place has its own label, and a table beside it
		textStyle: { fontFamily: "Inter, system-ui", fontSize: 12, color: ink },
		grid: { left: 8, right: 16, top: 18, bottom: 8, containLabel: true },
		tooltip: {
			trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("surface"), borderColor: colour("line-2"),
			textStyle: { color: colour("ink"), fontSize: 12, fontFamily: "Inter, system-ui" },
		},
		xAxis: {
			type: "category", data: figures.x.map(month), axisLine: { lineStyle: { color: colour("line-2") } }, axisTick: { show: false },
			axisLabel: { color: ink, fontSize: 11.5, hideOverlap: true },
		},
		yAxis: { type: "value", splitLine: { lineStyle: { color: colour("grid") } }, axisLabel: { color: ink, fontSize: 11.5 } },
		series: [],
	};
}
function amounts(option, figures) {
	const currency = figures.currency || "EUR";
	option.yAxis.axisLabel.formatter = value => short(value, currency);
	option.tooltip.valueFormatter = value => (value == null ? "–" : money(value, currency));
	return option;
}

const kinds = {
	lines(figures) {
		const option = base(figures), unit = figures.unit ? `\u00a0${figures.unit}` : "";
		option.grid.right = 72;
		option.xAxis.boundaryGap = false;
		Object.assign(option.yAxis, { min: figures.min ?? (range => Math.floor(range.min * 0.9)), max: figures.max });
		option.tooltip.valueFormatter = value => (value == null ? "–" : value.toLocaleString(language, { maximumFractionDigits: 1 }) + unit);
		option.series = figures.series.map((line, index) => {
			const tint = colour(line.color || ["c1", "c3", "c2"][index % 3]);
			return {
				name: line.name, type: "line", data: line.values, symbol: line.thin ? "none" : "circle", symbolSize: 5,
				lineStyle: { width: line.thin ? 1.6 : 2.5, color: tint }, itemStyle: { color: tint },
				endLabel: {
					show: true, color: tint, fontWeight: 620, fontSize: 12.5,
					formatter: point => (point.value == null ? "" : Math.round(point.value).toLocaleString(language) + unit),
				},
			};
		});
		if (figures.target)
			option.series[0].markLine = {
				silent: true, symbol: "none", data: [{ yAxis: figures.target.value }],
				lineStyle: { color: colour("c2"), type: [4, 4], width: 1.3 },
				label: { formatter: `${figures.target.name} ${figures.target.value}`, color: colour("c2"), fontSize: 11.5, position: "end" },
			};
		return option;
	},
	stack(figures) {
		const option = amounts(base(figures), figures);
		option.series = figures.series.map((part, index) => ({
			name: part.name, type: "bar", stack: "all", data: part.values, barWidth: "56%",
			itemStyle: { color: colour(part.color || `a${index}`) },
		}));
		return option;
	},
	forecast(figures) {
		const option = amounts(base(figures), figures);
		const band = { type: "line", stack: "band", symbol: "none", lineStyle: { opacity: 0 }, tooltip: { show: false } };
		option.series = [
			{ ...band, name: "p10", data: figures.p10 },
			{ ...band, name: figures.names.band, data: figures.p90.map((high, i) => high - figures.p10[i]), areaStyle: { color: colour("band", 0.2) } },
			{
				name: figures.names.median, type: "line", data: figures.p50, symbol: "circle", symbolSize: 5,
				lineStyle: { width: 2.5, color: colour("c1") }, itemStyle: { color: colour("c1") },
			},
		];
		if (figures.out)
			option.series.push({
				name: figures.out_name, type: "bar", data: figures.out, barWidth: "38%", z: 1,
				itemStyle: { color: colour("c3", 0.42), borderRadius: [3, 3, 0, 0] },
			});
		return option;
	},
	bars(figures) {
		const option = amounts(base(figures), figures);
		option.series = [{
			name: figures.name, type: "bar", data: figures.values, barWidth: "52%",
			itemStyle: { color: colour(figures.color || "c1"), borderRadius: [4, 4, 0, 0] },
		}];
		return option;
	},
	pareto(figures) {
		const option = kinds.bars(figures);
		option.yAxis = [option.yAxis, {
			type: "value", min: 0, max: 1, splitLine: { show: false },
			axisLabel: { color: colour("ink-3"), fontSize: 11.5, formatter: value => value.toLocaleString(language, { style: "percent" }) },
		}];
		option.series.push({
			name: figures.share_name, type: "line", yAxisIndex: 1, data: figures.share, symbol: "circle", symbolSize: 6,
			lineStyle: { color: colour("c2"), width: 2 }, itemStyle: { color: colour("c2") },
			tooltip: { valueFormatter: value => value.toLocaleString(language, { style: "percent", maximumFractionDigits: 1 }) },
		});
		return option;
	},
};

const places = document.querySelectorAll("[data-chart]");
try {
	const { init, getInstanceByDom } = await import("/assets/vendor/echarts.js");
	await document.fonts?.ready;
	const draw = () => {
		for (const place of places) {
			const figures = JSON.parse(document.getElementById(place.dataset.source).textContent);
			const chart = getInstanceByDom(place) || init(place, null, { renderer: "svg" });
			chart.setOption(kinds[place.dataset.chart](figures), true);
		}
	};
	draw();
	new ResizeObserver(() => places.forEach(place => getInstanceByDom(place)?.resize())).observe(document.body);
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
	matchMedia("print").addEventListener("change", draw);
} catch (problem) {
	console.warn("Charts are not shown:", problem);
	for (const place of places) place.hidden = true;
}
