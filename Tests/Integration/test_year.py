"""A simulated year and bookings by hand: the books stay sound, and the truth is told beside them."""

import json
import os
import shutil
import tempfile
import unittest
from decimal import Decimal

from support import Workspace, run


class Year(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.parent = tempfile.mkdtemp(prefix="breakeven-year-")
        cls.path = os.path.join(cls.parent, "year")
        arguments = ["demo", "--year", "--months", "2", "--start", "2026-03", "--seed", "5"]
        cls.summary = json.loads(run(*arguments, "--workspace", cls.path, "--json")[1])
        again = os.path.join(cls.parent, "again")
        cls.again = json.loads(run(*arguments, "--workspace", again, "--json")[1])

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.parent, ignore_errors=True)

    def read(self, *arguments):
        return json.loads(run(*arguments, "--workspace", self.path, "--json")[1])

    def test_the_ledger_is_sound_and_has_every_request(self):
        report = self.read("ledger", "verify")
        self.assertTrue(report["sound"], report["findings"])
        self.assertEqual(report["requests"], self.summary["requests"])
        self.assertGreater(report["requests"], 1000)

    def test_the_same_seed_makes_the_same_year(self):
        self.assertEqual(self.summary["months"], self.again["months"])
        self.assertEqual(self.summary["requests"], self.again["requests"])

    def test_the_truth_names_the_process_and_what_came_of_it(self):
        with open(os.path.join(self.path, "truth.json")) as file:
            truth = json.load(file)
        self.assertEqual(truth["months"], ["2026-03", "2026-04"])
        self.assertEqual([s["id"] for s in truth["segments"]], ["smb", "enterprise", "developer"])
        for month, told in zip(truth["realised"], self.summary["months"]):
            self.assertEqual(sum(s["tokens"] for s in month["segments"]), told["tokens"])

    def test_the_months_statements_add_to_the_books_cash(self):
        rows = self.read("ledger", "show", "--account", "cash", "--limit", "100000")
        cash = sum(Decimal(row["amount"]) for row in rows)
        self.assertEqual(cash, Decimal(self.summary["months"][-1]["cash"]["amount"]))

    def test_months_that_are_not_over_are_refused(self):
        target = os.path.join(self.parent, "future")
        for start, word in [("2190-01", "not over"), ("2026-13", "--start"), ("x", "--start")]:
            status, _, error = run(
                "demo", "--year", "--start", start, "--workspace", target, check=False)
            self.assertNotEqual(status, 0)
            self.assertIn(word, error)
            self.assertFalse(os.path.exists(target))
        for months in ["0", "61", "-1"]:
            status, _, error = run(
                "demo", "--year", "--months=" + months, "--workspace", target, check=False)
            self.assertNotEqual(status, 0)
            self.assertIn("--months", error)


class Recovery(unittest.TestCase):
    """The books of a year teach the example plan what is true of the venture."""

    def truths(self, truth):
        segments = {segment["id"]: segment for segment in truth["segments"]}
        smb, enterprise = segments["smb"], segments["enterprise"]
        yield "smb_conversations", smb["events"]
        yield "enterprise_conversations", enterprise["events"] / 1e3
        yield "tokens_per_conversation", smb["tokens"] / smb["events"] / 1e3
        yield "segments.developer.tokens", segments["developer"]["tokens"] / 1e6
        yield "resolution", smb["success_rate"]
        yield "machine_month", truth["machine"]["hourly_cost"] * 730
        yield "segments.smb.churn_concentration", smb["churn_alpha"] + smb["churn_beta"]
        churns = {"smb_churn": "smb", "enterprise_churn": "enterprise",
                  "segments.developer.churn": "developer"}
        for slot, name in churns.items():
            segment = segments[name]
            rate = segment["churn_alpha"] / (segment["churn_alpha"] + segment["churn_beta"])
            yield slot, 100 * rate
        for name, segment in segments.items():
            for share in ["output_share", "cached_share"]:
                yield f"segments.{name}.{share}", 100 * segment[share]

    def test_most_90_percent_intervals_hold_the_truth(self):
        held, missed = [], []
        for seed in ["1", "2", "3"]:
            with tempfile.TemporaryDirectory(prefix="breakeven-year-") as parent:
                path = os.path.join(parent, "year")
                run("demo", "--year", "--seed", seed, "--workspace", path)
                with open(os.path.join(path, "truth.json")) as file:
                    truth = json.load(file)
                told = json.loads(run("plan", "calibrate", "--plan", path, "--json")[1])
            drivers = {driver["slot"]: driver for driver in told["drivers"]}
            for slot, value in self.truths(truth):
                posterior = drivers[slot]["posterior"]
                inside = posterior["low"] <= value <= posterior["high"]
                (held if inside else missed).append((seed, slot, value, posterior))
        self.assertGreaterEqual(len(held) / (len(held) + len(missed)), 0.8, missed)


class BookByHand(unittest.TestCase):
    def setUp(self):
        self.workspace = Workspace()
        self.addCleanup(self.workspace.close)

    def book(self, *arguments, **options):
        return self.workspace.run("ledger", "book", *arguments, **options)

    def test_a_salary_is_booked_once_however_often_it_is_sent(self):
        salary = ["--debit", "people", "--credit", "cash", "--amount", "50000", "--id", "pay-11"]
        self.book(*salary)
        self.book(*salary)
        rows = self.workspace.json("ledger", "show")
        self.assertEqual(len(rows), 2)
        self.assertEqual({row["kind"] for row in rows}, {"manual"})
        status, _, error = self.book(*salary[:-1], "pay-11", "--stream", "x", check=False)
        self.assertNotEqual(status, 0)
        self.assertIn("booked already", error)
        self.assertTrue(self.workspace.verify()["sound"])

    def test_a_fee_carries_its_customer_and_stream(self):
        self.workspace.run("customer", "create", "Atlas", "--plan", "smb")
        self.book("--debit", "cash", "--credit", "subscription", "--amount", "299",
                  "--customer", "Atlas", "--stream", "packages", "--id", "fee-1")
        rows = self.workspace.json("ledger", "show", "--transaction", "fee-1")
        self.assertEqual({row["stream"] for row in rows}, {"packages"})
        self.assertEqual({row["plan"] for row in rows}, {"smb"})

    def test_mistakes_name_the_option_and_book_nothing(self):
        good = {"--debit": "people", "--credit": "cash", "--amount": "5", "--id": "a"}
        for option, value, word in [
            ("--debit", "peple", "--debit"), ("--credit", "customer_credit", "customer_credit"),
            ("--debit", "machine_capacity", "machine_capacity"), ("--credit", "usage", "usage"),
            ("--amount", "0", "--amount"), ("--amount", "1.2.3", "--amount"), ("--id", "use_1", "id"),
            ("--date", "2199-01-01", "future"), ("--customer", "Nobody", "Nobody"),
        ]:
            with self.subTest(option=option, value=value):
                fields = [item for pair in {**good, option: value}.items() for item in pair]
                status, _, error = self.book(*fields, check=False)
                self.assertNotEqual(status, 0)
                self.assertIn(word, error)
        self.assertEqual(self.workspace.json("ledger", "show"), [])


if __name__ == "__main__":
    unittest.main()
