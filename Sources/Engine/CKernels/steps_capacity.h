// Steps of machines and people.

static void step_foresee(const ck_fleet *f, int is_first, size_t lead, double *planned,
                         double *forward, size_t count) {
  for EACH {
    d8 share = f->upstream_share ? clamp(load(f->upstream_share + i), 0, 1) : splat(0);
    d8 plan = load(planned + i) * (1.0 - share);
    store(f->own + i, load(f->demand + i) * (1.0 - share));
    d8 ratio = load(f->ratio + i);
    if (!is_first) {
      d8 before = load(f->before + i);
      d8 growth = pick(before > 0.0, plan / before, splat(1));
      ratio = (ratio + clamp(growth, 0.5, 2)) * 0.5;
      store(f->ratio + i, ratio);
    }
    store(planned + i, plan);
    store(f->before + i, plan);
    for (size_t month = 0; month < lead; month++) plan *= ratio;
    store(forward + i, plan);
  }
}

CK_INLINE d8 entries(const double *from, s8 index) {
  d8 found;
  for (int lane = 0; lane < 8; lane++) found[lane] = from[index[lane]];
  return found;
}

/// Of a number below 2^51.
CK_INLINE s8 index_of(d8 whole) { return (s8)((w8)(whole + 0x1p52) & 0xFFFFFFFFFFFFFu); }

static void step_need(const ck_fleet *f, double *tokens, size_t count) {
  double last = (double)f->loads - 1;
  for EACH {
    d8 throughput = load(f->throughput + i);
    d8 used = pick(throughput > 0.0, load(tokens + i) * load(f->peak + i) / throughput, splat(0));
    s8 inside = (used > 0.0) & (used < last);
    s8 place = index_of(whole(pick(inside, used, splat(0)))), k;
    for (int lane = 0; lane < 8; lane++) k[lane] = f->least[place[lane]];
    // A row of the table is at most a few machines below.
    for (;;) {
      s8 more = inside & (entries(f->capacity, k) < used);
      if (!any(more)) break;
      k -= more;
    }
    d8 beyond = pick(used > 0.0, above(used / f->limit), splat(0));
    d8 machines = pick(inside, number((w8)k), beyond);
    store(tokens + i, least(most(machines, load(f->fewest + i)), load(f->most + i)));
  }
}

static void step_serve(const ck_fleet *f, size_t count) {
  for EACH {
    d8 machines = load(f->machines_row + i);
    d8 counted = clamp(machines, 0, 1e6);
    s8 isKnown = counted < (double)f->machines;
    d8 known = entries(f->capacity, index_of(whole(pick(isKnown, counted, splat(0)))));
    d8 usable = pick(isKnown, known, machines * f->limit);
    d8 peak = most(load(f->peak + i), splat(1e-9));
    d8 demand = load(f->demand + i);
    d8 room = usable * most(load(f->throughput + i), splat(0)) / peak;
    d8 served = least(load(f->own + i), room);
    d8 rest = most(demand - served, splat(0));
    store(f->served + i, served);
    if (f->overflow) {
      store(f->vendor + i, rest);
      store(f->missed + i, splat(0));
      store(f->vendor_cost + i, rest * load(f->overflow + i) * load(f->token_index + i));
    } else {
      store(f->missed + i, pick(demand > 0.0, rest / demand, splat(0)));
    }
    store(f->machine_cost + i, machines * load(f->running + i) * load(f->price_index + i));
  }
}

static void step_split(const ck_fleet *f, size_t count) {
  for EACH {
    d8 room = load(f->machines_row + i) * load(f->throughput + i);
    d8 share = pick(room > 0.0, least(load(f->served + i) / room, splat(1)), splat(0));
    d8 cost = load(f->machine_cost + i) + load(f->depreciation + i);
    store(f->used_cost + i, cost * share);
    store(f->idle_cost + i, cost * (1.0 - share));
  }
}

/// In the month of the hire a person works half of a month's step up the ramp.
CK_INLINE void hired_by(const ck_role *r, size_t hire, double month, size_t i, d8 *people,
                        d8 *hands) {
  d8 ramp = load(r->ramp + i);
  d8 since = month - above(most(load(r->hires[hire].month + i), splat(0)));
  *people = pick(since >= 0.0, load(r->hires[hire].count + i), splat(0));
  *hands = *people * clamp(pick(ramp > 0.0, (since + 0.5) / ramp, splat(1)), 0, 1);
}

/// Hires that are worked out once for all paths, where they are the same on each.
enum { MOST_COMMON_HIRES = 16 };

static void step_staff(const ck_role *r, double month, size_t count) {
  d8 people[MOST_COMMON_HIRES], hands[MOST_COMMON_HIRES];
  int isCommon = r->is_common && r->hire_count <= MOST_COMMON_HIRES;
  for (size_t hire = 0; isCommon && hire < r->hire_count; hire++) {
    hired_by(r, hire, month, 0, &people[hire], &hands[hire]);
  }
  for EACH {
    d8 heads = load(r->opening + i), spare = heads;
    for (size_t hire = 0; hire < r->hire_count; hire++) {
      size_t at = isCommon ? hire : 0;
      if (!isCommon) hired_by(r, hire, month, i, people, hands);
      heads += people[at];
      spare += hands[at];
    }
    if (r->customers_each) {
      d8 size = load(r->customers_each + i);
      d8 needed = above(load(r->customers + i) / most(size, splat(1e-9)));
      needed = pick(size > 0.0, needed, splat(0));
      heads += needed;
      spare += needed;
    }
    d8 joined = most(heads - load(r->heads + i), splat(0));
    d8 grown = load(r->growth_now + i);
    store(r->hired + i, joined);
    store(r->heads + i, heads);
    store(r->spare + i, spare);
    store(r->paid + i, heads * load(r->cost + i) * grown + joined * load(r->recruiting + i));
    store(r->growth_now + i, grown * (load(r->growth + i) + 1.0));
  }
}

static void step_line(const ck_line *l, double month, size_t count) {
  for EACH {
    d8 from = load(l->from + i), cost = load(l->amount + i);
    s8 isOn = from <= month;
    if (l->is_one_off) {
      // What is dated before the start falls due in the first month.
      if (month > 0) isOn &= month - 1.0 < from;
    } else {
      d8 grown = load(l->growth_now + i);
      cost *= grown;
      if (l->to) isOn &= month < load(l->to + i);
      store(l->growth_now + i, grown * (load(l->growth + i) + 1.0));
    }
    store(l->cost + i, pick(isOn, cost, splat(0)));
  }
}
