import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const names = new Set<string>([...JSON.parse(readFileSync("webapp/static/icons/sprite.json", "utf8")), "logo"]);

test("every icon a template names is in the sprite", () => {
  const missing: string[] = [];
  for (const file of readdirSync("webapp/templates", { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".html")) continue;
    const text = readFileSync(join("webapp/templates", file), "utf8");
    for (const [, name] of text.matchAll(/\b(?:icon|icon_link|void)\(\s*"([a-z0-9-]+)"/g)) {
      if (!names.has(name ?? "")) missing.push(`${file}: ${name}`);
    }
  }
  assert.deepEqual(missing, []);
});

test("no template carries an inline style or script: the CSP would drop it", () => {
  const found: string[] = [];
  for (const file of readdirSync("webapp/templates", { recursive: true, encoding: "utf8" })) {
    // mails have no CSP, and no stylesheet either
    if (!file.endsWith(".html") || file.startsWith("emails")) continue;
    const text = readFileSync(join("webapp/templates", file), "utf8").replace(/\{#[\s\S]*?#\}/g, "");
    if (/\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+="/.test(text)) found.push(file);
  }
  assert.deepEqual(found, []);
});
