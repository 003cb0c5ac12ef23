/* Lighthouse over pages of somebody signed in: `node audit.mjs NAME=URL …` prints a line of JSON for each run.
 * Each run has a browser context of its own: nothing is cached, no worker is there. */
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const { CHROMIUM, COOKIE, RUNS } = process.env;
const CATEGORIES = ["performance", "accessibility", "best-practices"];
const METRICS = { lcp: "largest-contentful-paint", cls: "cumulative-layout-shift", tbt: "total-blocking-time" };
const pages = process.argv.slice(2).map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)]);

const browser = await puppeteer.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
for (let run = 0; run < Number(RUNS); run += 1) {
  for (const [name, url] of pages) {
    const context = await browser.createBrowserContext();
    const [cookie, ...value] = COOKIE.split("=");
    await context.setCookie({ name: cookie, value: value.join("="), domain: new URL(url).hostname, path: "/", httpOnly: true });
    const page = await context.newPage();
    const { lhr } = await lighthouse(url, { onlyCategories: CATEGORIES, disableStorageReset: true, logLevel: "error" }, undefined, page);
    const { categories, audits } = lhr;
    const scores = Object.fromEntries(CATEGORIES.map((each) => [each, categories[each].score]));
    const metrics = Object.fromEntries(Object.entries(METRICS).map(([short, id]) => [short, audits[id].numericValue]));
    // What took points away, for whoever is to mend it.
    const faults = CATEGORIES.flatMap((each) => categories[each].auditRefs)
      .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 0.9)
      .map(({ id }) => `${id}: ${audits[id].displayValue || (audits[id].details?.items ?? []).slice(0, 2).map((item) => JSON.stringify(item)).join(" ").slice(0, 400) || audits[id].title}`);
    const others = audits["network-requests"].details.items.map((item) => new URL(item.url)).filter(({ origin, protocol }) => protocol.startsWith("http") && origin !== new URL(url).origin).length;
    console.log(JSON.stringify({ name, run, final: lhr.finalDisplayedUrl, error: lhr.runtimeError?.message, ...scores, ...metrics, others, faults }));
    await context.close();
  }
}
await browser.close();
