// Norms, activations, conversions and rotations over rows; see scalar.c for what they compute.

#define CK_IN_PLACE(NAME, EXPRESSION)                   \
  static void NAME(float *x, size_t count) {            \
    size_t i = 0;                                       \
    for (; i + CK_WIDTH <= count; i += CK_WIDTH) {      \
      vf v = load(x + i);                               \
      store(x + i, EXPRESSION);                         \
    }                                                   \
    if (i < count) {                                    \
      vf v = load_part(x + i, count - i);               \
      store_part(x + i, EXPRESSION, count - i);         \
    }                                                   \
  }

/// into[i] = EXPRESSION of v = into[i] and u = other[i].
#define CK_WITH_OTHER(NAME, FIRST, SECOND, INTO, OTHER, EXPRESSION) \
  static void NAME(FIRST, SECOND, size_t count) {                   \
    size_t i = 0;                                                   \
    for (; i + CK_WIDTH <= count; i += CK_WIDTH) {                  \
      vf v = load(INTO + i), u = load(OTHER + i);                   \
      store(INTO + i, EXPRESSION);                                  \
    }                                                               \
    if (i < count) {                                                \
      vf v = load_part(INTO + i, count - i);                        \
      vf u = load_part(OTHER + i, count - i);                       \
      store_part(INTO + i, EXPRESSION, count - i);                  \
    }                                                               \
  }

// v/2 (1 + tanh u) = v / (1 + exp(-2u)), which does not cancel.
CK_INLINE vf gelu_tanh_of(vf v) {
  return v / (1.0f + vexp(-1.5957691216057308f * (v + 0.044715f * v * v * v)));
}

// Abramowitz and Stegun 7.1.26, absolute error of erf 1.5e-7.
CK_INLINE vf gelu_of(vf v) {
  vf z = choose(v < 0.0f, -v, v) * 0.7071067811865476f;
  vf t = 1.0f / (1.0f + 0.3275911f * z);
  vf p = splat(1.061405429f);
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  vf tail = 0.5f * p * t * vexp(-z * z);
  return v * choose(v < 0.0f, tail, 1.0f - tail);
}

CK_IN_PLACE(gelu_tanh, gelu_tanh_of(v))
CK_IN_PLACE(gelu, gelu_of(v))
CK_WITH_OTHER(silu_multiply, float *gate, const float *up, gate, up, v / (1.0f + vexp(-v)) * u)
CK_WITH_OTHER(gelu_tanh_multiply, float *gate, const float *up, gate, up, gelu_tanh_of(v) * u)
CK_WITH_OTHER(add, const float *x, float *into, into, x, v + u)

static void scale(float *x, float factor, size_t count) {
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) store(x + i, load(x + i) * factor);
  for (; i < count; i++) x[i] *= factor;
}

static void soft_cap(float *x, float cap, size_t count) {
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) store(x + i, cap * vtanh(load(x + i) / cap));
  if (i < count) store_part(x + i, cap * vtanh(load_part(x + i, count - i) / cap), count - i);
}

static void to_half(const float *x, uint16_t *into, size_t count) {
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) store_half(into + i, load(x + i));
  for (; i < count; i++) into[i] = ck_float_to_half(x[i]);
}

static void from_half(const uint16_t *x, float *into, size_t count) {
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) store(into + i, load_half(x + i));
  for (; i < count; i++) into[i] = ck_half_to_float(ck_load_half(x + i));
}

static double sum_squares(const float *x, size_t count, double mean) {
  vd sum = {0};
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) {
    vd v = __builtin_convertvector(load(x + i), vd) - mean;
    sum += v * v;
  }
  double total = reduce_sum_double(&sum);
  for (; i < count; i++) total += (x[i] - mean) * (x[i] - mean);
  return total;
}

static double sum_of(const float *x, size_t count) {
  vd sum = {0};
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) sum += __builtin_convertvector(load(x + i), vd);
  double total = reduce_sum_double(&sum);
  for (; i < count; i++) total += x[i];
  return total;
}

static void rms_norm(const float *x, const float *weight, float epsilon, size_t count,
                     float *into) {
  float factor = (float)(1 / sqrt(sum_squares(x, count, 0) / (double)count + epsilon));
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) {
    store(into + i, load(x + i) * factor * load(weight + i));
  }
  for (; i < count; i++) into[i] = x[i] * factor * weight[i];
}

