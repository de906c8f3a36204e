// Serves a folder below a prefix, as a good file host does: no rewriting, no listing, 404.html for what is not there, texts compressed,
// and the headers that `_headers` names.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { join, normalize, extname } from "node:path";
import { gzipSync } from "node:zlib";

const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml", ".json": "application/json", ".xml": "application/xml", ".txt": "text/plain; charset=utf-8",
  ".png": "image/png", ".jpg": "image/jpeg", ".gz": "application/gzip",
};
const COMPRESSED = new Set([".html", ".css", ".js", ".svg", ".json", ".xml", ".txt"]);

/** Reads `_headers`: patterns in which `*` stands for anything, each with headers; all rules that fit count. */
export function headerRules(text) {
  const rules = [];
  for (const line of text.split("\n").filter((line) => line.trim() && !line.startsWith("#"))) {
    if (!/^\s/.test(line)) {
      const pattern = line.trim().split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*");
      rules.push({ pattern: new RegExp(`^${pattern}$`), headers: [] });
    } else {
      const at = line.indexOf(":");
      rules.at(-1).headers.push([line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()]);
    }
  }
  return (path) => Object.fromEntries(rules.filter((rule) => rule.pattern.test(path)).flatMap((rule) => rule.headers));
}

/** Starts a server for `folder` below `prefix`; resolves to its address and a function that stops it. */
export async function serve(folder, prefix) {
  const headers = headerRules(await readFile(join(folder, "_headers"), "utf8").catch(() => ""));
  const packed = new Map();
  const pack = (file, body) => {
    if (!packed.has(file)) packed.set(file, gzipSync(body));
    return packed.get(file);
  };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const found = path.startsWith(prefix) ? normalize(`/${path.slice(prefix.length) || "index.html"}`) : "/";
    let status = 200;
    let file = join(folder, found);
    let body = await readFile(file).catch(() => null);
    if (!body || found === "/_headers") {
      [status, file] = [404, join(folder, "404.html")];
      body = await readFile(file).catch(() => Buffer.from("not found"));
    }
    const kind = extname(file);
    const given = { "content-type": TYPES[kind] ?? "application/octet-stream", "cache-control": "public, max-age=0, must-revalidate", ...headers(found) };
    if (COMPRESSED.has(kind) && request.headers["accept-encoding"]?.includes("gzip")) {
      body = pack(file, body);
      given["content-encoding"] = "gzip";
      given.vary = "accept-encoding";
    }
    response.writeHead(status, { ...given, "content-length": body.length }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${server.address().port}${prefix}`;
  return { address, stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}
