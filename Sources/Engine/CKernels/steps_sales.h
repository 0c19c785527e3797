// Steps of what is sold and billed.

static void step_charge_line(double base, double slope, const double *each, const double *relative,
                             const double *missed, double *total, size_t count) {
  for EACH {
    d8 mean = base + slope * load(each + i) * load(relative + i);
    store(total + i, load(total + i) + mean * (1.0 - load(missed + i)));
  }
}

static void step_charge(const double *mean, const double *missed, double *total, size_t count) {
  for EACH store(total + i, load(total + i) + load(mean + i) * (1.0 - load(missed + i)));
}

static void step_sell(const ck_sale *s, double month, size_t count) {
  for EACH {
    d8 quantity, sale;
    if (s->customers) {
      quantity = load(s->customers + i) * load(s->attach + i);
      sale = load(s->sale + i) * (quantity * load(s->multiplier + i) * load(s->price + i));
    } else {
      quantity = load(s->quantity + i);
      sale = quantity * load(s->price + i);
    }
    if (s->index) sale *= load(s->index + i);
    s8 isOpen = load(s->from + i) <= month;
    store(s->sale + i, pick(isOpen, sale, splat(0)));
    store(s->quantity + i, pick(isOpen, quantity, splat(0)));
  }
}

static void step_work(const double *won, const double *from, const double *size, double month,
                      double *backlog, double *hands, double *done, size_t count) {
  for EACH {
    d8 each = load(size + i), free = load(hands + i);
    d8 begun = pick(load(from + i) <= month, load(won + i), splat(0));
    d8 waiting = load(backlog + i) + begun * most(each, splat(0));
    d8 worked = least(waiting, free);
    store(backlog + i, waiting - worked);
    store(hands + i, free - worked);
    store(done + i, pick(each > 0.0, worked / each, begun));
  }
}

static void step_bill(const ck_contracts *c, size_t month, size_t count) {
  size_t place = month % c->length;
  for EACH {
    d8 covered = splat(0);
    for (size_t row = 0; row < c->length; row++) {
      if (row != place) covered += load(c->ring + row * count + i);
    }
    d8 fresh = most(load(c->sale + i) - covered, splat(0));
    store(c->ring + place * count + i, fresh);
    d8 billed = fresh * (double)c->length, earned = covered + fresh;
    store(c->billed + i, billed);
    store(c->revenue + i, earned);
    store(c->deferred + i, load(c->deferred + i) + (billed - earned));
  }
}
