// Takes a new server through the first-run set-up, as its administrator would in the browser, and replaces the one-time
// password in the file by the new one. Usage: first-setup.mjs URL ACCOUNT PASSWORD-FILE
import { readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";

const [url, account, file] = process.argv.slice(2);
let cookie = "";

async function call(method, path, body) {
  const answer = await fetch(url + "/api/v1" + path, {
    method,
    headers: { "content-type": "application/json", cookie },
    body: body && JSON.stringify(body),
  });
  for (const c of answer.headers.getSetCookie()) cookie = c.split(";")[0];
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}

const password = randomBytes(12).toString("base64url") + "-Aa1";
await call("POST", "/sessions", { account, password: readFileSync(file, "utf8").trim() });
await call("POST", "/setup", { organisation: "Measured", name: "Administrator", password });
writeFileSync(file, password, { mode: 0o600 });
