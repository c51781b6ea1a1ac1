// Small behaviours of every page. Each module listens on the document, so fragments swapped in later need no set-up.
// Without any of it the pages read and act: menus are <details>, lists are forms, undo is a button.
import "./menus.js";
import "./selection.js";
import "./keys.js";
import "./palette.js";
import "./sheet.js";
import "./toast.js";
if (document.querySelector("[data-chart]")) import("./charts.js");
if (document.querySelector("[data-allocate]")) import("./allocate.js");
if (document.querySelector("[data-line]")) import("./scenario.js");
