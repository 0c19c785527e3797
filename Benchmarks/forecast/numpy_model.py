"""The monthly simulation in vectorised NumPy: the same model file, the same months, the same outputs.

  numpy_model.py MODEL.json --paths N [--seed N] [--processes 2] [--batch 4000]

Written as a careful NumPy user would: float64 arrays over a batch of paths that fits the caches,
in-place operations on cohorts, no Python loop over paths, tables for the expected charges, and a
process a core. Prints JSON: seconds (without start-up) and the quantiles of each measure by month.
"""
import argparse, json, math, time
from multiprocessing import Pool, shared_memory
import numpy as np

LEVELS = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975]
MEASURES = ["cash", "customers", "machines", "revenue", "profit", "tokens", "gross_profit",
            "gross_margin", "cumulative_profit", "token_cost"]
COST_OF_REVENUE = {"compute_used", "idle_capacity", "upstream_models", "payment_fees", "support",
                   "warranty", "hardware_sold", "delivery_staff", "partner_share"}
UNIT_COST = {"hardware": "hardware_sold", "consulting": "delivery_staff",
             "data_processing": "delivery_staff", "data_analysis": "delivery_staff",
             "own_advertising": "partner_share", "partner_advertising": "partner_share",
             "data_trading": "partner_share", "revenue_share": "partner_share"}


def unsupported(what):
    raise SystemExit(f"numpy_model.py: {what} is not in the NumPy version; leave it out of the model")


# Inputs ---------------------------------------------------------------------------------------

def draw_slots(model, rng, n):
    slots = model["parameters"]["slots"]
    scores = {}
    for c in model["parameters"]["correlations"]:
        rho = 2 * math.sin(math.pi * c["rho"] / 6)
        if c["first"] in scores or c["second"] in scores:
            unsupported("a slot in two correlations")
        z = rng.standard_normal((2, n))
        scores[c["first"]] = z[0]
        scores[c["second"]] = rho * z[0] + math.sqrt(1 - rho * rho) * z[1]
    values = []
    for index, slot in enumerate(slots):
        (kind, content), = slot["content"].items()
        if kind == "constant":
            values.append(content["_0"])
        elif kind == "uncertain":
            values.append(draw(content["_0"], rng, n, scores.get(index)))
        else:
            unsupported("a formula")
    return values


def draw(law, rng, n, z):
    (kind, p), = law.items()
    if kind in ("normal", "lognormal"):
        z = rng.standard_normal(n) if z is None else z
        return p["mean"] + p["deviation"] * z if kind == "normal" else np.exp(p["mu"] + p["sigma"] * z)
    if z is not None:
        unsupported("a correlated " + kind)
    if kind == "uniform":
        return rng.uniform(p["low"], p["high"], n)
    if kind == "triangular":
        return rng.triangular(p["low"], p["mode"], p["high"], n)
    if kind == "pert":
        span = p["high"] - p["low"]
        a = 1 + 4 * (p["mode"] - p["low"]) / span
        return p["low"] + span * rng.beta(a, 6 - a, n)
    if kind == "beta":
        return p["low"] + (p["high"] - p["low"]) * rng.beta(p["alpha"], p["beta"], n)
    unsupported(kind)


# Expected charges -----------------------------------------------------------------------------

