// The functions of a ck_paths, for whatever level the including file targets.
#include "paths_vectors.h"

static void hash(uint64_t state, uint64_t stride, uint64_t *into, size_t count) {
  for (size_t i = 0; i < count; i += 8) store_bits(into + i, mix(states(state + i * stride, stride)));
}

static void uniform(const uint64_t *bits, double *into, size_t count) {
  for (size_t i = 0; i < count; i += 8) store(into + i, unit(load_bits(bits + i)));
}

static void philox(uint64_t key, uint32_t index, uint64_t path, double *into, size_t count) {
  const w8 low = {0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu,
                  0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu, 0xFFFFFFFFu};
  for (size_t i = 0; i < count; i += 8) {
    w8 which = states(path + i, 1);
    w8 c0 = {0}, c1 = (w8){0} + index, c2 = which & low, c3 = which >> 32;
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++) {
      w8 left = c0 * (uint64_t)0xD2511F53u, right = c2 * (uint64_t)0xCD9E8D57u;
      c0 = (right >> 32) ^ c1 ^ (uint64_t)k0;
      c1 = right & low;
      c2 = (left >> 32) ^ c3 ^ (uint64_t)k1;
      c3 = left & low;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    store(into + i, unit(c0 | c1 << 32));
  }
}

static void normal(const double *table, const uint64_t *bits, double *into, size_t count) {
  for (size_t i = 0; i < count; i += 8) store(into + i, score(table, load_bits(bits + i)));
}

CK_INLINE d8 polynomial(d8 x, const double c[8]) {
  d8 p = splat(c[0]);
  for (int k = 1; k < 8; k++) p = p * x + c[k];
  return p;
}

static void quantile(const double *chance, double *into, size_t count) {
  static const double middle[2][8] = {
    {2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
     4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
     1.3314166789178437745e2, 3.3871328727963666080e0},
    {5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
     2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
     4.2313330701600911252e1, 1.0}};
  static const double outer[2][8] = {
    {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
     4.63033784615654529590e0, 1.42343711074968357734e0},
    {1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
     2.05319162663775882187e0, 1.0}};
  for (size_t i = 0; i < count; i += 8) {
    d8 p = load(chance + i);
    d8 centred = p - 0.5;
    d8 r = 0.180625 - centred * centred;
    d8 z = centred * polynomial(r, middle[0]) / polynomial(r, middle[1]);
    s8 isTail = (centred > 0.425) | (centred < -0.425);
    if (any(isTail)) {
      s8 lower = centred < 0.0;
      d8 tail = pick(lower, p, 1.0 - p);
      d8 s = root(-ln(most(tail, splat(1e-12)))) - 1.6;
      d8 far = polynomial(s, outer[0]) / polynomial(s, outer[1]);
      far = pick(tail > 1e-11, far, splat(NAN));
      z = pick(isTail, pick(lower, -far, far), z);
    }
    store(into + i, z);
  }
}

static void exponential(const double *x, double *into, size_t count) {
  for (size_t i = 0; i < count; i += 8) store(into + i, exponent(load(x + i)));
}

static void logarithm(const double *x, double *into, size_t count) {
  for (size_t i = 0; i < count; i += 8) store(into + i, ln(load(x + i)));
}

static void lognormal(const double *drift, const double *sigma, const double *z, double *into,
                      size_t count) {
  for (size_t i = 0; i < count; i += 8) {
    d8 s = load(sigma + i);
    store(into + i, exponent(load(drift + i) + s * load(z + i) - s * s * 0.5));
  }
}

// Counts ----------------------------------------------------------------------------------------

/// Vectors that are searched side by side, since one search waits for its own sums.
enum { ABREAST = 4, MOST_STEPS = 255 };

/// From this variance on a quantile is by Cornish and Fisher.
static const double smooth = 8;

