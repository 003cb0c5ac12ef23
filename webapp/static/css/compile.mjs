/* Puts the stylesheet together: Pico and the tokens from Sass, then base, layout, components, features. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileAsync } from "sass";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = join(here, "../../../node_modules");

const sass = async (name) =>
  (await compileAsync(join(here, name), { loadPaths: [modules], charset: false, quietDeps: true })).css;

/* A file that names no layer of its own goes into "components", so nobody has to remember it. */
const inLayer = (css) => (/@layer\s/.test(css) ? css : `@layer components {\n${css}\n}`);

async function folder(name) {
  const files = (await readdir(join(here, name))).filter((file) => file.endsWith(".css")).sort();
  return Promise.all(files.map(async (file) => inLayer(await readFile(join(here, name, file), "utf8"))));
}

export async function compileCss() {
  const parts = await Promise.all([
    sass("pico.scss").then((css) => `@layer pico {\n${css}\n}`),
    sass("tokens.scss"),
    readFile(join(here, "base.css"), "utf8"),
    readFile(join(here, "layout.css"), "utf8"),
    folder("components"),
    folder("features"),
  ]);
  return ["@layer pico, tokens, base, layout, components;", ...parts.flat()].join("\n");
}
