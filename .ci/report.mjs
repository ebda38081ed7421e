// Composes the performance report. Usage: report.mjs LOAD-JSON BENCH-OUTPUT READY-MS RSS-MB MYSQL-BENCH-OUTPUT
import { readFileSync } from "node:fs";

const [loadFile, benchFile, ready, rss, mysqlFile] = process.argv.slice(2);
const load = JSON.parse(readFileSync(loadFile, "utf8"));
const bench = readFileSync(benchFile, "utf8");
const out = [];
const row = (...cells) => out.push("| " + cells.join(" | ") + " |");

out.push("# Performance report", "");
out.push("Written by `make bench`. Processor time is user and system time of the server and of MySQL together; wall times depend on");
out.push("the machine and on what else it does.", "");
out.push("## At rest", "");
row("what", "found", "budget");
row("---", "---", "---");
row("start to ready on an existing SQLite file", `${ready} ms`, "1000 ms");
row("memory at rest", `${rss} MiB`, "150 MiB");
out.push("", `## ${load.people} people at work`, "");
out.push(`MySQL 9.7, ${Math.round(load.seconds)} s, twenty a project, think time 1 s on average: ${load.requests} requests, ${load.requestsPerSecond.toFixed(0)} a second, **${load.errors} errors**, `
  + `p50 ${load.p50} ms, **p95 ${load.p95} ms** (budget ${load.limitP95} ms), p99 ${load.p99} ms, **${load.cpuMillisecondsPerRequest.toFixed(2)} ms of processor time a request** (budget 2.5 ms).`, "");
const a = load.arrival;
out.push(`Before that, all ${a.logIn.count} signed in within ${Math.round(a.seconds)} s: log-in p50 ${a.logIn.p50} ms, p95 ${a.logIn.p95} ms, the password hash and waiting for a turn included. `
  + `Those who were at work meanwhile made ${a.requests} requests with p95 ${a.p95} ms.`, "");
row("operation", "count", "p50 ms", "p95 ms", "p99 ms", "longest ms", "errors");
row("---", "---", "---", "---", "---", "---", "---");
for (const o of load.operations) row(o.name, o.count, o.p50, o.p95, o.p99, o.max, Object.entries(o.errors ?? {}).map(([k, v]) => `${v}× ${k}`).join(", ") || 0);
out.push("", "A board grows with the tasks that are made while the run lasts; what single operations cost on boards of known size is");
out.push("`BenchmarkOperation` below, with the budget of each (SQLite; the asking client's time is in the figure).");
// measured reads the lines of go test -bench: a name and its figures by unit.
const measured = (text) => text.split("\n").filter((line) => line.startsWith("Benchmark")).map((line) => {
  const [name, , ...figures] = line.trim().split(/\s+/);
  const by = {};
  for (let i = 0; i + 1 < figures.length; i += 2) by[figures[i + 1]] = Number(figures[i]);
  return { name: name.replace(/^Benchmark/, "").replace(/-\d+$/, "").replaceAll("_", " "), by };
});
const onMySQL = measured(readFileSync(mysqlFile, "utf8"));
const beside = measured(bench);
const under = (group) => onMySQL.filter((m) => m.name.startsWith(group + "/")).map((m) => ({ name: m.name.slice(group.length + 1), by: m.by }));
out.push("", "## The journal", "", "MySQL 9.7 with durable commits, as it is installed: the same business write with and without its entry, in turns.", "");
row("what", "found", "target");
row("---", "---", "---");
for (const m of under("CostOnABusinessWrite")) row(`cost on a business write, ${m.name}`, `${m.by["%cost"]} %`, "25 %");
for (const m of onMySQL.filter((m) => m.name === "LonelyWriteToFollower")) row("from the commit of a lonely write to a follower, p95", `${m.by["p95-ms"]} ms`, "10 ms");
out.push("", "## Search", "");
out.push("MySQL 9.7; tasks of 200 Chinese characters whose words are as unevenly common as those of a language. Processor time is the server's without MySQL's.");
out.push("Budgets: any two words p95 below 100 ms in 100,000 tasks, at least 2,000 tasks a second built, an index of at most three times the text, found within 1,000 ms.", "");
row("query, a page of 50 of 100,000 tasks", "p95 ms", "mean ms", "processor ms");
row("---", "---", "---", "---");
for (const m of under("Find")) row(m.name, m.by["p95-ms"], (m.by["ns/op"] / 1e6).toFixed(2), m.by["cpu-ms/op"]);
out.push("");
row("building the index anew", "tasks/s", "processor ms a task", "index to text", "segments");
row("---", "---", "---", "---", "---");
for (const m of under("Index")) row(m.name, m.by["tasks/s"], m.by["cpu-ms/task"], m.by["x-text"], m.by.segments);
out.push("");
row("from commit to found, among 20,000 tasks", "p50 ms", "p95 ms", "longest ms", "writes/s");
row("---", "---", "---", "---", "---");
for (const m of under("Lag")) row(m.name, m.by["p50-ms"], m.by["p95-ms"], m.by["max-ms"], m.by["writes/s"]);
// One figure of a benchmark, by its unit, or a dash when it was not run.
const figure = (name, unit) => Math.round(beside.find((m) => m.name === name)?.by[unit]) || "—";
out.push("", "## The vault", "", "Shares of gmsm's own SM4-GCM are of the same bytes in the same run, both taking turns.", "");
row("what", "found", "target");
row("---", "---", "---");
row("seal 256 bytes, share of gmsm's own speed", `${figure("SealRatio/256", "%of-raw")} %`, "70 %");
row("open 256 bytes, share of gmsm's own speed", `${figure("OpenRatio/256", "%of-raw")} %`, "70 %");
row("a page of 50 tasks, title and description", `${Math.round(figure("Page", "ns/op") / 1000)} µs`, "500 µs");
row("seal a file", `${figure("StreamWrite", "MB/s")} MB/s`, "");
row("open a file", `${figure("StreamRead", "MB/s")} MB/s`, "");
row("move rows to a new key (SQLite)", `${figure("Reseal", "rows/s")} rows/s`, "");
out.push("", "## Beside the code", "", "```");
let pkg = "";
for (const line of bench.split("\n")) {
  if (line.startsWith("pkg:")) pkg = line.slice(5);
  else if (line.startsWith("Benchmark")) {
    if (pkg) out.push("", pkg);
    pkg = "";
    out.push(line.replace(/\t/g, " ").replace(/ {2,}/g, "  "));
  }
}
out.push("```");
process.stdout.write(out.join("\n") + "\n");
