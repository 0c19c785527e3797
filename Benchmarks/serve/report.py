"""Keeps what was measured, and makes the table of it."""

import json
import os
import pathlib
import statistics

from sides import CACHE, HERE

DOCUMENT = HERE.parents[1] / "docs" / "performance.md"
KEPT = CACHE / "bench-serve.json"
BEGIN = "<!-- bench-serve: begin (written by make bench-serve) -->"
END = "<!-- bench-serve: end -->"

NAMES = {
    "decode": "one stream, decode, 128 + 128",
    "prompt": "prompt of 512 tokens",
    "streams": "16 streams over HTTP, generated",
    "mixed": "64 mixed requests, shared 400-token prompt, all tokens",
    "mixed p95 ttft": "the same, p95 time to first token",
    "start": "cold process: file to first token",
    "memory": "resident memory, 16 streams",
}


def load():
    try:
        with open(KEPT) as f:
            return json.load(f)
    except FileNotFoundError:
        return {}


def save(results):
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    part = KEPT.with_suffix(".part")
    part.write_text(json.dumps(results, indent=1, default=list))
    os.replace(part, KEPT)


def ratio(row):
    """How many times better ours is, by the medians."""
    ours, theirs = statistics.median(row["ours"]), statistics.median(row["theirs"])
    return ours / theirs if row["better"] == "higher" else theirs / ours


def is_met(row):
    return row["met"] if "met" in row else ratio(row) >= row["target"]


def figure(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def spread(values):
    middle = figure(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({figure(min(values))}–{figure(max(values))})"


def target(row):
    return row.get("target_text") or f"{row['target']:g} ×"


def achieved(row):
    return row.get("ratio_text") or f"{ratio(row):.2f} ×"


def line(key, row):
    return (f"{NAMES.get(key, key)}: ours {spread(row['ours'])}, {row['peer']} "
            f"{spread(row['theirs'])} {row['unit']}: {achieved(row)}, target {target(row)}"
            f"{'' if is_met(row) else '  MISSED'}")


def in_order(rows):
    """By kind, however they were measured: the demo model, other formats, the rest."""
    first = list(NAMES)

    def place(item):
        key = item[0]
        if key in first[:5]:
            return (0, first.index(key), "")
        if key.split(" ")[0] in ("q4_0", "q8_0", "q4_k", "gemma"):
            return (1, 0, key)
        return (2, first.index(key) if key in first else len(first), "")

    return sorted(rows.items(), key=place)


def cells(*texts):
    return "| " + " | ".join(texts) + " |"


def table(results):
    machine = results["machine"]
    out = [
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, L3 "
        f"{machine['l3']}; {', '.join(machine['instructions'])}. Measured with {machine['threads']} "
        f"threads: reads {machine['dram_gb_s']} GB/s over 1 GiB, {machine['model_sized_gb_s']} GB/s "
        f"over 96 MiB; 8-bit products and sums, {machine['int8_gop_s']:,.0f} GOP/s. Both sides have "
        f"{machine['threads']} threads and take turns; medians, lowest and highest in brackets.", "",
        cells("load", "ours", "peer", "unit", "ratio", "target", "", "peer's settings"),
        "|---|---:|---:|---|---:|---:|---|---|",
    ]
    for key, row in in_order(results["rows"]):
        out.append(cells(
            NAMES.get(key, key), spread(row["ours"]), spread(row["theirs"]), row["unit"],
            achieved(row), target(row), "met" if is_met(row) else "**missed**",
            f"{row['peer']}; {row.get('measured', '')}"))
    return "\n".join(out + latencies(results) + memories(results) + roofline(results))


def latencies(results):
    rows = [(key, row) for key, row in in_order(results["rows"]) if "latency" in row]
    if not rows:
        return []
    out = ["", "Latencies of the 16 streams, ms, ours / peer:", "",
           cells("load", "TTFT p50", "TTFT p95", "TPOT p50", "ITL p99"), "|---|---:|---:|---:|---:|"]
    for key, row in rows:
        ours, theirs = row["latency"]
        out.append(cells(NAMES.get(key, key), *(
            f"{figure(ours[name])} / {figure(theirs[name])}"
            for name in ("ttft_p50", "ttft_p95", "tpot_p50", "itl_p99"))))
    return out


def memories(results):
    row = results["rows"].get("memory")
    if not row:
        return []
    out = ["", "Resident memory after the 16 streams, MiB:", "",
           cells("", "anonymous", "of files", "resident", "peak"), "|---|---:|---:|---:|---:|"]
    for name, side in zip(("ours", row["peer"]), row["memory"]):
        out.append(cells(name, *(figure(side[part])
                                 for part in ("anonymous", "files", "resident", "peak"))))
    return out


def roofline(results):
    """How near each engine row is to what the machine can read and compute."""
    machine = results["machine"]
    rows = [(key, row) for key, row in in_order(results["rows"]) if "demands" in row]
    if not rows:
        return []
    reads, operations = machine["model_sized_gb_s"], machine["int8_gop_s"]
    out = ["", "The roofline: a decoding step reads every weight once, for however many streams; a "
           "token takes two operations a weight (a prompt's token without the head). Attention, "
           "sampling and HTTP are not counted.", "",
           cells("load", "MB a step", "MOP a token", "read, GB/s", "of the limit", "GOP/s",
                 "of the limit", "peer's GB/s", "peer's GOP/s"),
           "|---|---:|---:|---:|---:|---:|---:|---:|---:|"]
    for key, row in rows:
        demand, part = row["demands"], row["part"]
        work = demand["prompt_operations" if part == "prompt" else "operations"]
        sides = [statistics.median(row[side]) for side in ("ours", "theirs")]
        # A prompt is computed in chunks, so its reads say nothing.
        steps = {"decode": 1, "streams": 1 / 16, "prompt": 0}[part]
        read = [speed * steps * demand["bytes"] / 1e9 for speed in sides]
        computed = [speed * work / 1e9 for speed in sides]

        def share(value, limit):
            return f"{value / limit:.0%}" if value and limit else "-"

        out.append(cells(
            NAMES.get(key, key), figure(demand["bytes"] / 1e6), figure(work / 1e6),
            figure(read[0]) if steps else "-", share(read[0], reads), figure(computed[0]),
            share(computed[0], operations), figure(read[1]) if steps else "-",
            figure(computed[1])))
    return out


def write(document, text):
    """Puts the table between the document's markers."""
    path = pathlib.Path(document)
    old = path.read_text()
    if BEGIN not in old or END not in old:
        raise SystemExit(f"{document}: has no lines '{BEGIN}' and '{END}'")
    head, rest = old.split(BEGIN, 1)
    path.write_text(f"{head}{BEGIN}\n\n{text}\n\n{END}{rest.split(END, 1)[1]}")
