import assert from "node:assert/strict";
import { test } from "node:test";
import { creationOptions, requestOptions, toBytes, toText } from "../../webapp/static/src/users/webauthn";

test("bytes go to base64url and back, whatever their length", () => {
  for (const bytes of [[], [0], [251, 255], [255, 254, 253], [1, 2, 3, 4]]) {
    const text = toText(Uint8Array.from(bytes).buffer);
    assert.doesNotMatch(text, /[+/=]/);
    assert.deepEqual([...toBytes(text)], bytes);
  }
  assert.equal(toText(Uint8Array.from([251, 255]).buffer), "-_8");
});

test("what the server asks for becomes what the browser takes", () => {
  const made = creationOptions({
    rp: { id: "encours.example", name: "Encours" },
    user: { id: "AQID", name: "bob@x.fr", displayName: "Bob" },
    challenge: "-_8",
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    excludeCredentials: [{ type: "public-key", id: "BAU" }],
  });
  assert.deepEqual([...(made.user.id as Uint8Array)], [1, 2, 3]);
  assert.deepEqual([...(made.challenge as Uint8Array)], [251, 255]);
  assert.deepEqual([...(made.excludeCredentials?.[0]?.id as Uint8Array)], [4, 5]);
  const asked = requestOptions({ challenge: "AQ", rpId: "encours.example" });
  assert.deepEqual(asked.allowCredentials, []);
  assert.equal(asked.rpId, "encours.example");
});
