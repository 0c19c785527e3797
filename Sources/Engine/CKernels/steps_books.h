// Steps of funding, closing and what is watched of a path.

static void step_raise(const ck_round *r, double month, size_t count) {
  for EACH {
    d8 open = load(r->open + i);
    s8 isDue = (load(r->month + i) <= month) & (open > 0.0);
    if (r->cash_below) isDue &= load(r->cash + i) < load(r->cash_below + i);
    d8 weight = pick(isDue, load(r->weight + i), splat(0));
    d8 received = weight * load(r->amount + i);
    store(r->open + i, pick(isDue, splat(0), open));
    store(r->funded + i, load(r->funded + i) + received);
    store(r->founders + i, load(r->founders + i) * (1.0 - load(r->equity + i) * weight));
  }
}

static void step_close(const ck_closing *c, size_t count) {
  for EACH {
    double *costs = c->costs + i;
    d8 revenue = load(c->revenue + i), collected = load(c->collected + i);
    d8 interest = load(c->interest + i), paid = load(c->paid + i);
    d8 fees = collected * load(c->fee_rate + i);
    d8 onRevenue = revenue * load(c->revenue_tax_rate + i);
    double *feeCosts = costs + c->fee_account * count;
    double *interestCosts = costs + c->interest_account * count;
    double *taxCosts = costs + c->tax_account * count;
    store(feeCosts, load(feeCosts) + fees);
    store(interestCosts, load(interestCosts) + interest);
    d8 cost = splat(0), operating = splat(0);
    for (size_t k = 0; k < c->cost_of_revenue_count; k++) {
      cost += load(costs + (size_t)c->cost_of_revenue[k] * count);
    }
    for (size_t k = 0; k < c->operating_count; k++) {
      operating += load(costs + (size_t)c->operating[k] * count);
    }
    d8 gross = revenue - cost;
    d8 before = gross - operating - onRevenue - interest;
    d8 carried = load(c->loss_carried + i);
    d8 onIncome = most(before - carried, splat(0)) * load(c->income_tax_rate + i);
    d8 profit = before - onIncome;
    store(c->loss_carried + i, most(carried - before, splat(0)));
    store(taxCosts, load(taxCosts) + (onRevenue + onIncome));
    store(c->fees + i, fees);
    store(c->revenue_tax + i, onRevenue);
    store(c->income_tax + i, onIncome);
    store(c->gross + i, gross);
    store(c->profit + i, profit);
    store(c->cumulative + i, load(c->cumulative + i) + profit);
    d8 out = fees + paid + load(c->direct + i) + load(c->bought + i) + onRevenue + onIncome;
    d8 free = collected - out;
    store(c->free + i, free);
    store(c->unfunded + i, load(c->unfunded + i) + free);
    d8 change =
      free + load(c->funded + i) + load(c->lent + i) - interest - load(c->principal + i);
    store(c->cash + i, load(c->cash + i) + change);
    store(c->payables + i, load(c->payables + i) + (load(c->owed + i) - paid));
    d8 receivable = load(c->receivable + i) - collected;
    for (size_t k = 0; k < c->billed_count; k++) receivable += load(c->billed[k] + i);
    store(c->receivable + i, receivable);
  }
}

static void step_watch(const ck_watch *w, size_t month, size_t count) {
  double now = (double)month;
  for EACH {
    size_t at = month * count + i;
    d8 profit = load(w->profit + i), free = load(w->free + i), revenue = load(w->revenue + i);
    d8 gross = load(w->gross + i), factor = load(w->factor + i);
    store(w->least + i, least(load(w->least + i), load(w->unfunded + i)));
    store(w->value + i, load(w->value + i) + free * factor);
    store(w->factor + i, factor / (1.0 + load(w->discount + i)));
    d8 streak = pick(profit > 0.0, load(w->streak + i) + 1.0, splat(0));
    store(w->streak + i, streak);
    d8 found = load(w->break_even + i);
    store(w->break_even + i, pick((streak == 3.0) & (found == -1.0), splat(now - 2), found));
    s8 isLoss = load(w->cumulative + i) < 0.0;
    store(w->last_loss + i, pick(isLoss, splat(now), load(w->last_loss + i)));
    d8 ruin = load(w->ruin + i);
    s8 isRuined = (load(w->cash + i) < 0.0) & (ruin == -1.0);
    store(w->ruin + i, pick(isRuined, splat(now), ruin));
    store(w->total_revenue + i, load(w->total_revenue + i) + revenue);
    store(w->total_profit + i, load(w->total_profit + i) + profit);
    store(w->total_gross + i, load(w->total_gross + i) + gross);
    store(w->total_marketing + i, load(w->total_marketing + i) + load(w->marketing + i));
    d8 served = load(w->demand + i) * (1.0 - load(w->missed + i));
    d8 cost =
      load(w->machine_cost + i) + load(w->depreciation + i) + load(w->vendor_cost + i);
    store(w->token_cost + i, pick(served > 0.0, cost / served * 1e6, splat(0)));
    store(w->margin + i, pick(revenue > 0.0, gross / revenue, splat(0)));
    store(w->served + i, served);
    store(w->free_cash + at, free);
    store(w->months_recurring + at, load(w->recurring + i));
    store(w->revenues + at, revenue);
    store(w->profits + at, profit);
  }
}

