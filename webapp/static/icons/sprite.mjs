/* One sprite: our own mark, and the Lucide drawings named in sprite.json. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const drawings = join(here, "../../../node_modules/lucide-static/icons");

function symbol(name, svg) {
  const inside = svg.replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace(/<\/svg>\s*$/, "");
  return `<symbol id="i-${name}" viewBox="0 0 24 24">${inside.replace(/\s*\n\s*/g, "").replace(/\s*\/>/g, "/>")}</symbol>`;
}

async function drawing(name) {
  try {
    return symbol(name, await readFile(join(drawings, `${name}.svg`), "utf8"));
  } catch {
    throw new Error(`webapp/static/icons/sprite.json: Lucide has no icon "${name}"`);
  }
}

export async function buildSprite() {
  const names = [...new Set(JSON.parse(await readFile(join(here, "sprite.json"), "utf8")))].sort();
  const logo = symbol("logo", await readFile(join(here, "logo.svg"), "utf8"));
  const symbols = await Promise.all(names.map(drawing));
  return `<svg xmlns="http://www.w3.org/2000/svg">${logo}${symbols.join("")}</svg>`;
}
