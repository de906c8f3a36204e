// Every kind of page: accessible, no wider than the screen, silent, light and dark, on every kind of host.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export default async function ({ folder, picked, hosts, shots, SIZES, axe, judge, visit, url }) {
  for (const { file, label } of picked) {
    for (const colorScheme of ["light", "dark"]) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        const wrong = await visit(url(hosts[0], file), { colorScheme, viewport, bypassCSP: true }, async (page, wrong) => {
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          if (wide > 0) wrong.push(`the page is ${wide} pixels wider than the screen`);
          wrong.push(...await axe(page));
          if (shots) await page.screenshot({ path: join(shots, `${label}-${size}-${colorScheme}.png`), fullPage: true });
        });
        judge(`${label} ${file} ${size} ${colorScheme}`, wrong);
      }
    }
    // The policy of the page itself is in force, under a sub-path and from the disk.
    judge(`${label} ${file} under a sub-path`, file === "404.html" ? [] : await visit(url(hosts[1], file), {}, async () => {}));
    const disk = pathToFileURL(join(folder, file)).href;
    judge(`${label} ${file} from the disk`, file === "404.html" ? [] : await visit(disk, {}, async (page, wrong) => {
      const styled = await page.evaluate(() => getComputedStyle(document.querySelector(".top")).position);
      if (styled !== "sticky") wrong.push("the style sheet is not applied");
    }));
  }
}
