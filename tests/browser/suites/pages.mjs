// Every kind of page: accessible, no wider than the screen, silent, light and dark, on every kind of host.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export default async function ({ folder, picked, hosts, shots, SIZES, axe, judge, visit, url, each }) {
  await each(picked, async ({ file, label }) => {
    for (const [size, viewport] of Object.entries(SIZES)) {
      judge(`${label} ${file} ${size}`, await visit(url(hosts[0], file), { colorScheme: "light", viewport, bypassCSP: true }, async (page, wrong) => {
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          if (wide > 0) wrong.push(`${colorScheme}: the page is ${wide} pixels wider than the screen`);
          // In the dark nothing but colours is another.
          const found = await axe(page, colorScheme === "dark" ? ["color-contrast", "link-in-text-block"] : undefined);
          wrong.push(...found.map((words) => `${colorScheme}: ${words}`));
          if (shots) await page.screenshot({ path: join(shots, `${label}-${size}-${colorScheme}.png`), fullPage: true });
        }
      }));
    }
    if (file === "404.html") return;
    // The policy of the page itself is in force, under a sub-path and from the disk.
    judge(`${label} ${file} under a sub-path`, await visit(url(hosts[1], file), {}, async () => {}));
    judge(`${label} ${file} from the disk`, await visit(pathToFileURL(join(folder, file)).href, {}, async (page, wrong) => {
      const styled = await page.evaluate(() => getComputedStyle(document.querySelector(".top")).position);
      if (styled !== "sticky") wrong.push("the style sheet is not applied");
    }));
  });
}
