/* Builds the front end into webapp/static/dist: hashed modules, one stylesheet, one sprite, the service worker.
 *   node script/build.mjs            once
 *   node script/build.mjs --watch    again at every change under webapp/static
 *   node script/build.mjs --sizes    once, then prints the first load and fails above the budget
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, gzip, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { compileCss, compilePages } from "../webapp/static/css/compile.mjs";
import { buildSprite } from "../webapp/static/icons/sprite.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "webapp/static/src");
const dist = join(root, "webapp/static/dist");
const BUDGET = { js: 70_000, css: 20_000 };
const TARGET = ["chrome109", "firefox115", "safari16.4"];

const HASHED = /-[0-9A-Z]{8}\.(js|css|svg)$/;
const BUILT = /-[0-9A-Z]{8}\.(js|css|svg)(\.(map|gz|br))?$/;
const short = (content) => createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();

/* Every <thing>_controller.ts, in whatever feature folder, under the identifier <thing>. */
async function controllers() {
  const found = new Map();
  for (const entry of await readdir(source, { recursive: true })) {
    if (!entry.endsWith("_controller.ts")) continue;
    const identifier = basename(entry, "_controller.ts").replaceAll("_", "-");
    if (found.has(identifier)) throw new Error(`Two controllers are named "${identifier}": ${found.get(identifier)}, ${entry}`);
    found.set(identifier, entry);
  }
  return [...found].sort();
}

const controllerModules = {
  name: "controllers",
  setup(build) {
    build.onResolve({ filter: /^virtual:controllers$/ }, () => ({ path: "controllers", namespace: "virtual" }));
    build.onLoad({ filter: /.*/, namespace: "virtual" }, async () => {
      const lines = (await controllers()).map(([id, file]) => `  ${JSON.stringify(id)}: () => import(${JSON.stringify("./" + file)}),`);
      return { contents: `export const controllers = {\n${lines.join("\n")}\n};`, loader: "js", resolveDir: source };
    });
  },
};

const common = { bundle: true, minify: true, metafile: true, target: TARGET, logLevel: "warning", legalComments: "none" };

async function buildModules(manifest) {
  const result = await esbuild.build({
    ...common,
    entryPoints: { app: join(source, "app.ts") },
    outdir: dist,
    format: "esm",
    splitting: true,
    sourcemap: process.argv.includes("--watch") ? "linked" : false,
    entryNames: "[name]-[hash]",
    chunkNames: "chunks/[name]-[hash]",
    plugins: [controllerModules],
  });
  const outputs = Object.entries(result.metafile.outputs)
    .filter(([path]) => path.endsWith(".js"))
    .map(([path, output]) => ({ path: relative(dist, join(process.cwd(), path)), ...output }));
  const named = (name) => outputs.find((output) => output.entryPoint?.endsWith(`src/${name}.ts`));
  const first = firstLoad(outputs, [named("app"), named("start")]);
  manifest["app.js"] = named("app").path;
  manifest.preload = first.filter((path) => path !== manifest["app.js"]);
  return { outputs, first };
}

async function buildStyles(manifest) {
  const sheets = [["app", await compileCss()], ...await compilePages()];
  for (const [name, css] of sheets) {
    const { code, warnings } = await esbuild.transform(css, { loader: "css", minify: true, target: TARGET });
    if (warnings.length) throw new Error(warnings.map(({ text, location }) => `${text}: ${location?.lineText.trim()}`).join("\n"));
    manifest[`${name}.css`] = await emit(name, "css", code);
  }
}

async function emit(name, extension, content) {
  const file = `${name}-${short(content)}.${extension}`;
  await writeFile(join(dist, file), content);
  return file;
}

/* The worker carries the list of files to keep, and a version that changes exactly when one of them does. */
async function buildWorker(manifest, outputs) {
  const sheets = Object.keys(manifest).filter((name) => name.endsWith(".css")).sort();
  const files = [...sheets.map((name) => manifest[name]), manifest["icons.svg"], ...outputs.map((output) => output.path).sort()];
  const worker = await esbuild.build({
    ...common,
    entryPoints: [join(source, "sw/service_worker.ts")],
    format: "iife",
    write: false,
    define: { PRECACHE: JSON.stringify(files.map((file) => `/static/dist/${file}`)), VERSION: JSON.stringify(short(files.join())) },
  });
  await writeFile(join(dist, "service-worker.js"), worker.outputFiles[0].contents);
}

