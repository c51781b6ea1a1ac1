// DuckDB's load of the same CSV files, to stand beside bench/import_bench.py: each file into a table of a database of its own.
// Not a dependency of the project: npm install @duckdb/node-api in any folder, and run it there.
//
//   python3 bench/generate_fec.py csv 1000000 20000 FOLDER
//   node duckdb_load.mjs FOLDER/invoices.csv FOLDER/payments.csv
import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'duckdb-load-'));
for (const file of process.argv.slice(2)) {
	const instance = await DuckDBInstance.create(join(folder, basename(file) + '.duckdb'));
	const link = await instance.connect();
	await link.run("SET threads = 1");
	const start = process.cpuUsage();
	await link.run(`CREATE TABLE loaded AS SELECT * FROM read_csv('${file.replaceAll("'", "''")}')`);
	await link.run('CHECKPOINT');
	const { user, system } = process.cpuUsage(start);
	const rows = (await link.runAndReadAll('SELECT COUNT(*)::INTEGER FROM loaded')).getRows()[0][0];
	console.log(`${basename(file)}: ${rows} rows, ${((user + system) / 1e6).toFixed(2)} s of the processor`);
	link.closeSync();
}
rmSync(folder, { recursive: true });
