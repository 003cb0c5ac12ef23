/* Draws the PNG icons from the mark, by hand when the mark changes:
 *   node webapp/static/icons/render.mjs        (needs a Chromium; CHROMIUM names another one)
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const path = readFileSync(join(here, "logo.svg"), "utf8").match(/ d="([^"]+)"/)[1];
const INK = "#2A3B99";
const PAPER = "#FFFFFF";

/* share: how much of the side the mark takes; maskable icons keep it inside the middle 80 %. */
const drawings = [
  { file: "icon-192.png", size: 192, radius: 0.22, share: 0.62, ground: INK, mark: PAPER },
  { file: "icon-512.png", size: 512, radius: 0.22, share: 0.62, ground: INK, mark: PAPER },
  { file: "maskable-192.png", size: 192, radius: 0, share: 0.5, ground: INK, mark: PAPER },
  { file: "maskable-512.png", size: 512, radius: 0, share: 0.5, ground: INK, mark: PAPER },
  { file: "apple-touch-180.png", size: 180, radius: 0, share: 0.58, ground: INK, mark: PAPER },
  { file: "badge-96.png", size: 96, radius: 0, share: 0.9, ground: "none", mark: PAPER },
];

function svg({ size, radius, share, ground, mark }) {
  const side = size * share;
  const offset = (size - side) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect width="${size}" height="${size}" rx="${size * radius}" fill="${ground}"/>` +
    `<g transform="translate(${offset} ${offset}) scale(${side / 24})" fill="none" stroke="${mark}" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"><path d="${path}"/></g></svg>`;
}

const folder = mkdtempSync(join(tmpdir(), "icons-"));
for (const drawing of drawings) {
  const page = join(folder, "page.html");
  writeFileSync(page, `<!doctype html><style>body{margin:0}svg{display:block}</style>${svg(drawing)}`);
  execFileSync(process.env.CHROMIUM ?? "chromium", [
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--default-background-color=00000000",
    `--window-size=${drawing.size},${drawing.size}`, `--screenshot=${join(here, drawing.file)}`, `file://${page}`,
  ], { stdio: "ignore" });
  console.log(drawing.file);
}
rmSync(folder, { recursive: true });
