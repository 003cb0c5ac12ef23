/* Every kind of act that may wait on the device: a feature declares its own in <feature>/offline.ts, and adds a line. */
import { disputeKinds } from "../disputes/offline";
import { promiseKinds } from "../promises/offline";
import { taskKinds } from "../tasks/offline";
import { messageKinds } from "../threads/offline";
import { visitKinds } from "../visits/offline";
import type { Kind } from "./fields";

const known: Kind[] = [...messageKinds, ...promiseKinds, ...disputeKinds, ...taskKinds, ...visitKinds];
const byName = new Map(known.map((kind) => [kind.name, kind]));

/* Of an act that a newer page wrote, only its label is known. */
export function kindOf(name: string): Kind {
  return byName.get(name) ?? { name, icon: "clock", title: () => "", fields: [] };
}
