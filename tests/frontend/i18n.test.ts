import assert from "node:assert/strict";
import { test } from "node:test";
import { defineStrings, translator } from "../../webapp/static/src/lib/i18n";

const t = translator(
  defineStrings({
    fr: { fresh: "{n} nouveau|{n} nouveaux", reader: "{name} lira ce message" },
    en: { fresh: "{n} new one|{n} new ones", reader: "{name} will read this message" },
  }),
);

test("fills in values, and leaves an unknown one visible", () => {
  assert.equal(t("reader", { name: "Élise Delorme" }, "fr"), "Élise Delorme lira ce message");
  assert.equal(t("reader", {}, "en"), "{name} will read this message");
});

test("French counts zero as one, English does not", () => {
  assert.equal(t("fresh", { n: 0 }, "fr"), "0 nouveau");
  assert.equal(t("fresh", { n: 3 }, "fr"), "3 nouveaux");
  assert.equal(t("fresh", { n: 0 }, "en"), "0 new ones");
  assert.equal(t("fresh", { n: 1 }, "en"), "1 new one");
});

test("a missing English key is an error of the typecheck", () => {
  // @ts-expect-error "other" has no English words
  defineStrings({ fr: { one: "un", other: "autre" }, en: { one: "one" } });
});
