/* Puts the stylesheet together: Pico and the tokens from Sass, then base, layout, components, features.
 * Files under pages/ stay sheets of their own, for the pages that name them. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileAsync } from "sass";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = join(here, "../../../node_modules");

const sass = async (name) =>
  (await compileAsync(join(here, name), { loadPaths: [modules], charset: false, quietDeps: true })).css;

/* A file that names no layer of its own goes into "components", so nobody has to remember it. */
const inLayer = (css) => (/@layer\s/.test(css) ? css : `@layer components {\n${css}\n}`);

const list = async (name) => (await readdir(join(here, name))).filter((file) => file.endsWith(".css")).sort();

const read = async (name, file) => inLayer(await readFile(join(here, name, file), "utf8"));

const folder = async (name) => Promise.all((await list(name)).map((file) => read(name, file)));

/* [name, css] of each sheet that only some pages load. */
export async function compilePages() {
  return Promise.all((await list("pages")).map(async (file) => [basename(file, ".css"), await read("pages", file)]));
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
