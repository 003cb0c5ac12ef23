import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "../../webapp/static/src/lib/uuid";

test("carries its time, its version and its variant", () => {
  const id = uuid7(0x0193_5a2b_3c4d, new Uint8Array(10).fill(0xff));
  assert.equal(id, "01935a2b-3c4d-7fff-bfff-ffffffffffff");
});

test("sorts by the time it was made", () => {
  const ids = [5, 1, 3].map((offset) => uuid7(1_790_000_000_000 + offset));
  assert.deepEqual([...ids].sort(), [ids[1], ids[2], ids[0]]);
});

test("never repeats within a millisecond", () => {
  assert.equal(new Set(Array.from({ length: 5000 }, () => uuid7(1))).size, 5000);
});
