/* Bundles tests/frontend/*.test.ts for Node and runs them with its own test runner. */
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
process.chdir(join(here, "../.."));
// Beside the sources, so that bundles still find node_modules.
const folder = await mkdtemp(join(here, ".built-"));
try {
  const files = (await readdir(here)).filter((file) => file.endsWith(".test.ts"));
  await build({
    entryPoints: files.map((file) => join(here, file)),
    outdir: folder, outExtension: { ".js": ".mjs" },
    bundle: true, platform: "node", format: "esm", packages: "external", sourcemap: "inline", logLevel: "warning",
  });
  const built = files.map((file) => join(folder, file.replace(/\.ts$/, ".mjs")));
  process.exitCode = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...built], { stdio: "inherit" }).status ?? 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
