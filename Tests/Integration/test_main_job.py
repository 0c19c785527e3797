"""One path walked all the way: a real model served, metered, charged, booked, reported."""

import os
import pathlib
import subprocess
import sys
import unittest
from decimal import Decimal

from support import MODEL, Server, Workspace


class MainJob(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.workspace = Workspace()
        cls.workspace.price()
        cls.key = cls.workspace.customer_with_key("Atlas Labs", "5")
        cls.server = Server(cls.workspace).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.workspace.close()

    def test_a_request_is_charged_to_the_last_unit_and_booked_with_its_cost(self):
        status, headers, answer = self.server.chat(self.key, "Name a colour.", max_tokens=8)
        self.assertEqual(status, 200)
        usage = answer["usage"]
        events = self.workspace.json("usage", "list", "--limit", "200")
        event = next(e for e in events if e["id"] == headers["x-request-id"])
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
        self.assertEqual(event["input_tokens"], usage["prompt_tokens"] - cached)
        self.assertEqual(event["cached_input_tokens"], cached)
        self.assertEqual(event["output_tokens"], usage["completion_tokens"])
        expected = (Decimal("0.50") * event["input_tokens"] + Decimal("0.10") * cached
                    + Decimal("2.00") * event["output_tokens"]) / 1_000_000
        self.assertEqual(Decimal(event["charge"]["amount"]), expected)
        self.assertGreater(event["compute_nanoseconds"], 0)
        entries = self.workspace.json("ledger", "show", "--request", event["id"])
        self.assertEqual(sum(Decimal(e["amount"]) for e in entries), 0)
        self.assertIn("compute_used", {e["account"] for e in entries})
        self.assertIn("customer_credit", {e["account"] for e in entries})

    def test_the_official_client_works_unmodified(self):
        script = pathlib.Path(__file__).with_name("openai_client.py")
        done = subprocess.run(
            [sys.executable, str(script)], capture_output=True, text=True, timeout=300,
            env={**os.environ, "BREAKEVEN_BASE_URL": self.server.base + "/v1",
                 "BREAKEVEN_API_KEY": self.key, "BREAKEVEN_MODEL": MODEL})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_running_server_sees_what_the_command_line_changes(self):
        key = self.workspace.customer_with_key("Late Comer", "1")
        self.assertEqual(self.server.chat(key)[0], 200)
        key_id = next(k["id"] for k in self.workspace.json("key", "list") if key.startswith(k["prefix"])
                      and k.get("revoked") is None)
        self.workspace.run("key", "revoke", key_id)
        status, _, body = self.server.chat(key)
        self.assertEqual(status, 401)
        self.assertEqual(body["error"]["code"], "revoked_api_key")

    def test_a_new_price_leaves_old_charges_alone(self):
        status, headers, _ = self.server.chat(self.key, max_tokens=4)
        self.assertEqual(status, 200)
        before = next(e for e in self.workspace.json("usage", "list", "--limit", "200")
                      if e["id"] == headers["x-request-id"])
        self.workspace.price(input="5.00", output="20.00")
        self.workspace.price()
        after = next(e for e in self.workspace.json("usage", "list", "--limit", "200")
                     if e["id"] == headers["x-request-id"])
        before.pop("compute_nanoseconds"), after.pop("compute_nanoseconds")
        self.assertEqual(before["charge"], after["charge"])
        self.assertEqual(before["price_version"], after["price_version"])

    def test_profit_is_reported_by_customer_and_the_ledger_is_sound(self):
        self.assertEqual(self.server.chat(self.key)[0], 200)
        report = self.workspace.json("report", "profit", "--by", "customer")
        charges = sum(Decimal(e["charge"]["amount"]) for e in
                      self.workspace.json("usage", "list", "--limit", "1000"))
        revenue = sum(Decimal(r["revenue"]["amount"]) for r in report["rows"])
        self.assertEqual(revenue, charges)
        verified = self.workspace.verify()
        self.assertTrue(verified["sound"], verified)


if __name__ == "__main__":
    unittest.main()