/// Cornish and Fisher's expansion with a continuity correction, rounded down; 0 below 1.
CK_INLINE d8 expansion(d8 mean, d8 deviation, d8 skew, d8 kurtosis, d8 z) {
  d8 square = z * z;
  d8 correction = skew * (square - 1.0) * (1.0 / 6) + kurtosis * z * (square - 3.0) * (1.0 / 24) -
                  skew * skew * z * (2.0 * square - 5.0) * (1.0 / 36);
  d8 value = mean + deviation * (z + correction) + 0.5;
  d8 below = pick(value < 0x1p51, whole(value), value);
  return pick(value < 1.0, splat(0), below);
}

/// Adds up masses until their total reaches u: counts the steps. A step's factor is
/// (a + b * k) / k: Poisson's without b, the binomial's with b = -odds.
CK_INLINE void search(int vectors, const d8 *u, d8 *mass, const d8 *a, const d8 *b, d8 *steps) {
  d8 total[ABREAST];
  for (int v = 0; v < vectors; v++) {
    total[v] = mass[v];
    steps[v] = splat(0);
  }
  for (int k = 1; k <= MOST_STEPS; k++) {
    s8 open = u[0] > total[0];
    for (int v = 1; v < vectors; v++) open |= u[v] > total[v];
    if (!any(open)) return;
    double inverse = 1.0 / k;
    for (int v = 0; v < vectors; v++) {
      s8 more = u[v] > total[v];
      steps[v] += pick(more, splat(1), splat(0));
      mass[v] *= b ? most((a[v] + b[v] * (double)k) * inverse, splat(0)) : a[v] * inverse;
      total[v] += mass[v];
    }
  }
}

CK_INLINE void poissons(int vectors, const double *table, const double *mean, const uint64_t *bits,
                        double *into) {
  d8 u[ABREAST], mass[ABREAST], a[ABREAST], steps[ABREAST];
  s8 small = {0}, large = {0};
  for (int v = 0; v < vectors; v++) {
    d8 m = load(mean + 8 * v);
    s8 isSmall = (m < smooth) & (m > 0.0);
    small |= isSmall;
    large |= m >= smooth;
    a[v] = m;
    // What is not searched is done at once.
    u[v] = pick(isSmall, unit(load_bits(bits + 8 * v)), splat(0));
    steps[v] = splat(0);
  }
  if (any(small)) {
    for (int v = 0; v < vectors; v++) mass[v] = exponent(-a[v]);
    search(vectors, u, mass, a, NULL, steps);
  }
  if (any(large)) {
    for (int v = 0; v < vectors; v++) {
      d8 m = a[v];
      if (!any(m >= smooth)) continue;
      d8 z = score(table, load_bits(bits + 8 * v));
      d8 inverse = 1.0 / (m - 1.0 / 12);
      d8 deviation = root(m - 1.0 / 12);
      d8 skew = m * inverse * deviation * inverse;
      d8 kurtosis = (m + 1.0 / 120) * inverse * inverse;
      steps[v] = pick(m >= smooth, expansion(m, deviation, skew, kurtosis, z), steps[v]);
    }
  }
  for (int v = 0; v < vectors; v++) store(into + 8 * v, steps[v]);
}

static void poisson(const double *table, const double *mean, const uint64_t *bits, double *into,
                    size_t count) {
  size_t i = 0;
  for (; i + 8 * ABREAST <= count; i += 8 * ABREAST) {
    poissons(ABREAST, table, mean + i, bits + i, into + i);
  }
  for (; i < count; i += 8) poissons(1, table, mean + i, bits + i, into + i);
}

