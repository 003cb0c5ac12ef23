import assert from "node:assert/strict";
import { test } from "node:test";
import { isSigned, placed } from "../../webapp/static/src/visits/strokes";

const box = { left: 10, top: 20, width: 300, height: 105 };

test("a place on the screen is a place on the sheet, and never beside it", () => {
  assert.deepEqual(placed(160, 72.5, box, 1200, 420), { x: 600, y: 210 });
  assert.deepEqual(placed(-50, 900, box, 1200, 420), { x: 0, y: 420 });
  assert.deepEqual(placed(5, 5, { ...box, width: 0, height: 0 }, 1200, 420), { x: 0, y: 0 });
});

test("a tap is no signature, a stroke is", () => {
  const line = Array.from({ length: 11 }, (_each, n) => ({ x: n * 10, y: 0 }));
  assert.equal(isSigned([]), false);
  assert.equal(isSigned([[{ x: 5, y: 5 }]]), false);
  assert.equal(isSigned([line]), true);
  assert.equal(isSigned([line.slice(0, 5), line.slice(6)]), true);
  assert.equal(isSigned([line.slice(0, 5)]), false);
});