/* What the first page needs before anything lazy: the entries and all that they import statically. */
function firstLoad(outputs, entries) {
  const byPath = new Map(outputs.map((output) => [output.path, output]));
  const seen = new Set();
  const follow = (path) => {
    if (seen.has(path) || !byPath.has(path)) return;
    seen.add(path);
    for (const imported of byPath.get(path).imports) {
      if (imported.kind === "import-statement") follow(relative(dist, join(process.cwd(), imported.path)));
    }
  };
  entries.forEach((entry) => follow(entry.path));
  return [...seen];
}

/* Beside each file whose name says what is in it, the same one made small: served to whoever accepts it. */
async function compress() {
  const ways = { gz: (content) => promisify(gzip)(content, { level: 9 }), br: promisify(brotliCompress) };
  const files = await readdir(dist, { recursive: true });
  const there = new Set(files);
  await Promise.all(files.filter((file) => HASHED.test(file)).flatMap((file) => Object.entries(ways).map(async ([extension, small]) => {
    if (there.has(`${file}.${extension}`)) return;
    const content = await readFile(join(dist, file));
    const packed = await small(content);
    if (packed.length < content.length * 0.95) await replace(`${file}.${extension}`, packed);
  })));
}

/* Renamed into place: a server never reads half a file. */
async function replace(file, content) {
  await writeFile(join(dist, `${file}.new`), content);
  await rename(join(dist, `${file}.new`), join(dist, file));
}

/* Files of earlier builds go, except those of the last ten minutes: an open page may still ask for them. */
async function sweep(keep) {
  const { mtimeMs: now } = await stat(join(dist, "manifest.json"));
  for (const file of await readdir(dist, { recursive: true })) {
    if (keep.has(file.replace(/\.(gz|br)$/, "")) || !BUILT.test(file)) continue;
    if (now - (await stat(join(dist, file))).mtimeMs > 600_000) await rm(join(dist, file), { force: true });
  }
}

async function build() {
  const started = performance.now();
  const manifest = {};
  await mkdir(join(dist, "chunks"), { recursive: true });
  const [modules] = await Promise.all([
    buildModules(manifest),
    buildStyles(manifest),
    buildSprite().then(async (svg) => { manifest["icons.svg"] = await emit("icons", "svg", svg); }),
  ]);
  await buildWorker(manifest, modules.outputs);
  manifest["service-worker.js"] = "service-worker.js";
  if (!process.argv.includes("--watch")) await compress();
  await replace("manifest.json", JSON.stringify(manifest, null, 2) + "\n");
  await sweep(new Set([...Object.values(manifest).flat(), ...modules.outputs.map((output) => output.path)]));
  console.log(`front end built in ${Math.round(performance.now() - started)} ms`);
  return { manifest, modules };
}

async function sizes({ manifest, modules }) {
  const weigh = async (files) => {
    const weights = await Promise.all(files.map(async (file) => gzipSync(await readFile(join(dist, file)), { level: 9 }).length));
    return weights.reduce((sum, weight) => sum + weight, 0);
  };
  const pages = Object.keys(manifest).filter((name) => name.endsWith(".css") && name !== "app.css");
  const heaviest = Math.max(0, ...await Promise.all(pages.map((name) => weigh([manifest[name]]))));
  const weights = { js: await weigh(modules.first), css: await weigh([manifest["app.css"]]) + heaviest };
  for (const [kind, weight] of Object.entries(weights)) {
    const verdict = weight <= BUDGET[kind] ? "within" : "ABOVE";
    console.log(`first load ${kind}: ${(weight / 1000).toFixed(1)} kB gzip, ${verdict} ${BUDGET[kind] / 1000} kB`);
    if (weight > BUDGET[kind]) process.exitCode = 1;
  }
}

function rebuildOnChange() {
  let timer;
  for (const folder of ["src", "css", "icons"]) {
    watch(join(root, "webapp/static", folder), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => build().catch((error) => console.error(error.message)), 150);
    });
  }
}

process.chdir(root);
const built = await build();
if (process.argv.includes("--sizes")) await sizes(built);
if (process.argv.includes("--watch")) rebuildOnChange();