static void layer_norm(const float *x, const float *weight, const float *bias, float epsilon,
                       size_t count, float *into) {
  double mean = sum_of(x, count) / (double)count;
  float factor = (float)(1 / sqrt(sum_squares(x, count, mean) / (double)count + epsilon));
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) {
    vf v = __builtin_convertvector(__builtin_convertvector(load(x + i), vd) - mean, vf);
    store(into + i, v * factor * load(weight + i) + (bias ? load(bias + i) : splat(0)));
  }
  for (; i < count; i++) {
    into[i] = (float)(x[i] - mean) * factor * weight[i] + (bias ? bias[i] : 0);
  }
}

static float max_of(const float *x, size_t count) {
  vf best = splat(-INFINITY);
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) best = vmax(load(x + i), best);
  float largest = reduce_max(best);
  for (; i < count; i++) largest = x[i] > largest ? x[i] : largest;
  return largest;
}

/// x[i] = exp(x[i] - shift); returns their sum.
static double exponentiate(float *x, size_t count, float shift) {
  vd sum = {0};
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) {
    vf v = vexp(load(x + i) - shift);
    store(x + i, v);
    sum += __builtin_convertvector(v, vd);
  }
  double total = reduce_sum_double(&sum);
  if (i < count) {
    store_part(x + i, vexp(load_part(x + i, count - i) - shift), count - i);
    for (; i < count; i++) total += x[i];
  }
  return total;
}

static void softmax(float *x, size_t count) {
  if (count == 0) return;
  double sum = exponentiate(x, count, max_of(x, count));
  scale(x, (float)(1 / sum), count);
}

static void rope_halves(float *head, size_t half, const float *cosine, const float *sine) {
  size_t i = 0;
  for (; i + CK_WIDTH <= half; i += CK_WIDTH) {
    vf a = load(head + i), b = load(head + half + i), c = load(cosine + i), s = load(sine + i);
    store(head + i, a * c - b * s);
    store(head + half + i, a * s + b * c);
  }
  for (; i < half; i++) {
    float a = head[i], b = head[half + i];
    head[i] = a * cosine[i] - b * sine[i];
    head[half + i] = a * sine[i] + b * cosine[i];
  }
}

#if CK_WIDTH == 16
#define CK_EVENS 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define CK_ODDS 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define CK_LOWS 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define CK_HIGHS 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#else
#define CK_EVENS 0, 2, 4, 6, 8, 10, 12, 14
#define CK_ODDS 1, 3, 5, 7, 9, 11, 13, 15
#define CK_LOWS 0, 8, 1, 9, 2, 10, 3, 11
#define CK_HIGHS 4, 12, 5, 13, 6, 14, 7, 15
#endif

static void rope_pairs(float *head, size_t half, const float *cosine, const float *sine) {
  size_t i = 0;
  for (; i + CK_WIDTH <= half; i += CK_WIDTH) {
    vf low = load(head + 2 * i), high = load(head + 2 * i + CK_WIDTH);
    vf a = __builtin_shufflevector(low, high, CK_EVENS);
    vf b = __builtin_shufflevector(low, high, CK_ODDS);
    vf c = load(cosine + i), s = load(sine + i);
    vf first = a * c - b * s, second = a * s + b * c;
    store(head + 2 * i, __builtin_shufflevector(first, second, CK_LOWS));
    store(head + 2 * i + CK_WIDTH, __builtin_shufflevector(first, second, CK_HIGHS));
  }
  for (; i < half; i++) {
    float a = head[2 * i], b = head[2 * i + 1];
    head[2 * i] = a * cosine[i] - b * sine[i];
    head[2 * i + 1] = a * sine[i] + b * cosine[i];
  }
}

static void rope(float *x, size_t heads, size_t head_dimension, size_t rotated, const float *cosine,
                 const float *sine, int pairs) {
  for (size_t h = 0; h < heads; h++) {
    (pairs ? rope_pairs : rope_halves)(x + h * head_dimension, rotated / 2, cosine, sine);
  }
}
