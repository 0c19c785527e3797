// Steps of a segment: those that leave, those that come, and what they use.

static void step_hazard(const double *price, const double *shocks, const double *sensitivity,
                        const double *missed, double *factor, size_t count) {
  for EACH {
    d8 f = load(price + i) * load(shocks + i);
    if (sensitivity) f *= 1.0 + load(sensitivity + i) * load(missed + i);
    store(factor + i, most(f, splat(0)));
  }
}

static void step_retain(const double *attach, const double *retention, const double *from,
                        double month, double *factor, size_t count) {
  for EACH {
    d8 kept = most(1.0 - load(attach + i) * (1.0 - load(retention + i)), splat(0));
    kept = pick(load(from + i) <= month, kept, splat(1));
    store(factor + i, load(factor + i) * kept);
  }
}

static void step_chance(const double *customers, const double *expected, double *into,
                        size_t count) {
  for EACH {
    d8 now = load(customers + i);
    store(into + i, pick(now > 0.0, (now - load(expected + i)) / now, splat(0)));
  }
}

static void step_depart(const double *expected, const double *churned, double *customers,
                        double *usage, double *scale, size_t count) {
  for EACH {
    d8 survivors = load(customers + i) - load(churned + i);
    d8 believed = load(expected + i);
    d8 ratio = pick(believed > 0.0, survivors / believed, splat(0));
    store(customers + i, survivors);
    store(usage + i, load(usage + i) * ratio);
    store(scale + i, ratio);
  }
}

/// Spend of the month in 8 paths, and how much dearer it makes a customer.
CK_INLINE d8 spending(const ck_channel *c, size_t i, size_t month, d8 *dearer) {
  double now = (double)month;
  d8 grown = load(c->growth_now + i);
  if (month > 0) {
    grown *= load(c->growth + i) + 1.0;
    store(c->growth_now + i, grown);
  }
  s8 isOn = load(c->from + i) <= now;
  if (c->to) isOn &= now < load(c->to + i);
  d8 spent = pick(isOn, load(c->spend + i) * grown, splat(0));
  *dearer = splat(1);
  if (c->saturation && c->exponent) {
    d8 full = most(load(c->saturation + i), splat(1e-9));
    *dearer = exponent(ln(1.0 + spent / full) * load(c->exponent + i));
  }
  return spent;
}

static void step_spend(const ck_channel *c, size_t month, double *mean, size_t count) {
  d8 spent = splat(0), dearer = splat(1);
  if (c->is_common) {
    spent = splat(spending(c, 0, month, &dearer)[0]);
    dearer = splat(dearer[0]);
    for EACH store(c->spent + i, spent);
    if (spent[0] == 0) return;
  }
  for EACH {
    if (!c->is_common) {
      spent = spending(c, i, month, &dearer);
      store(c->spent + i, spent);
    }
    d8 cost = load(c->cost + i) * dearer;
    store(mean + i, load(mean + i) + pick(cost > 0.0, spent / cost, splat(0)));
  }
}

static void step_come(const ck_coming *c, double *mean, size_t count) {
  for EACH {
    d8 m = load(mean + i);
    if (c->market && c->innovation && c->imitation) {
      d8 size = most(load(c->market + i), splat(1e-9));
      d8 adopters = load(c->adopters + i);
      d8 rest = most(size - adopters, splat(0));
      m += (load(c->innovation + i) + load(c->imitation + i) * adopters / size) * rest;
    }
    d8 effect = load(c->price + i) * load(c->shocks + i);
    m *= effect;
    if (c->users) {
      d8 users = load(c->users + i);
      d8 converted = users * clamp(load(c->conversion + i) * effect, 0, 1);
      d8 growth = load(c->growth_now + i);
      d8 signed_up = load(c->signups + i) * growth;
      d8 left = least(users * load(c->churn + i), users - converted);
      store(c->converted + i, converted);
      store(c->signed_up + i, signed_up);
      store(c->left + i, left);
      store(c->users + i, users + (signed_up - left - converted));
      store(c->growth_now + i, growth * (load(c->growth + i) + 1.0));
      m += converted;
    }
    store(mean + i, most(m, splat(0)));
  }
}

static void step_join(const ck_joining *j, size_t row, size_t count) {
  for EACH {
    d8 fresh = load(j->fresh + i);
    if (j->market) {
      d8 rest = most(load(j->market + i) - load(j->adopters + i), splat(0));
      fresh = least(fresh, j->is_whole ? whole(rest) : rest);
      store(j->fresh + i, fresh);
    }
    store(j->customers + i, load(j->customers + i) + fresh);
    store(j->adopters + i, load(j->adopters + i) + fresh);
    store(j->usage + i, load(j->usage + i) + fresh);
    if (!j->cohorts) continue;
    // The next pass does not scale the newest cohort: undo it here.
    double *column = j->cohorts + i * j->stride;
    d8 scale = load(j->scale + i);
    s8 isEmpty = ~(scale > 0.0);
    store(column + 8 * row, pick(isEmpty, fresh, fresh / scale));
    if (!any(isEmpty)) continue;
    for (size_t older = 0; older < row; older++) {
      store(column + 8 * older, pick(isEmpty, splat(0), load(column + 8 * older)));
    }
    store(j->scale + i, pick(isEmpty, splat(1), scale));
  }
}

static void step_use(const ck_using *u, const double *shock, size_t count) {
  for EACH {
    d8 n = load(u->customers + i), usage = load(u->usage + i), each = load(u->each + i);
    d8 moved = load(shock + i);
    d8 relative = pick(n > 0.0, usage / n * moved, splat(1));
    store(u->relative + i, relative);
    if (u->log_relative) store(u->log_relative + i, ln(most(relative, splat(1e-300))));
    d8 tokens = usage * moved * each, planned = usage * each;
    if (u->free_users) {
      d8 extra = load(u->free_users + i) * load(u->free_each + i);
      tokens += extra;
      planned += extra;
    }
    store(u->tokens + i, tokens);
    store(u->planned + i, planned);
  }
}

static void step_hazards(const double *churn, const double *kappa, const double *expansion,
                         double *hazard, double *growth, size_t ages, size_t count) {
  for EACH {
    d8 k = most(load(kappa + i), splat(1e-9));
    d8 alpha = load(churn + i) * k;
    store(growth + i, load(expansion + i) + 1.0);
    for (size_t age = 0; age < ages; age++) {
      store(hazard + i * ages + 8 * age, alpha / (k + (double)age));
    }
  }
}
