import assert from "node:assert/strict";
import { test } from "node:test";
import { formatMoney, parseMoney } from "../../webapp/static/src/lib/money";

const fr = (minor: number, more = {}) => formatMoney(minor, { lang: "fr", ...more });
const en = (minor: number, more = {}) => formatMoney(minor, { lang: "en", ...more });

test("French groups by narrow spaces and puts the sign after a no-break space", () => {
  assert.equal(fr(846000), "8\u202f460\u00a0€");
  assert.equal(fr(846000, { cents: true }), "8\u202f460,00\u00a0€");
  assert.equal(fr(218431005, { cents: true }), "2\u202f184\u202f310,05\u00a0€");
});

test("English groups by commas and puts the sign first", () => {
  assert.equal(en(846000, { cents: true }), "€8,460.00");
  assert.equal(en(-123456, { currency: "USD" }), "\u2212$1,235");
  assert.equal(en(123456, { currency: "CHF", cents: true }), "CHF\u00a01,234.56");
});

test("whole units round half away from zero, and zero has no sign", () => {
  assert.equal(fr(150), "2\u00a0€");
  assert.equal(fr(-150), "\u22122\u00a0€");
  assert.equal(fr(-49), "0\u00a0€");
  assert.equal(fr(-49, { cents: true }), "\u22120,49\u00a0€");
});

test("a currency without cents is shown whole", () => {
  assert.equal(fr(500000, { currency: "JPY", cents: true }), "500\u202f000\u00a0JPY");
});

test("what a person types becomes minor units", () => {
  assert.equal(parseMoney("1 234,5", "fr"), 123450);
  assert.equal(parseMoney("50\u202f000 €", "fr"), 5000000);
  assert.equal(parseMoney("1,234.50", "en"), 123450);
  assert.equal(parseMoney("\u221212", "fr"), -1200);
});

test("what is no amount is refused rather than guessed", () => {
  for (const text of ["", "douze", "1,234", "12,345,6", "1e5"]) assert.equal(parseMoney(text, "fr"), null);
});
