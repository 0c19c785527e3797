"""Compares the runs that `run` left in a folder: speed, and quantiles within Monte Carlo error."""
import json, math, sys
import numpy as np

folder, rounds, paths, many = sys.argv[1], *map(int, sys.argv[2:5])

def load(name):
    with open(f"{folder}/{name}") as file:
        run = json.load(file)
    # Swift writes a dictionary by an enumeration as keys and values in turns.
    if isinstance(fans := run.get("outcome", {}).get("fans"), list):
        run["outcome"]["fans"] = dict(zip(fans[::2], fans[1::2]))
    return run


numpy = [load(f"numpy.{r}") for r in range(1, rounds + 1)]
ours = [load(f"ours.{r}") for r in range(1, rounds + 1)]
levels = np.array([0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975])
slow, fast = (float(np.median([run["seconds"] for run in runs])) for runs in (numpy, ours))
months = len(ours[0]["outcome"]["fans"]["cash"]["mean"])
redraw = load("redraw")["seconds"] * 1000
print(f"{paths} paths: NumPy {numpy[0]['numpy']} {slow:.2f} s, breakeven {fast:.2f} s: {slow / fast:.1f} x (target 10)")
print(f"10,000 paths: {redraw:.0f} ms (target 150)")
# The cost of a path-month on all cores, and the memory, as the run grows.
each = {
    (n, m): load(name)["seconds"] * 1e9 / (n * m)
    for name, n, m in (("redraw", 10_000, months), ("short", paths, 30), ("ours.1", paths, months),
                       ("long", paths, 120), ("many", many, months))}
for (n, m), nanoseconds in each.items():
    print(f"{n:>8} paths x {m:>3} months: {nanoseconds:6.1f} ns a path-month")
peak = {n: int(open(f"{folder}/{name}.peak").read()) // 1024
        for name, n in (("redraw", 10_000), ("ours.1", paths), ("many", many))}
print("peak memory: " + ", ".join(f"{n} paths {size} MiB" for n, size in peak.items()))

# A quantile's standard error in probability is √(p(1 − p) ÷ n); in value, by the neighbouring levels'
# slope. Two independent runs differ by √2 of it; 5 of these, plus the histogram's bin and, for what is
# whole (machines, customers), half a unit.
worst = ("", 0.0)
for name in numpy[0]["fans"]:
    a = np.array(numpy[0]["fans"][name]["quantiles"])
    b = np.array(ours[0]["outcome"]["fans"][name]["quantiles"])
    slope = np.gradient(a, levels, axis=0)
    error = slope * np.sqrt(levels * (1 - levels) / paths)[:, None] * math.sqrt(2)
    range_ = a[-1] - a[0]
    bound = 5 * error + range_ / 400 + 1e-9 * np.abs(a) + (1 if name in ("machines", "customers") else 0)
    part = np.abs(a - b) / np.maximum(bound, 1e-12)
    at = np.unravel_index(part.argmax(), part.shape)
    if part.max() > worst[1]:
        worst = (f"{name}, level {levels[at[0]]}, month {at[1]}: {a[at]:.6g} and {b[at]:.6g}", part.max())
print(f"quantiles: largest difference {worst[1]:.2f} of what chance allows ({worst[0]})")
failed = [what for what, holds in (
    ("10 x NumPy", slow / fast >= 10), ("redraw under 150 ms", redraw < 150),
    ("quantiles", worst[1] <= 1),
    ("linear in paths", each[many, months] <= 1.25 * each[paths, months]),
    # Cohorts make a path's months cost a little more the more there are of them.
    ("linear in months", each[paths, 120] <= 2 * each[paths, 30]),
    ("flat memory", peak[many] <= 1.2 * peak[paths] + 16)) if not holds]
if failed:
    sys.exit("compare.py: missed: " + ", ".join(failed))
