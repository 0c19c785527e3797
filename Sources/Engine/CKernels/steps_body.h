// The functions of a ck_steps, included by paths_body.h: plain arithmetic over rows.

#define EACH (size_t i = 0; i < count; i += 8)

CK_INLINE d8 clamp(d8 x, double low, double high) {
  return least(most(x, splat(low)), splat(high));
}

/// Rounded up, for any x that is not negative.
CK_INLINE d8 above(d8 x) {
  d8 near = (x + 0x1p52) - 0x1p52;
  return pick(x < 0x1p51, near + pick(near < x, splat(1), splat(0)), x);
}

static double step_sum(const double *row, size_t count) {
  d8 total = splat(0);
  for EACH total += load(row + i);
  double sum = 0;
  for (int lane = 0; lane < 8; lane++) sum += total[lane];
  return sum;
}

/// Four rows side by side, since a strand waits for its own sum.
static void step_totals(const double *rows, size_t stride, size_t number, size_t count,
                        double *into) {
  typedef double d4 __attribute__((vector_size(32)));
  for (size_t row = 0; row < number; row += 4) {
    const double *at[4];
    d4 strands[4] = {{0}};
    for (size_t k = 0; k < 4; k++) at[k] = rows + (row + k < number ? row + k : row) * stride;
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
      for (int k = 0; k < 4; k++) {
        d4 values;
        memcpy(&values, at[k] + i, sizeof values);
        strands[k] += values;
      }
    }
    for (size_t k = 0; k < 4 && row + k < number; k++) {
      double total = 0;
      for (int strand = 0; strand < 4; strand++) total += strands[k][strand];
      for (size_t rest = i; rest < count; rest++) total += at[k][rest];
      into[row + k] = total;
    }
  }
}

static void step_gather(const double *const *rows, size_t number, double *into, size_t count) {
  for (size_t i = 0; i + 16 <= count; i += 16) {
    d8 a = splat(0), b = splat(0);
    for (size_t row = 0; row < number; row++) {
      a += load(rows[row] + i);
      b += load(rows[row] + i + 8);
    }
    store(into + i, a);
    store(into + i + 8, b);
  }
  if (count % 16 == 0) return;
  d8 a = splat(0);
  for (size_t row = 0; row < number; row++) a += load(rows[row] + count - 8);
  store(into + count - 8, a);
}

static void step_product(const double *a, const double *b, double *into, size_t count) {
  for EACH store(into + i, load(a + i) * load(b + i));
}

static void step_grow(const double *growth, double *now, size_t count) {
  for EACH store(now + i, load(now + i) * (load(growth + i) + 1.0));
}

static void step_put(const double *amount, double part, double *row, size_t count) {
  for EACH store(row + i, load(row + i) + load(amount + i) * part);
}

// Shocks ----------------------------------------------------------------------------------------

static size_t step_strike(uint64_t state, uint64_t stride, const double *none, double *u,
                          uint64_t *lanes, size_t count) {
  size_t number = 0;
  for EACH {
    d8 drawn = unit(mix(states(state + i * stride, stride)));
    store(u + i, drawn);
    s8 hits = drawn > load(none + i);
    if (any(hits)) number += pack(hits, (d8)states(i, 1), (double *)(lanes + number));
  }
  return number;
}

static void step_shake(const double *last, const double *duration, double month,
                       const double *acquisition, const double *churn, double *acquisitions,
                       double *churns, size_t count) {
  for EACH {
    s8 holds = month - load(last + i) < load(duration + i);
    d8 a = pick(holds, load(acquisition + i), splat(1));
    d8 c = pick(holds, load(churn + i), splat(1));
    store(acquisitions + i, load(acquisitions + i) * a);
    store(churns + i, load(churns + i) * c);
  }
}

#include "steps_customers.h"
#include "steps_capacity.h"
#include "steps_sales.h"
#include "steps_books.h"
#undef EACH
