"""The load generator of `chat`: a C program from outside the project, taught the product's events.

BENCH_CHATLOAD names its source. It checks on its own that every member got every message once and in
the same order as the others.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import ROOT

SOURCE = Path(os.environ.get("BENCH_CHATLOAD") or ROOT / "../shared/tools/chatload.c").resolve()
WINDOW = 32  # messages under way when saturated
MEMBER_TOKEN = """
static const char*token_of(long i){static char*all[1024];static int n=0;
 if(!n){char*e=strdup(getenv("TOKENS"));for(char*p=strtok(e,",");p&&n<1024;p=strtok(0,","))all[n++]=p;}
 return all[i%n];}
static void onmsg("""
JOIN = r"""{char b[200];int l=snprintf(b,200,"420[\"thread.join\",{\"thread_id\":\"%s\"}]",getenv("THREAD"));
 wssend(x->fd,b,l);return;}"""
ANSWERED = r"""if(!memmem(p,n,"\"ok\":true",9)){fprintf(stderr,"refused: %.*s\n",(int)n,p);exit(6);}
 u64 id=strtoull(p+2,0,10);if(!id){x->ready=1;return;}if(id>=firstid"""
SEND = (
    r'"42%llu[\"message.send\",{\"thread_id\":\"%s\",\"client_id\":\"%s-0000-4000-8000-%012llx\",'
    r'\"body\":\"@@%llu@@ %s\"}]",id,getenv("THREAD"),getenv("ROUND"),id,id,text)'
)
# What the source says, once each, and what it says instead: a token for each member, joining before
# being ready, refusals that end the run, and our message.
CHANGES = {
    "static void onmsg(": MEMBER_TOKEN,
    'getenv("TOKEN")': "token_of(x-c)",
    "p[1]=='0'){x->ready=1;return;}": "p[1]=='0')" + JOIN,
    "u64 id=strtoull(p+2,0,10);if(id>=firstid": ANSWERED,
    r'"42%llu[\"msg\",{\"room\":\"r\",\"text\":\"@@%llu@@ %s\"}]",id,id,text)': SEND,
}


class Missing(Exception):
    """There is no generator to measure with; the sentence says what to do."""


def build(folder: Path) -> Path:
    """Compile the generator into `folder`. Raises Missing."""
    compiler = shutil.which("cc")
    if not SOURCE.is_file() or compiler is None:
        what = f"no file {SOURCE}" if compiler else "no C compiler (cc)"
        raise Missing(f"the load generator is missing: {what}; BENCH_CHATLOAD names its source")
    text = SOURCE.read_text()
    for said, instead in CHANGES.items():
        if text.count(said) != 1:
            raise Missing(
                f"the load generator {SOURCE} is not the one known here: {said!r} is not in it once"
            )
        text = text.replace(said, instead)
    (folder / "chatload.c").write_text(text)
    program = folder / "chatload"
    subprocess.run([compiler, "-O2", "-w", "-o", program, folder / "chatload.c", "-lm"], check=True)
    return program


@dataclass(frozen=True)
class Room:
    """Where a server keeps the thread, and who is in it."""

    port: int
    pid: int
    thread: str
    tokens: Sequence[str]


def measure(program: Path, room: Room, *, rate: int, seconds: float, number: int) -> dict[str, Any]:
    """Round `number` on one server: `fixed` at `rate` messages a second, `sat` with WINDOW under way, then
    `alone`, the next message once the last one has reached everybody."""
    found = _load(program, room, rate=rate, seconds=seconds, number=2 * number, window=WINDOW)
    last = _load(program, room, rate=rate, seconds=seconds / 2, number=2 * number + 1, window=1)
    return {**found, "alone": last["sat"]}


def _load(
    program: Path, room: Room, *, rate: int, seconds: float, number: int, window: int
) -> dict[str, Any]:
    environ = {
        **os.environ,
        "TOKENS": ",".join(room.tokens),
        "THREAD": room.thread,
        "ROUND": f"{number:08x}",
        "ACK": "1",
        "SRV_PIDS": str(room.pid),
    }
    command = [str(program), *map(str, (room.port, len(room.tokens), rate, seconds, window))]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        raise RuntimeError(f"the load generator stopped ({done.returncode}): {done.stderr[-1000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def faults(found: dict[str, Any]) -> list[str]:
    """What was lost, came twice or in another order, in words; empty when nothing."""
    said = []
    for phase in ("fixed", "sat", "alone"):
        each = found[phase]
        lost = each["expected"] - each["delivered"]
        if lost or each["dup"] or not each["same_order"]:
            order = "" if each["same_order"] else ", not in the same order for all"
            said.append(f"{phase}: {lost} lost, {each['dup']} twice{order}")
    return said
