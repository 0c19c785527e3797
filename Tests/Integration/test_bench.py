"""`breakeven bench` against a service whose delays are known, and against the real one."""

import json
import os
import tempfile
import unittest
from decimal import Decimal

from slow_service import SlowService
from support import MODEL, MODEL_FILE, Server, Workspace, run


def bench(*arguments, env=None):
    return json.loads(run("bench", *arguments, "--json", env=env)[1])


class Bench(unittest.TestCase):
    def refused(self, expected, *arguments):
        with self.subTest(arguments=arguments):
            status, output, error = run("bench", *arguments, check=False)
            self.assertIn(status, (1, 64), error)
            self.assertEqual(output, "")
            self.assertIn(expected, error)
            self.assertEqual(len(error.strip().splitlines()), 1, error)

    def test_known_delays_are_found(self):
        with SlowService(first=0.2, gap=0.05, tokens=11) as service:
            report = bench(service.url, "--concurrency", "4", "--requests", "8",
                           "--prompt-tokens", "100", "--output-tokens", "11", "--warmup", "0")
        target = report["targets"][0]
        level = target["levels"][0]
        self.assertEqual((target["model"], level["completed"], level["failures"]), ("slow-1", 8, []))
        # 200 ms to the first token, 50 ms each, 700 ms in all; a busy machine only adds to it.
        for name, least, most in [("ttft", 198, 320), ("tpot", 49, 80), ("itl", 49, 80),
                                  ("e2e", 695, 1100)]:
            with self.subTest(name):
                self.assertGreaterEqual(level[f"{name}_milliseconds"]["p50"], least)
                self.assertLess(level[f"{name}_milliseconds"]["p50"], most)
        self.assertEqual(level["completion_tokens"], 88)
        self.assertEqual(level["cached_tokens"], 40)
        self.assertAlmostEqual(level["completion_tokens_per_second"],
                               88 / level["seconds"], places=6)
        self.assertEqual(level["ttft_milliseconds"]["count"], 8)
        self.assertEqual(level["itl_milliseconds"]["count"], 80)

    def test_prompts_have_the_length_that_the_service_counts(self):
        with SlowService(first=0, gap=0, tokens=1, template_tokens=30) as service:
            report = bench(service.url, "--concurrency", "2", "--requests", "6",
                           "--prompt-tokens", "200", "--shared-prefix", "50", "--warmup", "0")
            asked = service.measured()
        # A word is a token to this service, and its template adds 30.
        self.assertEqual(report["targets"][0]["levels"][0]["prompt_tokens"], 6 * 250)
        self.assertEqual(len({body["messages"][0]["content"] for body in asked}), 1)
        self.assertEqual(len({body["messages"][1]["content"] for body in asked}), 6)
        self.assertTrue(all(body["stream_options"] == {"include_usage": True} for body in asked))

    def test_the_same_seed_asks_the_same(self):
        with SlowService(first=0, gap=0, tokens=1) as service:
            for seed in ["5", "5", "6"]:
                bench(service.url, "--concurrency", "1", "--requests", "4", "--prompt-tokens",
                      "20..60", "--output-tokens", "1..9", "--warmup", "0", "--seed", seed)
            rounds = [service.bodies[start + 2:start + 6] for start in (0, 6, 12)]
        self.assertEqual(rounds[0], rounds[1])
        self.assertNotEqual(rounds[0], rounds[2])

    def test_levels_keep_their_width(self):
        with SlowService(first=0.05, gap=0, tokens=1) as service:
            bench(service.url, "--concurrency", "3", "--requests", "12", "--warmup", "0")
            self.assertEqual(service.most, 3)

    def test_arrivals_do_not_wait_for_answers(self):
        with SlowService(first=0.5, gap=0, tokens=1) as service:
            level = bench(service.url, "--rate", "40", "--arrivals", "constant", "--requests", "20",
                          "--warmup", "0")["targets"][0]["levels"][0]
            # All are sent within the half second that the first takes.
            self.assertGreater(service.most, 10)
        self.assertEqual(level["rate"], 40)
        self.assertLess(level["seconds"], 2)

    def test_failures_are_counted_by_kind_and_cost_falls_on_what_was_served(self):
        with SlowService(first=0.01, gap=0, tokens=4, fail_each=5, hang_each=7) as service:
            level = bench(service.url, "--concurrency", "4", "--requests", "18", "--warmup", "0",
                          "--timeout", "1.5", "--goodput", "ttft:5s", "--machine-price", "3.6 CNY/h",
                          )["targets"][0]["levels"][0]
        # Requests 3 to 20 of the service: 5, 10, 15, 20 are refused, 7 and 14 hang.
        self.assertEqual({f["kind"]: f["count"] for f in level["failures"]}, {"503": 4, "timeout": 2})
        self.assertIn("too busy today", [f.get("message") for f in level["failures"]])
        self.assertEqual((level["requests"], level["completed"]), (18, 12))
        self.assertAlmostEqual(level["attainment"], 12 / 18)
        self.assertAlmostEqual(level["goodput"], 12 / level["seconds"], places=6)
        tokens = level["prompt_tokens"] + level["completion_tokens"]
        expected = 0.001 * level["seconds"] / tokens * 1e6
        self.assertEqual(level["cost_per_million"]["currency"], "CNY")
        self.assertAlmostEqual(float(Decimal(level["cost_per_million"]["amount"])), expected, places=6)

    def test_the_cheapest_level_within_the_bound_is_marked(self):
        with SlowService(first=0.1, gap=0.01, tokens=5) as service:
            arguments = [service.url, "--concurrency", "1,4", "--requests", "8", "--warmup", "0",
                         "--machine-price", "1 USD/h"]
            self.assertEqual(bench(*arguments)["targets"][0]["cheapest"], 1)
            strict = bench(*arguments, "--goodput", "ttft:10ms")["targets"][0]
            self.assertNotIn("cheapest", strict)
            table = run("bench", *arguments)[1]
        starred = [line for line in table.splitlines() if line.startswith("*  ")]
        self.assertEqual(len(starred), 1, table)
        self.assertIn("4 at once", starred[0])

    def test_without_usage_a_piece_is_a_token(self):
        with SlowService(first=0, gap=0, tokens=7, usage=False) as service:
            report = bench(service.url, "--concurrency", "1", "--requests", "3", "--warmup", "0")
        level = report["targets"][0]["levels"][0]
        self.assertEqual((level["completion_tokens"], level["prompt_tokens"]), (21, 0))

    def test_a_connection_closed_unannounced_is_no_failure(self):
        with SlowService(first=0, gap=0, tokens=2, closes=True) as service:
            level = bench(service.url, "--concurrency", "4", "--requests", "60", "--warmup", "4",
                          "--output-tokens", "2")["targets"][0]["levels"][0]
        self.assertEqual((level["completed"], level["failures"]), (60, []))

    def test_two_addresses_take_turns_with_keys_of_their_own(self):
        with SlowService(first=0.02, gap=0.01, tokens=5) as fast, \
                SlowService(first=0.2, gap=0.01, tokens=5) as slow, \
                tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "report.json")
            table = run("bench", fast.url, "--against", slow.url, "--concurrency", "2", "--requests",
                        "4", "--rounds", "2", "--warmup", "0", "--output", path)[1]
            # Both are asked the same.
            self.assertEqual(
                sorted(json.dumps(body["messages"]) for body in fast.measured()),
                sorted(json.dumps(body["messages"]) for body in slow.measured()))
            with open(path) as f:
                report = json.load(f)
        self.assertIn("A ÷ B", table)
        first, second = (target["levels"][0] for target in report["targets"])
        self.assertEqual(len(first["round_completion_tokens_per_second"]), 2)
        self.assertGreater(first["completion_tokens_per_second"],
                           second["completion_tokens_per_second"])

    def test_a_data_set_is_asked_as_it_is(self):
        with SlowService(first=0, gap=0, tokens=3) as service, \
                tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            for text in ["one", "two", "three"]:
                file.write(json.dumps({"messages": [{"role": "user", "content": text}],
                                       "max_tokens": 2}) + "\n")
            file.flush()
            bench(service.url, "--dataset", file.name, "--requests", "6", "--concurrency", "1",
                  "--warmup", "0", "--extra-body", '{"ignore_eos": true}')
            asked = service.measured()
        self.assertEqual([body["messages"][0]["content"] for body in asked],
                         ["one", "two", "three"] * 2)
        self.assertEqual({body["max_tokens"] for body in asked}, {2})
        self.assertTrue(all(body["ignore_eos"] for body in asked))

    def test_mistakes_are_one_line_with_the_remedy(self):
        self.refused("does not answer", "http://127.0.0.1:9/v1")
        self.refused("--goodput", "http://127.0.0.1:9/v1", "--goodput", "speed:1")
        self.refused("--concurrency", "http://127.0.0.1:9/v1", "--concurrency", "0")
        self.refused("--rate", "http://127.0.0.1:9/v1", "--rate", "-1")
        self.refused("--machine-price", "http://127.0.0.1:9/v1", "--machine-price", "1 CNY/year")
        self.refused("--dataset", "http://127.0.0.1:9/v1", "--dataset", "/nowhere")
        self.refused("--extra-body", "http://127.0.0.1:9/v1", "--extra-body", "[1]")
        self.refused("--against", "http://127.0.0.1:9/v1", "--against", "localhost:8080")
        self.refused("--parts", MODEL_FILE, "--parts", "speed")
        self.refused("context", MODEL_FILE, "--prompt-tokens", "500000")

    def test_the_real_service_is_measured_as_it_books(self):
        workspace = Workspace()
        self.addCleanup(workspace.close)
        workspace.price()
        key = workspace.customer_with_key("Bench", "5")
        with Server(workspace) as server:
            report = bench(server.base, "--model", MODEL, "--concurrency", "1,4", "--requests", "4",
                           "--prompt-tokens", "60", "--output-tokens", "12", "--warmup", "0",
                           env={"OPENAI_API_KEY": key})
            refused = run("bench", server.base, "--model", MODEL, check=False,
                          env={"OPENAI_API_KEY": "wrong"})
        self.assertIn("401", refused[2])
        levels = report["targets"][0]["levels"]
        self.assertEqual([level["completed"] for level in levels], [4, 4])
        # The two that learn how the service counts are booked too.
        events = workspace.json("usage", "list")
        self.assertEqual(len(events), 10)
        booked = sum(event["output_tokens"] for event in events)
        self.assertEqual(booked - 2, sum(level["completion_tokens"] for level in levels))
        for level in levels:
            self.assertLess(abs(level["prompt_tokens"] / 4 - 60), 12)
        self.assertTrue(workspace.verify()["sound"])

    def test_a_model_file_is_measured_inside_the_process(self):
        report = bench(MODEL_FILE, "--rounds", "2", "--prompt-tokens", "32", "--output-tokens", "6",
                       "--depth", "8", "--concurrency", "1,3", "--machine-price", "1 USD/h")
        self.assertEqual([row["sequences"] for row in report["batches"]], [1, 3])
        for row in [report["prompt"], report["decode"], *report["batches"]]:
            self.assertGreater(row["tokens_per_second"], 0)
            self.assertEqual(len(row["rounds"]), 2)
            self.assertLessEqual(row["minimum"], row["tokens_per_second"])
            self.assertAlmostEqual(float(row["cost_per_million"]["amount"]),
                                   1e6 / 3600 / row["tokens_per_second"], delta=0.01)
        only = bench(MODEL_FILE, "--parts", "prompt", "--rounds", "1", "--prompt-tokens", "16")
        self.assertNotIn("decode", only)
        self.assertEqual(only["batches"], [])


if __name__ == "__main__":
    unittest.main()
