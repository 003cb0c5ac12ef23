import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, dayKey, daysBetween, elapsed, hour, longDay } from "../../webapp/static/src/lib/dates";

const now = new Date("2026-11-24T09:30:00Z"); // 10:30 in Paris, a Tuesday

test("hours and days are those of Paris", () => {
  assert.equal(hour(new Date("2026-11-24T08:12:00Z"), "fr"), "09:12");
  assert.equal(hour(new Date("2026-07-01T22:30:00Z"), "fr"), "00:30");
  assert.equal(dayKey(new Date("2026-11-23T23:30:00Z")), "2026-11-24");
});

test("a day that is an hour short still counts as one", () => {
  assert.equal(daysBetween(new Date("2026-03-28T12:00:00Z"), new Date("2026-03-29T12:00:00Z")), 1);
});

test("lists say the hour, yesterday, the weekday, then the date", () => {
  assert.equal(ago(new Date("2026-11-24T08:12:00Z"), now, "fr"), "09:12");
  assert.equal(ago(new Date("2026-11-23T15:40:00Z"), now, "fr"), "hier");
  assert.equal(ago(new Date("2026-11-23T15:40:00Z"), now, "en"), "yesterday");
  assert.equal(ago(new Date("2026-11-20T08:00:00Z"), now, "fr"), "ven.");
  assert.equal(ago(new Date("2026-11-02T08:00:00Z"), now, "fr"), "02/11");
  assert.equal(ago(new Date("2025-11-02T08:00:00Z"), now, "fr"), "02/11/2025");
});

test("alerts count the minutes of the first hour", () => {
  assert.equal(elapsed(new Date("2026-11-24T09:29:40Z"), now, "fr"), "à l’instant");
  assert.equal(elapsed(new Date("2026-11-24T09:18:00Z"), now, "fr"), "il y a 12 min");
  assert.equal(elapsed(new Date("2026-11-24T08:12:00Z"), now, "en"), "09:12");
});

test("a long day names its year only when it is another one", () => {
  assert.equal(longDay(now, now, "fr"), "mardi 24 novembre");
  assert.equal(longDay(new Date("2027-01-04T12:00:00Z"), now, "fr"), "4 janvier 2027");
});