CK_INLINE void binomials(int vectors, const double *table, const double *trials,
                         const double *chance, const uint64_t *bits, double *into) {
  d8 u[ABREAST], mass[ABREAST], a[ABREAST], b[ABREAST], steps[ABREAST], n[ABREAST], p[ABREAST];
  s8 small = {0};
  for (int v = 0; v < vectors; v++) {
    n[v] = load(trials + 8 * v);
    p[v] = load(chance + 8 * v);
    s8 isOpen = (n[v] > 0.0) & (p[v] > 0.0) & (p[v] < 1.0);
    s8 isSmall = isOpen & (n[v] * p[v] * (1.0 - p[v]) < smooth);
    small |= isSmall;
    // Above a half the failures are counted, from the other end.
    s8 turned = p[v] > 0.5;
    w8 word = load_bits(bits + 8 * v) ^ (w8)turned;
    d8 rare = pick(turned, 1.0 - p[v], p[v]);
    d8 odds = rare / (1.0 - rare);
    a[v] = (n[v] + 1.0) * odds;
    b[v] = -odds;
    // n * ln(1 - p), with what 1 - p loses in rounding put back.
    d8 rest = 1.0 - rare;
    mass[v] = n[v] * (ln(most(rest, splat(0.25))) - ((rest - 1.0) + rare) / rest);
    u[v] = pick(isSmall, unit(word), splat(0));
    steps[v] = splat(0);
  }
  if (any(small)) {
    for (int v = 0; v < vectors; v++) mass[v] = exponent(mass[v]);
    search(vectors, u, mass, a, b, steps);
    for (int v = 0; v < vectors; v++) {
      steps[v] = least(steps[v], n[v]);
      steps[v] = pick(p[v] > 0.5, n[v] - steps[v], steps[v]);
    }
  }
  for (int v = 0; v < vectors; v++) {
    d8 spread = n[v] * p[v] * (1.0 - p[v]);
    s8 isLarge = (spread >= smooth) & (p[v] < 1.0) & (p[v] > 0.0);
    if (any(isLarge)) {
      d8 inverse = 1.0 / (spread - 1.0 / 12);
      d8 deviation = root(spread - 1.0 / 12);
      d8 skew = spread * (1.0 - 2.0 * p[v]) * inverse * deviation * inverse;
      d8 kurtosis =
        (spread * (1.0 - 6.0 * p[v] * (1.0 - p[v])) + 1.0 / 120) * inverse * inverse;
      d8 z = score(table, load_bits(bits + 8 * v));
      d8 value = expansion(n[v] * p[v], deviation, skew, kurtosis, z);
      steps[v] = pick(isLarge, least(value, n[v]), steps[v]);
    }
    steps[v] = pick((n[v] > 0.0) & (p[v] > 0.0), steps[v], splat(0));
    store(into + 8 * v, pick(p[v] >= 1.0, most(n[v], splat(0)), steps[v]));
  }
}

static void binomial(const double *table, const double *trials, const double *chance,
                     const uint64_t *bits, double *into, size_t count) {
  size_t i = 0;
  for (; i + 8 * ABREAST <= count; i += 8 * ABREAST) {
    binomials(ABREAST, table, trials + i, chance + i, bits + i, into + i);
  }
  for (; i < count; i += 8) binomials(1, table, trials + i, chance + i, bits + i, into + i);
}

#include "paths_gamma.h"

// Cohorts ---------------------------------------------------------------------------------------

/// Columns gone through side by side, since each waits for its own sums.
enum { COLUMNS = 4 };

CK_INLINE void columns(int wide, const ck_cohorts *k, size_t column) {
  double *customers[COLUMNS];
  const double *hazard[COLUMNS];
  d8 scale[COLUMNS], scaled[COLUMNS], growth[COLUMNS], total[COLUMNS], usage[COLUMNS];
  for (int c = 0; c < wide; c++) {
    size_t at = 8 * (column + (size_t)c);
    customers[c] = k->customers + at * k->stride;
    hazard[c] = k->hazard + at * k->stride + 8 * (k->rows - 1);
    scale[c] = load(k->scale + at);
    scaled[c] = scale[c] * load(k->factor + at);
    growth[c] = load(k->growth + at);
    total[c] = usage[c] = splat(0);
  }
  for (size_t row = 0; row < k->rows; row++) {
    for (int c = 0; c < wide; c++) {
      d8 gone = least(scaled[c] * load(hazard[c] - 8 * row), scale[c]);
      d8 kept = load(customers[c] + 8 * row) * (scale[c] - gone);
      store(customers[c] + 8 * row, kept);
      total[c] += kept;
      usage[c] = usage[c] * growth[c] + kept;
    }
  }
  for (int c = 0; c < wide; c++) {
    store(k->survivors + 8 * (column + (size_t)c), total[c]);
    store(k->usage + 8 * (column + (size_t)c), usage[c] * growth[c]);
  }
}

