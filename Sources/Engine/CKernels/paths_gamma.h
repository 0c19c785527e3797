// Gamma factors of paths, included by paths_body.h: Marsaglia and Tsang (2000).

/// Paths whose gammas are drawn together.
enum { GAMMAS = 128 };

/// One trial of Marsaglia and Tsang: d * v; with what u must be below, as a log, but for d * ln v.
CK_INLINE d8 trial(const double *table, d8 d, d8 c, w8 word, d8 *v, d8 *u, d8 *square) {
  d8 x = score(table, mix(word));
  d8 side = 1.0 + c * x;
  *u = unit(mix(word ^ 0x5851f42d4c957f2du));
  *v = pick(side > 0.0, side * side * side, splat(0));
  *square = x * x;
  return d * *v;
}

/// The rest of a trial for those that the squeeze does not decide, then new trials until all are
/// taken. Puts d * v into their places.
CK_INLINE void settle(const double *table, const double *shapes, const uint64_t *words,
                      const uint64_t *places, size_t number, double *into) {
  for (size_t k = 0; k < number; k += 8) {
    const s8 lanes = {0, 1, 2, 3, 4, 5, 6, 7};
    s8 open = lanes < (int64_t)(number - k);
    d8 d = pick(open, load(shapes + k), splat(1)), factor = splat(1);
    d8 c = 1.0 / root(9.0 * d);
    w8 word = load_bits(words + k);
    while (any(open)) {
      d8 v, u, square;
      d8 given = trial(table, d, c, word, &v, &u, &square);
      s8 isSure = u < 1.0 - 0.0331 * square * square;
      d8 logs = 0.5 * square + d * (1.0 - v + ln(most(v, splat(1e-300))));
      s8 taken = open & (v > 0.0) & (isSure | (ln(u) < logs));
      factor = pick(taken, given, factor);
      open &= ~taken;
      word = mix(word + 0x123456789abcdef1u);
    }
    for (size_t lane = 0; lane < 8 && k + lane < number; lane++) {
      into[places[k + lane]] = factor[lane];
    }
  }
}

/// Most paths are decided by the first trial's squeeze; the others are packed, 8 together.
CK_INLINE void gammas(const double *table, const double *shape, uint64_t state, uint64_t stride,
                      double *into, size_t count) {
  double waiting[GAMMAS + 8];
  uint64_t words[GAMMAS + 8], places[GAMMAS + 8];
  size_t number = 0;
  d8 before = splat(0), c = splat(0);
  for (size_t i = 0; i < count; i += 8) {
    d8 given = load(shape + i);
    s8 isKnown = (given > 0.0) & (given < 1e8);
    d8 d = pick(isKnown, given + pick(given < 1.0, splat(1), splat(0)), splat(1)) - 1.0 / 3;
    w8 word = states(state + i * stride, stride);
    // A shape is mostly the same on all paths.
    if (any(d != before)) c = 1.0 / root(9.0 * d);
    before = d;
    d8 v, u, square;
    store(into + i, trial(table, d, c, word, &v, &u, &square));
    s8 open = isKnown & ~((v > 0.0) & (u < 1.0 - 0.0331 * square * square));
    pack(open, d, waiting + number);
    pack(open, (d8)word, (double *)(words + number));
    number += pack(open, (d8)states(i, 1), (double *)(places + number));
  }
  settle(table, waiting, words, places, number, into);
  for (size_t i = 0; i < count; i += 8) {
    d8 given = load(shape + i), factor = load(into + i);
    s8 isKnown = (given > 0.0) & (given < 1e8);
    s8 isLow = isKnown & (given < 1.0);
    if (any(isLow)) {
      d8 u = unit(mix(states(state + i * stride, stride) ^ 0x2545f4914f6cdd1du));
      factor = pick(isLow, factor * exponent(ln(u) / given), factor);
    }
    store(into + i, pick(isKnown, factor / given, splat(1)));
  }
}

static void gamma_factor(const double *table, const double *shape, uint64_t state, uint64_t stride,
                         double *into, size_t count) {
  for (size_t i = 0; i < count; i += GAMMAS) {
    gammas(table, shape + i, state + i * stride, stride, into + i,
           count - i < GAMMAS ? count - i : GAMMAS);
  }
}