def phi(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


class Curve:
    """E[curve(q)], q lognormal, on a grid of the log of the mean, read by interpolation."""

    def __init__(self, curve, spread):
        pieces = [(p["from"], p["base"], p["slope"]) for p in curve["pieces"]]
        package, minimum = curve.get("package"), curve.get("minimum", 0)
        self.linear = pieces[0] if len(pieces) == 1 and not package and minimum <= 0 else None
        if self.linear or spread is None:
            if not self.linear:
                unsupported("a curve without spread")
            return
        marks = [p[0] for p in pieces if p[0] > 0] + ([package["free"] + package["size"]] if package else [])
        marks += [minimum / s for _, _, s in pieces if s > 0 and minimum > 0]
        low = math.log(min(marks)) - 7 * spread
        high = math.log(max(marks)) + 7 * spread + (3 if package else 0)
        self.grid = np.linspace(low, high, 3000)
        # By the trapezoid rule over the normal score, all grid points at once.
        z = np.linspace(-7, 7, 1401)
        w = np.exp(-z * z / 2)
        w /= w.sum()
        self.values = np.array([w @ self.charge(np.exp(x + spread * z - spread**2 / 2), pieces, package, minimum)
                                for x in self.grid])
        top = pieces[-1][2] + (package["price"] / package["size"] if package else 0)
        self.top = top

    @staticmethod
    def charge(q, pieces, package, minimum):
        starts = np.array([p[0] for p in pieces])
        at = np.clip(np.searchsorted(starts, q, side="left") - 1, 0, None)
        base, slope = np.array([p[1] for p in pieces]), np.array([p[2] for p in pieces])
        total = base[at] + slope[at] * (q - starts[at])
        if package:
            total += package["price"] * np.ceil(np.maximum(0, q - package["free"]) / package["size"])
        return np.maximum(total, minimum)

    def mean(self, quantity):
        if self.linear:
            return self.linear[1] + self.linear[2] * quantity
        x = np.log(quantity)
        value = np.interp(x, self.grid, self.values)
        return value + np.maximum(0, quantity - np.exp(self.grid[-1])) * self.top


# Capacity -------------------------------------------------------------------------------------

def erlang_c(servers, load):
    if load <= 0:
        return 0.0
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return servers * blocked / (servers - load * (1 - blocked))


def queue_table(fleet):
    largest, slots = 1024, fleet["slots"]
    stretched = fleet["serviceSeconds"] * (1 + fleet["variation"]) / 2

    def best(k):
        if fleet["serviceSeconds"] <= 0:
            return 1.0
        low, high, c = 0.0, 1.0, k * slots
        for _ in range(30):
            middle = (low + high) / 2
            late = erlang_c(c, middle * c) * math.exp(-c * (1 - middle) * fleet["waitSeconds"] / stretched)
            low, high = (middle, high) if late <= 0.05 else (low, middle)
        return low

    known = sorted({*range(1, 17), 20, 26, 32, 40, 50, 64, 90, 128})
    return np.concatenate([[0.0], np.interp(np.arange(1, largest + 1), known, [best(k) for k in known])
                           * np.arange(1, largest + 1)])


# The months -----------------------------------------------------------------------------------

class Batch:
    def __init__(self, model, curves, capacity, seed, n):
        self.model, self.curves, self.capacity, self.n = model, curves, capacity, n
        self.rng = np.random.Generator(np.random.SFC64(seed))
        self.values = draw_slots(model, self.rng, n)

    def v(self, parameter, default=None):
        return default if parameter is None else self.values[parameter["index"]]

    def per_path(self, parameter):
        return np.broadcast_to(np.asarray(self.v(parameter), float), self.n)

    def run(self, out, first):
        m, v, rng, n = self.model, self.v, self.rng, self.n
        months, fin, fleet = m["months"], m["finance"], m["fleet"]
        if fleet["mode"] != "cloud":
            unsupported("a fleet that is not cloud")
        multiplier = v(m["priceMultiplier"])
        segs = []
        for s in m["segments"]:
            ages = np.array(s.get("openingAges") or [1.0])
            ages = ages / ages.sum()
            customers = np.round(self.per_path(s["openingCustomers"])) + 0.0
            kappa = v(s.get("churnConcentration"))
            k = len(ages)
            churn = self.per_path(s["churn"])
            age = np.arange(k + months)[:, None]
            hazard = churn * kappa / (kappa + age) if kappa is not None else np.broadcast_to(churn, (k + months, n))
            weight = (1 + self.per_path(s["expansion"])) ** np.arange(k + months + 1)[:, None]
            cohorts = np.zeros((k + months, n))
            cohorts[:k] = ages[::-1, None] * customers
            e = v(s.get("priceElasticity"), 0.0)
            segs.append(dict(s=s, k=k, cohorts=cohorts, hazard=hazard, weight=weight, customers=customers,
                             adopters=self.per_path(s["openingAdopters"]) + 0.0,
                             free=self.per_path(s["free"]["opening"]) + 0.0 if s.get("free") else None,
                             on_churn=multiplier ** (e / 2), on_new=multiplier ** -e))
        last_event = [np.full(n, -1e9) for _ in m["shocks"]]
        token, machine = np.ones(n), np.ones(n)
        missed, before, ratio = np.zeros(n), None, np.ones(n)
        lead = int(v(fleet["lead"]))
        decided = {}
        inflow = np.zeros((months + 130, n))
        outflow = np.zeros((months + 130, n))
        backlog = {i: np.zeros(n) for i, _ in enumerate(m["streams"])}
        rings = {i: np.zeros((max(1, int(v(s["advanceMonths"]))), n)) for i, s in enumerate(m["streams"])}
        heads_before = [self.per_path(r["opening"]) for r in m["roles"]]
        cash = self.per_path(fin["openingCash"]) + 0.0
        carried, cumulative = np.zeros(n), np.zeros(n)
        raised = [rng.random(n) < v(r["probability"]) for r in fin["rounds"]]
        is_open = [np.ones(n, bool) for _ in fin["rounds"]]
        loans = [0.0 for _ in fin["loans"]]

        def schedule(rows, amount, lag, month):
            whole = int(math.floor(lag))
            part = lag - whole
            rows[month + whole] += amount * (1 - part)
            if part:
                rows[month + whole + 1] += amount * part

        for t in range(months):
            if t:
                for index, law in ((token, m["tokenPrice"]), (machine, m["machinePrice"])):
                    vol = v(law["volatility"])
                    index *= np.exp(v(law["drift"]) + vol * rng.standard_normal(n) - vol * vol / 2)
            new_factor, churn_factor, loss = np.ones(n), np.ones(n), np.zeros(n)
            for x, shock in enumerate(m["shocks"]):
                count = rng.poisson(v(shock["rate"]), n)
                hit = np.flatnonzero(count)
                low, high = v(shock["lossLow"]), v(shock["lossHigh"])
                if high > 0 and hit.size:
                    low = low if low > 0 else high / 1000
                    mu, sigma = (math.log(low) + math.log(high)) / 2, (math.log(high) - math.log(low)) / 3.2897072539
                    who = np.repeat(hit, count[hit])
                    np.add.at(loss, who, np.exp(mu + sigma * rng.standard_normal(who.size)))
                last_event[x][hit] = t
                active = t - last_event[x] < v(shock["duration"])
                new_factor[active] *= v(shock["acquisitionFactor"])
                churn_factor[active] *= v(shock["churnFactor"])
            marketing, planned, tokens = np.zeros(n), np.zeros(n), np.zeros(n)
            total, support_cost = np.zeros(n), np.zeros(n)
            for i, g in enumerate(segs):
                s = g["s"]
                factor = g["on_churn"] * churn_factor * (1 + v(s.get("serviceSensitivity"), 0.0) * missed)
                for stream in m["streams"]:
                    customers = stream["volume"].get("customers")
                    if customers and customers["segment"] == i and t >= v(stream["from"]):
                        factor = factor * (1 - v(customers["attach"]) * (1 - v(stream["retention"])))
                rows = g["k"] + t
                alive = g["cohorts"][:rows]
                kept = g["hazard"][rows - 1::-1][:rows] * factor
                np.minimum(kept, 1, out=kept)
                np.subtract(1, kept, out=kept)
                kept *= alive
                expected = kept.sum(0)
                now = g["customers"]
                chance = np.divide(now - expected, now, out=np.zeros(n), where=now > 0)
                left = rng.binomial(now.astype(np.int64), np.clip(chance, 0, 1))
                survivors = now - left
                kept *= np.divide(survivors, expected, out=np.zeros(n), where=expected > 0)
                alive[...] = kept
                usage = np.einsum("ij,ij->j", kept, g["weight"][rows:0:-1])
                mean = np.zeros(n)
                for channel in s["channels"]:
                    if not v(channel["from"]) <= t < v(channel.get("to"), math.inf):
                        continue
                    spend = v(channel["spend"]) * (1 + v(channel["growth"])) ** t
                    cost = v(channel["acquisitionCost"])
                    if channel.get("saturation"):
                        cost = cost * (1 + spend / v(channel["saturation"])) ** v(channel["saturationExponent"])
                    mean += spend / cost
                    marketing += spend
                if s.get("bass"):
                    size = v(s["market"])
                    mean += (v(s["bass"]["innovation"]) + v(s["bass"]["imitation"]) * g["adopters"] / size) \
                        * np.maximum(0, size - g["adopters"])
                effect = g["on_new"] * new_factor
                mean *= effect
                free_tokens = 0.0
                if s.get("free"):
                    f = s["free"]
                    converted = g["free"] * np.minimum(1, v(f["conversion"]) * effect)
                    mean += converted
                    gone = np.minimum(g["free"] * v(f["churn"]), g["free"] - converted)
                    g["free"] += v(f["signups"]) * (1 + v(f["growth"])) ** t - gone - converted
                    free_tokens = g["free"] * v(f["tokens"])
                if s.get("dispersion"):
                    shape = v(s["dispersion"])
                    mean = mean * rng.standard_gamma(shape, n) / shape
                new = rng.poisson(mean) + 0.0
                if s.get("market"):
                    new = np.minimum(new, np.floor(np.maximum(0, v(s["market"]) - g["adopters"])))
                g["adopters"] += new
                g["customers"] = survivors + new
                g["cohorts"][rows] = new
                usage += new
                shock = 1.0
                if s.get("usageVolatility"):
                    sigma = v(s["usageVolatility"])
                    shock = np.exp(sigma * rng.standard_normal(n) - sigma * sigma / 2)
                g["relative"] = np.divide(usage * shock, g["customers"], out=np.ones(n), where=g["customers"] > 0)
                tokens += usage * shock * v(s["tokens"]) + free_tokens
                planned += usage * v(s["tokens"]) + free_tokens
                total += g["customers"]
                support_cost += g["customers"] * v(s["supportCost"])
            # capacity
            overflow = v(fleet.get("overflow"))
            share = v(fleet["upstreamShare"]) if overflow is not None else 0.0
            planned *= 1 - share
            own = tokens * (1 - share)
            if before is not None:
                growth = np.divide(planned, before, out=np.ones(n), where=before > 0)
                ratio = (ratio + np.clip(growth, 0.5, 2)) / 2
            before = planned
            peak, throughput = v(fleet["peak"]), self.per_path(fleet["throughput"])

            def needed(load):
                k = np.searchsorted(self.capacity, load * peak / throughput, side="left") + 0.0
                k = np.maximum(k, v(fleet["minimum"]))
                return np.minimum(k, v(fleet["maximum"])) if fleet.get("maximum") else k

            if t == 0:
                for early in range(lead):
                    decided[early] = needed(planned)
            decided[t + lead] = needed(planned * ratio**lead)
            machines = decided.pop(t)
            usable = self.capacity[np.minimum(machines, len(self.capacity) - 1).astype(int)]
            served = np.minimum(own, usable * throughput / peak)
            rest = tokens - served
            vendor = np.zeros(n)
            if overflow is not None:
                vendor, missed = rest * overflow * token, np.zeros(n)
            else:
                missed = np.divide(rest, tokens, out=np.zeros(n), where=tokens > 0)
            machine_cost = machines * v(fleet["running"]) * machine
            # people
            cost = {}
            owed, direct = np.zeros(n), marketing + loss
            spare = []

            def book(account, amount):
                cost[account] = cost.get(account, 0) + amount

            for i, r in enumerate(m["roles"]):
                heads = self.per_path(r["opening"]) + 0.0
                hands = heads.copy()
                for hire in r["hires"]:
                    since = t - math.ceil(v(hire["month"]))
                    if since >= 0:
                        ramp = v(r["ramp"])
                        heads += v(hire["count"])
                        hands += v(hire["count"]) * (min(1, (since + 0.5) / ramp) if ramp > 0 else 1)
                if r.get("customersEach"):
                    extra = np.ceil(total / v(r["customersEach"]))
                    heads += extra
                    hands += extra
                pay = heads * v(r["cost"]) * (1 + v(r["growth"])) ** t \
                    + np.maximum(0, heads - heads_before[i]) * v(r["recruiting"])
                heads_before[i] = heads
                spare.append(hands)
                book(r["account"], pay)
                direct = direct + pay
            # sales
            revenue = np.zeros(n)
            for i, stream in enumerate(m["streams"]):
                (kind, p), = stream["volume"].items()
                if stream.get("offerMinimum") or stream.get("offerMaximum"):
                    unsupported("a bound on a whole bill")
                if kind == "customers":
                    g = segs[p["segment"]]
                    s, each = g["s"], 0.0
                    for curve, item in zip(self.curves[i], stream["offer"]):
                        meter = item["meter"]
                        tk, o, c = v(s["tokens"]), v(s["outputShare"]), v(s["cachedShare"])
                        base = dict(tokens=lambda: tk, input=lambda: tk * (1 - o) * (1 - c),
                                    cached_input=lambda: tk * (1 - o) * c, output=lambda: tk * o,
                                    requests=lambda: tk / v(s["tokensPerRequest"]), events=lambda: v(s["events"]),
                                    outcomes=lambda: v(s["events"]) * v(s["successRate"]),
                                    seats=lambda: v(s["seats"]), customers=lambda: 1.0)[meter]()
                        if meter in ("customers", "seats"):
                            each = each + curve.mean(base)
                        else:
                            each = each + curve.mean(base * g["relative"]) * (1 - missed)
                    quantity = g["customers"] * v(p["attach"])
                    sale = quantity * each * multiplier * v(stream["price"])
                else:
                    if kind == "orders":
                        quantity = rng.poisson(np.broadcast_to(v(p["rate"]) * (1 + v(p["growth"])) ** t, n)) + 0.0
                    elif kind == "projects":
                        won = rng.poisson(np.broadcast_to(v(p["rate"]) * (1 + v(p["growth"])) ** t * v(p["winRate"]), n))
                        backlog[i] += won * v(p["personMonths"]) * (t >= v(stream["from"]))
                        worked = np.minimum(backlog[i], spare[p["role"]])
                        backlog[i] -= worked
                        spare[p["role"]] = spare[p["role"]] - worked
                        quantity = worked / v(p["personMonths"])
                    elif kind == "audience":
                        quantity = segs[p["segment"]]["free"] * v(p["impressions"]) * v(p["fill"]) / 1000
                    else:
                        quantity = np.broadcast_to(v(p["amount"]) * (1 + v(p["growth"])) ** t, n)
                    sale = quantity * v(stream["price"])
                if stream["isIndexed"]:
                    sale = sale * token
                if t < v(stream["from"]):
                    sale, quantity = np.zeros(n), np.zeros(n)
                length = int(v(stream["advanceMonths"]))
                billed = recognised = sale
                if length > 1:
                    ring, place = rings[i], t % length
                    ring[place] = 0
                    covered = ring.sum(0)
                    ring[place] = np.maximum(0, sale - covered)
                    billed, recognised = ring[place] * length, covered + ring[place]
                revenue += recognised
                schedule(inflow, billed, v(stream["collectionMonths"]), t)
                unit = quantity * v(stream["unitCost"])
                book(UNIT_COST.get(stream["kind"], "support"), unit)
                partner = recognised * v(stream["partnerShare"])
                book("partner_share", partner)
                owed = owed + unit + partner
            for line in m["costs"]:
                begin = v(line["from"])
                if line["isOneOff"]:
                    amount = v(line["amount"]) if begin <= t < begin + 1 else 0.0
                else:
                    amount = v(line["amount"]) * (1 + v(line["growth"])) ** t \
                        if begin <= t < v(line.get("to"), math.inf) else 0.0
                book(line["account"], amount)
                if line["account"] in ("people", "marketing"):
                    direct = direct + amount
                else:
                    owed = owed + amount
            book("marketing", marketing)
            book("administration", loss)
            book("support", support_cost)
            book("compute_used", machine_cost)
            book("upstream_models", vendor)
            owed = owed + support_cost + machine_cost + vendor
            # funding, on last month's cash
            funded, lent, interest, principal = np.zeros(n), 0.0, 0.0, 0.0
            for i, r in enumerate(fin["rounds"]):
                due = is_open[i] & (t >= v(r["month"]))
                if r.get("cashBelow"):
                    due &= cash < v(r["cashBelow"])
                is_open[i] &= ~due
                funded += np.where(due & raised[i], v(r["amount"]), 0)
            for i, loan in enumerate(fin["loans"]):
                rate, term, begin = v(loan["rate"]), v(loan["term"]), math.ceil(v(loan["month"]))
                if t == begin:
                    loans[i] = v(loan["amount"])
                    lent += loans[i]
                elif begin < t <= begin + term:
                    payment = v(loan["amount"]) * rate / (1 - (1 + rate) ** -term) if rate else v(loan["amount"]) / term
                    interest += loans[i] * rate
                    principal += payment - loans[i] * rate
                    loans[i] -= payment - loans[i] * rate
            # results
            collected = inflow[t]
            fees = collected * v(fin["paymentFee"])
            book("payment_fees", fees)
            schedule(outflow, owed, v(fin["payableMonths"]), t)
            direct_cost = sum(a for k, a in cost.items() if k in COST_OF_REVENUE)
            operating = sum(a for k, a in cost.items() if k not in COST_OF_REVENUE)
            gross = revenue - direct_cost
            revenue_tax = revenue * v(fin["revenueTax"])
            pre = gross - operating - revenue_tax - interest
            tax = np.maximum(0, pre - carried) * v(fin["incomeTax"])
            carried = np.maximum(0, carried - pre)
            profit = pre - tax
            cumulative = cumulative + profit
            cash = cash + collected - fees - outflow[t] - direct - revenue_tax - tax + funded + lent - interest - principal
            good = tokens * (1 - missed)
            margin = np.divide(gross, revenue, out=np.zeros(n), where=revenue > 0)
            each = np.divide((machine_cost + vendor) * 1e6, good, out=np.zeros(n), where=good > 0)
            for i, row in enumerate((cash, total, machines, revenue, profit, good, gross, margin, cumulative, each)):
                out[i, t, first:first + n] = row


# Running ----------------------------------------------------------------------------------------

def view(name, shape):
    memory = shared_memory.SharedMemory(name=name)
    return memory, np.ndarray(shape, np.float64, buffer=memory.buf)


def work(job):
    model, curves, capacity, seed, start, end, batch, name, shape = job
    memory, out = view(name, shape)
    for first in range(start, end, batch):
        Batch(model, curves, capacity, (seed, first), min(batch, end - first)).run(out, first)
    memory.close()


def quantiles(job):
    name, shape, months = job
    memory, out = view(name, shape)
    answer = np.quantile(out[:, months[0]:months[1]], LEVELS, axis=2, overwrite_input=True), out[:, months[0]:months[1]].mean(2)
    memory.close()
    return answer


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--paths", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--batch", type=int, default=4000)
    args = parser.parse_args()
    model = json.load(open(args.model))
    shape = (len(MEASURES), model["months"], args.paths)
    memory = shared_memory.SharedMemory(create=True, size=8 * math.prod(shape))
    try:
        with Pool(args.processes) as pool:
            pool.map(abs, range(args.processes))
            begin = time.perf_counter()
            curves = []
            for stream in model["streams"]:
                customers = stream["volume"].get("customers")
                spread = customers and model["segments"][customers["segment"]].get("usageSpread")
                spread = spread and model["parameters"]["slots"][spread["index"]]["content"]["constant"]["_0"]
                curves.append([Curve(item["curve"], spread) for item in stream["offer"]])
            capacity = queue_table(model["fleet"])
            cuts = [args.paths * i // args.processes for i in range(args.processes + 1)]
            pool.map(work, [(model, curves, capacity, args.seed, a, b, args.batch, memory.name, shape)
                            for a, b in zip(cuts, cuts[1:])], 1)
            parts = [model["months"] * i // args.processes for i in range(args.processes + 1)]
            done = pool.map(quantiles, [(memory.name, shape, p) for p in zip(parts, parts[1:])], 1)
            seconds = time.perf_counter() - begin
        levels = np.concatenate([d[0] for d in done], axis=2)
        means = np.concatenate([d[1] for d in done], axis=1)
    finally:
        memory.close()
        memory.unlink()
    print(json.dumps(dict(
        seconds=seconds, numpy=np.__version__, paths=args.paths,
        fans={name: dict(mean=means[i].tolist(), quantiles=levels[:, i].tolist()) for i, name in enumerate(MEASURES)})))


if __name__ == "__main__":
    main()
