// What the journeys find in the store: the demo company, with its stories. Made once for each day and kept in ENCOURS_TEST_CACHE
// (./check names a folder that ends with it); without it, made each time.
import { constants, copyFileSync, existsSync, renameSync } from "node:fs";
import { join } from "node:path";

export async function prepare(desk) {
	const folder = process.env.ENCOURS_TEST_CACHE, kept = folder && !desk.database && join(folder, `demo-${desk.today}.db`);
	if (kept && existsSync(kept)) {
		copyFileSync(kept, desk.db, constants.COPYFILE_EXCL);
		return;
	}
	desk.command("demo", "--prepare-only");
	if (!kept) return;
	copyFileSync(desk.db, `${kept}-${process.pid}`);
	renameSync(`${kept}-${process.pid}`, kept); // known by its name once it is whole
}
