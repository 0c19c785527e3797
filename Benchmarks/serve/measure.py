#!/usr/bin/env python3
"""Measures the rows of bench-serve and writes the table; see `run` beside this file.

    measure.py [--list] [ROW…]

Without rows: those of the environment's ROWS, else all.
"""

import json
import os
import sys
import time

ROWS = {
    "decode": "one stream, 128 prompt + 128 generated",
    "prompt": "a prompt of 512 tokens",
    "streams": "16 streams over HTTP, 128 prompt + 128 generated",
    "mixed": "64 mixed requests that share a 400-token system prompt",
    "q4_0": "the demo model as Q4_0: decode, prompt, 16 streams",
    "q8_0": "the demo model as Q8_0: decode, prompt, 16 streams",
    "q4_k": "the demo model as Q4_K_M: decode, prompt, 16 streams",
    "gemma": "Gemma 3 270M Q4_K_M: decode, prompt, 16 streams",
    "embeddings": "512 sentences, all-MiniLM-L6-v2",
    "start": "from a cold process to the first token, file cache warm",
    "memory": "resident memory serving 16 streams",
    "quality": "next-token distributions and perplexity against the weights in f32",
}


def chosen(arguments):
    names = arguments or os.environ.get("ROWS", "").replace(",", " ").split() or list(ROWS)
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        sys.exit(f"no row is called {', '.join(unknown)}; there are {', '.join(ROWS)}")
    return names


def main():
    arguments = sys.argv[1:]
    if "--list" in arguments:
        for name, text in ROWS.items():
            print(f"{name:12} {text}")
        return
    names = chosen(arguments)
    # After `--list`, which needs no packages.
    import machine
    import report
    import rows

    results = report.load()
    results["machine"] = machine.describe(rows.sides.THREADS)
    results.setdefault("rows", {})
    failed = []
    for name in names:
        print(f"== {name}: {ROWS[name]}", flush=True)
        started = time.time()
        try:
            measured = rows.measure(name)
        except (Exception, SystemExit) as error:  # an hour of other rows must not be lost
            failed.append(name)
            print(f"   FAILED: {error}", flush=True)
            continue
        for key, row in measured.items():
            row["measured"] = time.strftime("%Y-%m-%d", time.gmtime(started))
            results["rows"][key] = row
            print("   " + report.line(key, row), flush=True)
        report.save(results)
    document = os.environ.get("DOCUMENT", str(report.DOCUMENT))
    text = report.table(results)
    print("\n" + text)
    if document != "none":
        report.write(document, text)
    missed = [key for key, row in results["rows"].items() if not report.is_met(row)]
    print(f"\nmissed: {', '.join(missed)}" if missed else "\nevery measured target is met")
    if failed:
        sys.exit(f"could not be measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
