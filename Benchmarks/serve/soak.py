#!/usr/bin/env python3
"""Mixed load for DURATION seconds (1800), with callers that go away at random moments.

Checks that every request ends, that resident memory is flat after warm-up (the first third), that the
server uses no processor when nothing is asked, and that the ledger verifies. Prints JSON; exits with 1
on a problem. Five minutes are the least for memory to settle.

    DURATION=1800 CLIENTS=12 SEED=1 BREAKEVEN=bin/breakeven python3 Benchmarks/serve/soak.py
"""

import http.client
import json
import os
import pathlib
import random
import re
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Integration"))
from support import MODEL, Server, Workspace  # noqa: E402

DURATION = float(os.environ.get("DURATION", "1800"))
CLIENTS = int(os.environ.get("CLIENTS", "12"))
SEED = int(os.environ.get("SEED", "1"))
# A request that takes longer is stuck.
STUCK_SECONDS = 120
# Of the resident memory after warm-up: what the tail may have more than the head.
GROWTH = 0.03
GROWTH_MIB = 16
WORDS = "price order return lamp harbour letter winter invoice garden engine bread map".split()


class Load:
    """Callers that ask for all kinds of things until told to stop."""

    def __init__(self, port, keys):
        self.port, self.keys = port, keys
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.counts, self.problems, self.running = {}, [], {}

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def body(self, rng):
        system = "You work for a shop. " + "Orders ship in two days. " * rng.choice([0, 0, 12, 60])
        text = " ".join(rng.choices(WORDS, k=rng.choice([4, 20, 120, 500])))
        body = {"model": MODEL, "max_tokens": rng.choice([1, 8, 32, 128, 256]),
                "stream": rng.random() < 0.75, "temperature": rng.choice([0, 0.8]),
                "messages": [{"role": "system", "content": system},
                             {"role": "user", "content": text}]}
        if body["stream"]:
            body["stream_options"] = {"include_usage": True}
        if rng.random() < 0.1:
            body["n"] = 2
        if rng.random() < 0.2:
            body["stop"] = [" the", "."]
        return body

    def client(self, index):
        rng = random.Random(SEED * 1000 + index)
        while not self.stopping.is_set():
            with self.lock:
                self.running[index] = time.monotonic()
            try:
                self.request(rng)
            except Exception as error:  # noqa: BLE001: whatever it is, it is reported
                self.problems.append(f"{type(error).__name__}: {error}")
            with self.lock:
                self.running.pop(index, None)
            time.sleep(rng.expovariate(10))

    def request(self, rng):
        body = self.body(rng)
        leaves_after = rng.uniform(0, 2) if rng.random() < 0.3 else None
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=STUCK_SECONDS)
        try:
            connection.request("POST", "/v1/chat/completions", json.dumps(body), {
                "content-type": "application/json", "authorization": f"Bearer {rng.choice(self.keys)}"})
            if leaves_after is not None and not body["stream"]:
                time.sleep(leaves_after / 4)
                return self.count("left before the answer")
            response = connection.getresponse()
            if response.status in (429, 503):
                response.read()
                return self.count(f"refused {response.status}")
            if response.status != 200:
                raise RuntimeError(f"status {response.status}: {response.read(300)!r}")
            if leaves_after is None:
                text = response.read().decode()
                if body["stream"] and "data: [DONE]" not in text:
                    raise RuntimeError("a stream ended without [DONE]")
                return self.count("answered")
            end = time.monotonic() + leaves_after
            while time.monotonic() < end:
                if not response.readline():
                    return self.count("answered")
            self.count("left during the answer")
        finally:
            connection.close()

    def stuck(self):
        now = time.monotonic()
        with self.lock:
            return [index for index, since in self.running.items() if now - since > STUCK_SECONDS]


def resident(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def grown(samples):
    """Median of the last fifth and of the first fifth after warm-up (a third of the time), MiB."""
    settled = samples[len(samples) // 3:]
    part = max(1, len(settled) // 5)
    return sorted(settled[:part])[part // 2], sorted(settled[-part:])[part // 2]


def main():
    # A small cache fills during warm-up, and is short of room from then on.
    workspace = Workspace(configuration="engine:\n  kv_cache_mb: 64\n")
    workspace.price()
    keys = [workspace.customer_with_key(f"Customer {i}", "100000") for i in range(2)]
    keys.append(workspace.customer_with_key("On Account"))
    server = Server(workspace).start()
    load = Load(server.port, keys)
    threads = [threading.Thread(target=load.client, args=(i,), daemon=True) for i in range(CLIENTS)]
    [thread.start() for thread in threads]
    samples, began = [], time.monotonic()
    while time.monotonic() - began < DURATION and not load.problems and not load.stuck():
        time.sleep(min(5, max(0.5, DURATION / 60)))
        if server.process.poll() is not None:
            load.problems.append("the server ended: " + open(server.log).read()[-1000:])
            break
        samples.append(resident(server.process.pid))
    load.stopping.set()
    [thread.join(STUCK_SECONDS + 10) for thread in threads]
    problems = list(load.problems)
    problems += [f"client {index} is stuck" for index in load.stuck()]
    problems += check(server, workspace, samples)
    print(json.dumps({"seconds": round(time.monotonic() - began), "requests": load.counts,
                      "resident_mib": [round(value) for value in grown(samples)] if samples else None,
                      "problems": problems}, indent=2))
    workspace.close()
    return 1 if problems else 0


def check(server, workspace, samples):
    problems = []
    if server.process.poll() is None:
        time.sleep(2)
        before = processor_seconds(server.process.pid)
        time.sleep(5)
        used = (processor_seconds(server.process.pid) - before) / 5
        if used > 0.05:
            problems.append(f"idle, the server uses {used:.0%} of a core")
        server.stop()
    if samples:
        head, tail = grown(samples)
        if tail > head + max(GROWTH_MIB, GROWTH * head):
            problems.append(f"resident memory grew from {head:.0f} to {tail:.0f} MiB")
    verified = workspace.verify()
    if not verified["sound"]:
        problems.append(f"ledger: {verified['findings'][:5]}")
    return problems


if __name__ == "__main__":
    sys.exit(main())
