// Reads a built site: all of its pages, one page of each kind, and whether every link leads somewhere.
import { readdir, readFile } from "node:fs/promises";
import { join, posix } from "node:path";

/** Lists all files of the site, sorted, as paths from its root. */
export async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1)).sort();
}

const KINDS = [
  ["home", /^index\.html$/],
  ["error", /^404\.html$/],
  ["search", /^search\.html$/],
  ["browse", /^packs\/index\.html$/],
  ["health", /^health\.html$/],
  ["health-list", /^health\/.+\.html$/],
  ["docs", /^docs\/[^/]+\.html$/],
  ["format", /^docs\/format\/[^/]+\.html$/],
  ["ecosystem", /^packs\/[^/]+\/index\.html$/],
  ["pack", /^packs\/[^/]+\/[^/]+\/index\.html$/],
  ["document", /^packs\/[^/]+\/[^/]+\/files\/.+\.md\.html$/],
  ["file", /^packs\/[^/]+\/[^/]+\/files\/.+\.html$/],
  ["changelog", /^packs\/[^/]+\/[^/]+\/([^/]+\/)?changelog\.html$/],
  ["files", /^packs\/[^/]+\/[^/]+\/[^/]+\/files\.html$/],
  ["release", /^packs\/[^/]+\/[^/]+\/[^/]+\/index\.html$/],
  ["comparisons", /^packs\/[^/]+\/[^/]+\/compare\/index\.html$/],
  ["compare", /^packs\/[^/]+\/[^/]+\/compare\/[^/]+\.html$/],
  ["component", /^packs\/[^/]+\/[^/]+\/(?!files\/)[^/]+\/[^/]+\/[^/]+\.html$/],
];

/** Picks pages to look at: per kind the smallest, the largest and one between, and the fullest of each ecosystem and component kind. */
export async function samples(folder, files) {
  const picked = [];
  for (const [kind, pattern] of KINDS) {
    const pages = await Promise.all(files.filter((file) => pattern.test(file) && KINDS.find(([, other]) => other.test(file))[0] === kind)
      .map(async (file) => ({ kind, file, size: (await readFile(join(folder, file))).length })));
    pages.sort((a, b) => b.size - a.size || (a.file < b.file ? -1 : 1));
    const chosen = new Set([pages[0], pages[Math.floor(pages.length / 2)], pages.at(-1)]);
    const seen = new Set();
    for (const page of pages) {
      const [, ecosystem, , , component] = page.file.split("/");
      const sort = `${ecosystem} ${kind === "component" ? component : ""}`;
      if (!seen.has(sort)) chosen.add(page);
      seen.add(sort);
    }
    [...chosen].filter(Boolean).forEach((page, number) => picked.push({ ...page, label: `${kind}-${number + 1}` }));
  }
  return picked;
}

/** Returns a function that lists the links of a page that lead to no file or no anchor; `files` are those of the site. */
export function linkChecker(folder, files) {
  const known = new Set(files);
  const anchors = new Map();
  const hasAnchor = async (file, anchor) => {
    if (!anchors.has(file)) {
      const html = await readFile(join(folder, file), "utf8");
      anchors.set(file, new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)));
    }
    return anchors.get(file).has(anchor);
  };
  return async (file, html) => {
    const broken = [];
    for (const [, , address] of new Map([...html.matchAll(/\s(href|src|action)="([^"]*)"/g)].map((found) => [found[2], found])).values()) {
      if (/^[a-z][a-z0-9+.-]*:/i.test(address)) continue;
      if (address.startsWith("/")) { if (file !== "404.html") broken.push(`${address} (not relative)`); continue; }
      const [path, anchor] = address.replaceAll("&amp;", "&").split("#");
      const plain = path.split("?")[0];
      const target = plain ? posix.join(posix.dirname(file), decodeURIComponent(plain)) : file;
      if (target.startsWith("..") || target.endsWith("/")) { broken.push(`${address} (names no file of the site)`); continue; }
      if (!known.has(target)) { broken.push(address); continue; }
      if (anchor && !await hasAnchor(target, decodeURIComponent(anchor))) broken.push(`${address} (no such anchor)`);
    }
    return broken;
  };
}
