"""kill -9 at random moments of a load of streaming requests; after each restart the laws must hold.

As a script: kill_storm.py [KILLS] [SEED]
"""

import http.client
import json
import random
import sys
import threading
import time
from decimal import Decimal

from support import MODEL, Server, Workspace


def storm(kills=50, seed=1, streams=6):
    generator = random.Random(seed)
    workspace = Workspace()
    workspace.price()
    keys = [workspace.customer_with_key(f"Customer {i}", "20") for i in range(2)]
    keys.append(workspace.customer_with_key("On Account"))
    server = Server(workspace)
    completed, lock = {}, threading.Lock()
    problems, stopping = [], threading.Event()

    def client(index):
        rng = random.Random(seed * 1000 + index)
        while not stopping.is_set():
            key = keys[rng.randrange(len(keys))]
            stream = rng.random() < 0.8
            body = {"model": MODEL, "stream": stream, "max_tokens": rng.randrange(1, 24),
                    "messages": [{"role": "user", "content": f"Tell me about {rng.randrange(10**6)}."}]}
            if stream:
                body["stream_options"] = {"include_usage": True}
            connection = None
            try:
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
                connection.request("POST", "/v1/chat/completions", json.dumps(body), {
                    "content-type": "application/json", "authorization": f"Bearer {key}"})
                response = connection.getresponse()
                text = response.read().decode()
                if response.status != 200:
                    if response.status not in (429, 503):
                        problems.append(f"status {response.status}: {text[:200]}")
                    continue
                if stream and "data: [DONE]" not in text:
                    continue
                usage = None
                if stream:
                    for line in text.splitlines():
                        if line.startswith("data: {"):
                            usage = json.loads(line[6:]).get("usage") or usage
                else:
                    usage = json.loads(text)["usage"]
                with lock:
                    completed[response.getheader("x-request-id")] = usage
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.05)
            finally:
                if connection:
                    connection.close()

    server.start()
    threads = [threading.Thread(target=client, args=(i,), daemon=True) for i in range(streams)]
    [t.start() for t in threads]
    for kill in range(kills):
        time.sleep(generator.uniform(0.1, 1.6))
        server.kill()
        verified = workspace.verify()
        if not verified["sound"]:
            problems.append(f"after kill {kill + 1}: {verified['findings'][:5]}")
        server.start()
    time.sleep(2)
    stopping.set()
    [t.join(40) for t in threads]
    server.stop()

    events = {e["id"]: e for e in workspace.json("usage", "list", "--limit", "1000000")}
    for request, usage in completed.items():
        event = events.get(request)
        if event is None:
            problems.append(f"{request} was answered in full but is not booked")
        elif (event["input_tokens"] + event["cached_input_tokens"], event["output_tokens"]) != (
                usage["prompt_tokens"], usage["completion_tokens"]):
            problems.append(f"{request} told {usage} but booked {event}")
    for balance in workspace.json("customer", "list"):
        customer = balance["customer"]["id"]
        charged = sum((Decimal(e["charge"]["amount"]) for e in events.values() if e["customer"] == customer),
                      Decimal(0))
        if balance["credit"]:
            if Decimal(balance["credit"][0]["amount"]) + charged != 20:
                problems.append(f"{customer}: credit {balance['credit']} + charges {charged} is not 20")
            if any(Decimal(h["amount"]) for h in balance["held"]):
                problems.append(f"{customer}: still held {balance['held']}")
    verified = workspace.verify()
    if not verified["sound"]:
        problems.append(f"at the end: {verified['findings'][:5]}")
    workspace.close()
    return {"kills": kills, "completed": len(completed), "events": len(events), "problems": problems}


if __name__ == "__main__":
    outcome = storm(int(sys.argv[1]) if len(sys.argv) > 1 else 50,
                    int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print(json.dumps(outcome, indent=2))
    sys.exit(1 if outcome["problems"] else 0)
