// What the journeys find in the store: the demo company, with its stories.
export async function prepare(desk) {
	desk.command("demo", "--prepare-only");
}
