// Serves a folder below a prefix, as a dumb file host does: no rewriting, no listing, 404.html for what is not there.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { join, normalize, extname } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
  ".json": "application/json", ".xml": "application/xml", ".gz": "application/gzip",
};

/** Starts a server for `folder` below `prefix`; resolves to its address and a function that stops it. */
export async function serve(folder, prefix) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    try {
      if (!path.startsWith(prefix)) throw new Error("outside");
      const file = join(folder, normalize(`/${path.slice(prefix.length) || "index.html"}`));
      const body = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404, { "content-type": "text/html" }).end("not found");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${server.address().port}${prefix}`;
  return { address, stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}
