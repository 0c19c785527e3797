"""The plan as a founder uses it: written, checked, forecast, learnt from the books, reported."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
import zipfile

from support import run


class Plan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.parent = tempfile.mkdtemp(prefix="breakeven-plan-")
        cls.path = os.path.join(cls.parent, "year")
        run("demo", "--year", "--months", "4", "--start", "2026-03", "--seed", "3",
            "--workspace", cls.path)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.parent, ignore_errors=True)

    @staticmethod
    def lines(path):
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()

    def read(self, *arguments):
        return json.loads(run("plan", *arguments, "--plan", self.path, "--json")[1])

    def test_the_example_reads_without_a_problem_in_both_languages(self):
        for language in ["en", "zh"]:
            folder = os.path.join(self.parent, language)
            run("plan", "new", folder, "--example", "--lang", language, "--start", "2027-01")
            check = json.loads(run("plan", "check", "--plan", folder, "--json")[1])
            self.assertEqual((check["errors"], check["warnings"]), (0, 0), check["problems"])

    def test_the_same_seed_gives_the_same_forecast_to_the_last_bit(self):
        arguments = ["forecast", "--paths", "3000", "--months", "24", "--seed", "7"]
        first = self.read(*arguments)
        self.assertEqual(first, self.read(*arguments))
        self.assertEqual(first["basis"], "calibrated")
        self.assertEqual(first["outcome"]["seed"], 7)
        other = self.read("forecast", "--paths", "3000", "--months", "24", "--seed", "8")
        self.assertNotEqual(first["outcome"]["fans"], other["outcome"]["fans"])

    def test_chances_only_grow_with_the_months_and_bands_are_ordered(self):
        outcome = self.read("forecast", "--paths", "2000")["outcome"]
        for name in ["break_even_by", "ruin_by"]:
            values = outcome[name]
            self.assertEqual(values, sorted(values))
            self.assertTrue(0 <= values[0] and values[-1] <= 1)
        for fan in outcome["fans"].values():
            for month in zip(*fan["quantiles"]):
                self.assertEqual(list(month), sorted(month))

    def test_the_ledger_moves_the_drivers(self):
        drivers = {d["slot"]: d for d in self.read("calibrate")["drivers"]}
        moved = [d for d in drivers.values() if d["data_weight"] > 0.5]
        self.assertGreater(len(moved), 5)
        self.assertNotEqual(
            self.read("forecast", "--paths", "500")["outcome"]["break_even_by"],
            self.read("forecast", "--paths", "500", "--no-calibrated")["outcome"]["break_even_by"])

    def test_a_frozen_forecast_is_kept_and_listed(self):
        frozen = self.read("freeze", "--paths", "500", "--no-calibrated")
        listed = json.loads(
            run("plan", "freeze", "--list", "--plan", self.path, "--json")[1])
        self.assertIn(frozen["hash"], [scored["frozen"]["hash"] for scored in listed])

    def test_mistakes_are_told_with_line_and_field_and_the_file_is_kept(self):
        folder = os.path.join(self.parent, "mistakes")
        run("plan", "new", folder, "--start", "2027-01")
        file = os.path.join(folder, "venture.yaml")
        with open(file) as source:
            text = source.read()
        for old, new, word in [
            ("currency: CNY", "currency: XXX", "currency"),
            ("horizon:", "horizonn:", "horizonn"),
        ]:
            if old not in text:
                continue
            with open(file, "w") as target:
                target.write(text.replace(old, new))
            status, out, _ = run("plan", "check", "--plan", folder, check=False)
            self.assertNotEqual(status, 0 if "XXX" in new else None)
            self.assertIn(word, out)
            self.assertRegex(out, r"venture\.yaml:\d+: (error|warning): ")
        status, _, error = run("plan", "set", "start", "soon", "--plan", folder, check=False)
        self.assertNotEqual(status, 0)

    def test_one_value_is_set_in_its_place_and_comments_stay(self):
        folder = os.path.join(self.parent, "set")
        run("plan", "new", folder, "--example", "--lang", "zh", "--start", "2027-01")
        file = os.path.join(folder, "venture.yaml")
        before = self.lines(file)
        run("plan", "set", "horizon", "48", "--plan", folder)
        after = self.lines(file)
        changed = [(a, b) for a, b in zip(before, after) if a != b]
        self.assertEqual(len(before), len(after))
        self.assertEqual(len(changed), 1)
        self.assertIn("48", changed[0][1])

    def test_the_report_is_written_in_every_form(self):
        for name in ["r.html", "r.pdf", "r.xlsx", "r.csv", "r.json"]:
            target = os.path.join(self.parent, name)
            run("plan", "report", "--plan", self.path, "--paths", "500", "--lang", "zh",
                "--output", target)
        with open(os.path.join(self.parent, "r.html"), encoding="utf-8") as file:
            html = file.read()
        self.assertIn('<html lang="zh-CN">', html)
        self.assertNotIn("http://", html.replace("http://www.w3.org", ""))
        text = subprocess.run(
            ["pdftotext", os.path.join(self.parent, "r.pdf"), "-"], capture_output=True,
            check=True, text=True).stdout
        self.assertIn("盈亏平衡", text)
        with zipfile.ZipFile(os.path.join(self.parent, "r.xlsx")) as book:
            self.assertIsNone(book.testzip())
            self.assertIn("xl/workbook.xml", book.namelist())
        with open(os.path.join(self.parent, "r.json"), encoding="utf-8") as file:
            json.load(file)
