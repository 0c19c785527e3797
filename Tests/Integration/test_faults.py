"""Kills, full disks, crowds and mistakes: the laws hold and the answer is clear."""

import json
import os
import socket
import subprocess
import threading
import time
import unittest
from decimal import Decimal

from kill_storm import storm
from support import MODEL, MODEL_FILE, PROGRAM, Server, Workspace, free_port, run


class Faults(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)

    def test_kills_during_streams_lose_nothing_and_double_nothing(self):
        outcome = storm(kills=int(os.environ.get("BREAKEVEN_KILLS", "4")), seed=7)
        self.assertEqual(outcome["problems"], [])
        self.assertGreater(outcome["completed"], 0)

    def test_concurrent_requests_never_overspend_credit(self):
        self.workspace.price(output="2000")
        key = self.workspace.customer_with_key("Small Purse", "0.5")
        with Server(self.workspace) as server:
            statuses = []
            def call():
                statuses.append(server.chat(key, max_tokens=32)[0])
            threads = [threading.Thread(target=call) for _ in range(40)]
            [t.start() for t in threads]
            [t.join() for t in threads]
            self.assertEqual(set(statuses), {200, 402})
        balance = self.workspace.json("customer", "list")[0]
        self.assertGreaterEqual(Decimal(balance["credit"][0]["amount"]), 0)
        self.assertEqual(Decimal(balance["held"][0]["amount"]), 0)
        spent = sum(Decimal(e["charge"]["amount"]) for e in self.workspace.json("usage", "list"))
        self.assertEqual(Decimal("0.5") - spent, Decimal(balance["credit"][0]["amount"]))
        self.assertTrue(self.workspace.verify()["sound"])

    def test_two_thousand_connections_are_refused_over_the_limit_and_none_hangs(self):
        self.workspace.price()
        key = self.workspace.customer_with_key("Crowd")
        body = json.dumps({"model": MODEL, "max_tokens": 1,
                           "messages": [{"role": "user", "content": "Hi"}]}).encode()
        request = (b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                   + key.encode() + b"\r\nContent-Type: application/json\r\nConnection: close\r\n"
                   b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
        with Server(self.workspace) as server:
            import selectors
            selector = selectors.DefaultSelector()
            answers = {}
            for i in range(2000):
                s = socket.create_connection(("127.0.0.1", server.port), timeout=30)
                s.setblocking(True)
                s.sendall(request)
                s.setblocking(False)
                answers[s] = b""
                selector.register(s, selectors.EVENT_READ)
            end = time.monotonic() + 180
            while selector.get_map() and time.monotonic() < end:
                for event, _ in selector.select(1):
                    try:
                        data = event.fileobj.recv(65536)
                    except ConnectionError:
                        data = b""
                    if data:
                        answers[event.fileobj] += data
                    else:
                        selector.unregister(event.fileobj)
                        event.fileobj.close()
            self.assertFalse(selector.get_map(), "connections hang")
        statuses = [a.split(b" ", 2)[1] if a else b"none" for a in answers.values()]
        counts = {s: statuses.count(s) for s in set(statuses)}
        self.assertLessEqual(set(statuses), {b"200", b"429", b"503"}, counts)
        self.assertLess(1, len(set(statuses)), counts)
        refused = [a for a in answers.values() if a.split(b" ", 2)[1] != b"200"]
        self.assertTrue(all(b"retry-after" in a.lower() for a in refused))
        self.assertTrue(self.workspace.verify()["sound"])

    @unittest.skipUnless(os.geteuid() == 0, "mounting a small disk needs root")
    def test_a_full_disk_refuses_and_books_nothing_by_half(self):
        disk = os.path.join(self.workspace.parent, "disk")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", disk]).returncode:
            self.skipTest("no tmpfs may be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", disk])
        workspace = Workspace(disk)
        workspace.price()
        key = workspace.customer_with_key("Full Disk", "5")
        filler = os.path.join(disk, "filler")
        server = Server(workspace, log=os.path.join(self.workspace.parent, "full.log")).start()
        try:
            self.assertEqual(server.chat(key, max_tokens=2)[0], 200)
            with open(filler, "wb", buffering=0) as f:
                try:
                    while f.write(b"0" * 4096):
                        pass
                except OSError:
                    pass
            statuses = {server.chat(key, max_tokens=2)[0] for _ in range(12)}
            self.assertIn(503, statuses)
            self.assertLessEqual(statuses, {200, 503})
            os.remove(filler)
            end = time.monotonic() + 20
            while server.chat(key, max_tokens=2)[0] != 200:
                self.assertLess(time.monotonic(), end, "the server does not recover")
                time.sleep(0.2)
        finally:
            server.stop()
        verified = workspace.verify()
        self.assertTrue(verified["sound"], verified)

    def test_mistakes_get_one_line_that_says_what_to_do(self):
        ws = self.workspace.path
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            cases = [
                (["up", "--workspace", ws, "--model", MODEL_FILE, "--listen", f"127.0.0.1:{port}"], "in use"),
                (["up", "--workspace", ws, "--model", "/nowhere.gguf"], "/nowhere.gguf"),
                (["up", "--workspace", ws, "--model", os.path.join(ws, "breakeven.yaml")], "GGUF"),
                (["up", "--workspace", "/nowhere"], "breakeven init"),
                (["price", "set", "m", "--input", "x", "--output", "1", "--workspace", ws], "--input"),
                (["price", "set", "m", "--input", "1", "--output", "1", "--currency", "XXX", "--workspace", ws], "XXX"),
                (["key", "create", "--customer", "nobody", "--workspace", ws], "customer create"),
                (["customer", "create", "--workspace", ws], "name"),
                (["report", "profit", "--from", "yesterday", "--workspace", ws], "--from"),
                (["init", ws], "already"),
            ]
            for arguments, expected in cases:
                with self.subTest(arguments=arguments):
                    status, _, error = run(*arguments, check=False)
                    self.assertNotEqual(status, 0)
                    self.assertEqual(len(error.strip().splitlines()), 1, error)
                    self.assertIn(expected, error)

    def test_a_wrong_configuration_key_is_named_with_its_line(self):
        with open(os.path.join(self.workspace.path, "breakeven.yaml"), "a") as f:
            f.write("\nmachin:\n  name: x\n")
        status, _, error = self.workspace.run("customer", "list", check=False)
        self.assertNotEqual(status, 0)
        self.assertRegex(error, r"breakeven\.yaml:\d+: unknown key 'machin'; did you mean 'machine'")

    def test_a_model_without_a_price_is_not_served_and_the_error_names_the_command(self):
        key = self.workspace.customer_with_key("Early", "1")
        with Server(self.workspace) as server:
            status, _, body = server.chat(key)
            self.assertIn(status, (403, 404))
            self.assertIn("breakeven price set", body["error"]["message"])
            self.workspace.price()
            self.assertEqual(server.chat(key, max_tokens=2)[0], 200)


if __name__ == "__main__":
    unittest.main()
