import assert from "node:assert/strict";
import { test } from "node:test";
import { rest, written } from "../../webapp/static/src/payments/manual_match";

test("what is left runs along, credit notes add to it", () => {
  assert.equal(rest(10_000, []), 10_000);
  assert.equal(rest(10_000, [{ amount: 10_500, sign: 1 }, { amount: 500, sign: -1 }]), 0);
  assert.equal(rest(100, [{ amount: 101, sign: 1 }]), -1);
});

test("an amount is filled in as people write it", () => {
  assert.equal(written(123_405, "fr"), "1234,05");
  assert.equal(written(9, "en"), "0.09");
});