static void survive(const ck_cohorts *cohorts) {
  size_t column = 0;
  for (; column + COLUMNS <= cohorts->count / 8; column += COLUMNS) {
    columns(COLUMNS, cohorts, column);
  }
  for (; column < cohorts->count / 8; column++) columns(1, cohorts, column);
}

// Tables ----------------------------------------------------------------------------------------

static int interpolate(const double *points, double start, double density, double cells, double *x,
                       size_t count) {
  int isBeyond = 0;
  for (size_t i = 0; i < count; i += 8) {
    d8 place = (load(x + i) - start) * density;
    s8 inside = (place > 0.0) & (place < cells);
    isBeyond |= any(~inside);
    place = pick(inside, place, splat(0));
    d8 floor = whole(place);
    d8 t = place - floor;
    s8 index = (s8)((w8)(floor + 0x1p52) & 0xFFFFFFFFFFFFFu);
    d8 p[4];
    four(points, index * 2, p);
    d8 rise = p[2] - p[0];
    d8 value =
      p[0] + t * (p[1] + t * ((3.0 * rise - 2.0 * p[1] - p[3]) + t * (p[1] + p[3] - 2.0 * rise)));
    store(x + i, pick(inside, value, splat(NAN)));
  }
  return isBeyond;
}

static void count_cells(const double *values, size_t count, double low, double scale, double top,
                        uint32_t *counts) {
  // Tables of counts that lie one behind another are longer than the caches: fetch the next one.
  const size_t table = ((size_t)top + 1) * sizeof *counts;
  const char *next = (const char *)counts + table;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    if (8 * i < table) {
      __builtin_prefetch(next + 8 * i, 1);
      __builtin_prefetch(next + 8 * i + 64, 1);
    }
    d8 a = load(values + i), b = load(values + i + 8);
    if (any((a != a) | (b != b))) break;
    a = least(most((a - low) * scale + 1.0, splat(0)), splat(top));
    b = least(most((b - low) * scale + 1.0, splat(0)), splat(top));
    i8 cells[2] = {__builtin_convertvector(a, i8), __builtin_convertvector(b, i8)};
    uint64_t pairs[8];
    memcpy(pairs, cells, sizeof pairs);
    // Through memory: two cells a load are sooner apart than lanes of a register.
    __asm__ volatile("" : "+m"(pairs));
    for (int k = 0; k < 8; k++) {
      counts[(uint32_t)pairs[k]] += 1;
      counts[pairs[k] >> 32] += 1;
    }
  }
  for (; i < count; i++) {
    double value = values[i];
    if (value != value) continue;
    double place = (value - low) * scale + 1.0;
    place = place > 0 ? place : 0;
    counts[(size_t)(place < top ? place : top)] += 1;
  }
}

static void worth(const double *flows, size_t months, size_t stride, const double *x, double *value,
                  double *slope, size_t count) {
  for (size_t i = 0; i < count; i += 8) {
    d8 v = load(x + i), sum = splat(0), rise = splat(0);
    for (size_t month = months; month-- > 0;) {
      rise = rise * v + sum;
      sum = sum * v + load(flows + month * stride + i);
    }
    store(value + i, sum);
    store(slope + i, rise);
  }
}

#include "steps_body.h"