// Figures of a whole path -------------------------------------------------------------------------

/// Sum of flow[i] * x^i and its derivative.
CK_INLINE void valued(int vectors, const double *flows, size_t months, size_t count, const d8 *x,
                      d8 *sum, d8 *rise) {
  for (int v = 0; v < vectors; v++) sum[v] = rise[v] = splat(0);
  for (size_t month = months; month-- > 0;) {
    for (int v = 0; v < vectors; v++) {
      rise[v] = rise[v] * x[v] + sum[v];
      sum[v] = sum[v] * x[v] + load(flows + month * count + 8 * (size_t)v);
    }
  }
}

/// Newton's steps on v = 1 / (1 + i), kept within a bracket that each step narrows. A path that has
/// arrived stays, so that no path depends on those beside it.
CK_INLINE void internal_rates(int vectors, const double *flows, size_t months, size_t count,
                              double *into) {
  d8 x[ABREAST], low[ABREAST], high[ABREAST], rises[ABREAST], value[ABREAST], slope[ABREAST];
  s8 hasRoot[ABREAST], moving = {0};
  for (int v = 0; v < vectors; v++) low[v] = splat(0.5);
  for (int v = 0; v < vectors; v++) high[v] = splat(2);
  valued(vectors, flows, months, count, low, x, slope);
  valued(vectors, flows, months, count, high, value, slope);
  for (int v = 0; v < vectors; v++) {
    hasRoot[v] = ((x[v] <= 0.0) & (value[v] > 0.0)) | ((x[v] >= 0.0) & (value[v] < 0.0));
    rises[v] = pick(value[v] > x[v], splat(1), splat(-1));
    x[v] = splat(1);
    moving |= hasRoot[v];
  }
  for (int step = 0; step < 40 && any(moving); step++) {
    valued(vectors, flows, months, count, x, value, slope);
    moving = (s8){0};
    for (int v = 0; v < vectors; v++) {
      s8 isAbove = value[v] * rises[v] > 0.0;
      high[v] = pick(isAbove, x[v], high[v]);
      low[v] = pick(isAbove, low[v], x[v]);
      d8 newton = x[v] - value[v] / slope[v];
      s8 isInside = (newton > low[v]) & (newton < high[v]);
      d8 next = pick(isInside, newton, (low[v] + high[v]) * 0.5);
      s8 moves = (next - x[v] > 1e-14) | (next - x[v] < -1e-14);
      x[v] = pick(moves, next, x[v]);
      moving |= moves & hasRoot[v];
    }
  }
  for (int v = 0; v < vectors; v++) {
    d8 rate = exponent(12.0 * ln(1.0 / x[v])) - 1.0;
    store(into + 8 * v, pick(hasRoot[v], rate, splat(NAN)));
  }
}

/// Of the free cash flow, a year; NaN where its value has the same sign at -50% and +100% a month.
static void step_internal_rate(const double *flows, size_t months, double *into, size_t count) {
  size_t i = 0;
  for (; i + 8 * ABREAST <= count; i += 8 * ABREAST) {
    internal_rates(ABREAST, flows + i, months, count, into + i);
  }
  for (; i < count; i += 8) internal_rates(1, flows + i, months, count, into + i);
}

/// Over the last 12 months in which cash burned, wherever they lie.
static void step_burn_multiple(const ck_watch *w, size_t months, double *into, size_t count) {
  for EACH {
    d8 burn = splat(0), growth = splat(0), counted = splat(0);
    for (size_t month = months; month-- > 0;) {
      size_t at = month * count + i;
      s8 isOpen = counted < 12.0;
      if (!any(isOpen)) break;
      d8 free = load(w->free_cash + at);
      s8 burns = isOpen & (free < 0.0);
      d8 before = month > 0 ? load(w->months_recurring + at - count) : splat(0);
      burn -= pick(burns, free, splat(0));
      growth += pick(burns, load(w->months_recurring + at) - before, splat(0));
      counted += pick(burns, splat(1), splat(0));
    }
    store(into + i, pick(growth > 0.0, burn / (12.0 * growth), splat(NAN)));
  }
}

static void step_rule_of_40(const ck_watch *w, size_t months, double *into, size_t count) {
  for EACH {
    d8 last = splat(0), before = splat(0), profit = splat(0);
    for (size_t month = months < 24 ? months : months - 12; month < months; month++) {
      last += load(w->revenues + month * count + i);
      profit += load(w->profits + month * count + i);
      before += load(w->revenues + (month - 12) * count + i);
    }
    d8 sum = last / before - 1.0 + profit / last;
    store(into + i, pick((last > 0.0) & (before > 0.0), sum, splat(NAN)));
  }
}
