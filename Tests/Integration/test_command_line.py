"""The command line: each mistake is one line that says what to do, and changes nothing."""

import json
import os
import unittest
from decimal import Decimal

from support import MODEL, Server, Workspace


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)

    def refused(self, expected, *arguments):
        with self.subTest(arguments=[a[:40] for a in arguments]):
            status, output, error = self.workspace.run(*arguments, check=False)
            self.assertIn(status, (1, 64), error)
            self.assertEqual(output, "")
            self.assertEqual(len(error.strip().splitlines()), 1, error)
            self.assertIn(expected, error)

    def test_dates_are_exact_or_refused(self):
        price = ["price", "set", "m", "--input", "1", "--output", "1", "--from"]
        for date in ["2026-13-01", "2026-02-30", "2026-11-24 junk", "2026-02-30T10:00:00Z", "24",
                     "2026-11-24T10:00:00", "9999-12-31", "0001-01-01", "99999-01-01", ""]:
            self.refused("--from", *price, date)
        self.refused("--to", "report", "profit", "--from", "2026-01-01", "--to", "9999-12-31")
        self.assertEqual(self.workspace.json("price", "list"), [])
        for date, expected in [("2027-03-01", "2027-03-01T00:00:00.000Z"),
                               ("2027-03-01T10:30:00Z", "2027-03-01T10:30:00.000Z"),
                               ("2027-03-01T10:30:00.25Z", "2027-03-01T10:30:00.250Z"),
                               ("2027-03-01T10:30:00+08:00", "2027-03-01T02:30:00.000Z")]:
            with self.subTest(date=date):
                environment = {"BREAKEVEN_TIME_ZONE": "UTC"}
                self.assertEqual(
                    self.workspace.json(*price, date, env=environment)["effective"], expected)

    def test_names_are_one_visible_line(self):
        for name in ["", " ", "a\nb", "x" * 201]:
            self.refused("name", "customer", "create", name)
            self.refused("model", "price", "set", name, "--input", "1", "--output", "1")
        self.assertEqual(self.workspace.json("customer", "list"), [])

    def test_amounts_are_exact_positive_and_bounded(self):
        self.workspace.run("customer", "create", "Atlas")
        for amount in ["-1", "0", "1e3", "1,5", "", "0.0000000000001", "9" * 25, "9" * 40]:
            self.refused("credit", "key", "create", "--customer", "Atlas", "--credit", amount)
        for amount in ["-1", "x", "0.0000001", "1000001"]:
            self.refused("input", "price", "set", "m", "--input", amount, "--output", "1")
        self.assertEqual(self.workspace.json("key", "list"), [])

    def test_an_empty_list_of_models_makes_no_key_for_everything(self):
        self.workspace.run("customer", "create", "Atlas")
        self.refused("--models", "key", "create", "--customer", "Atlas", "--models", "")
        self.refused("--expires", "key", "create", "--customer", "Atlas", "--expires", "2020-01-01")
        self.assertEqual(self.workspace.json("key", "list"), [])

    def test_lost_books_are_not_begun_anew_in_silence(self):
        os.remove(os.path.join(self.workspace.path, "breakeven.db"))
        self.refused("backup", "ledger", "verify")
        self.assertFalse(os.path.exists(os.path.join(self.workspace.path, "breakeven.db")))

    def test_a_price_that_does_not_come_into_force_says_so(self):
        self.workspace.price("m")
        status, _, error = self.workspace.run(
            "price", "set", "m", "--input", "9", "--output", "9", "--from", "2020-01-01")
        self.assertEqual(status, 0)
        self.assertIn("Not in force", error)

    def test_commands_that_print_data_print_json(self):
        self.workspace.run("customer", "create", "Atlas")
        added = self.workspace.json("credit", "add", "5", "--customer", "Atlas", "--reference", "r")
        self.assertEqual(Decimal(added["credit"]["amount"]), 5)
        key = self.workspace.json("key", "create", "--customer", "Atlas")
        self.assertIsNotNone(self.workspace.json("key", "revoke", key["id"])["revoked"])
        upstream = self.workspace.json(
            "upstream", "add", "u", "--url", "http://127.0.0.1:9/v1/", "--model", "m",
            "--cost-input", "1", "--cost-output", "2")
        self.assertEqual(upstream["url"], "http://127.0.0.1:9/v1")
        report = self.workspace.json("report", "profit")
        self.assertEqual(report["break_even"]["verdict"], "no_traffic")

    def test_a_plans_price_set_here_is_not_everyones_in_the_server(self):
        self.workspace.price()
        self.workspace.run("price", "set", MODEL, "--input", "50", "--cached", "50", "--output", "50",
                           "--plan", "gold")
        self.workspace.run("customer", "create", "Gold", "--plan", "gold")
        keys = {"Gold": self.workspace.key("Gold"), "Plain": self.workspace.customer_with_key("Plain")}
        with Server(self.workspace) as server:
            for key in keys.values():
                self.assertEqual(server.chat(key, max_tokens=2)[0], 200)
        plans = {p["id"]: p.get("plan") for p in self.workspace.json("price", "list")}
        paid = {e.get("plan"): plans[e["price_version"]] for e in self.workspace.json("usage", "list")}
        self.assertEqual(paid, {"gold": "gold", None: None})
        self.assertTrue(self.workspace.verify()["sound"])


if __name__ == "__main__":
    unittest.main()
