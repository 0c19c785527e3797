// A tile of attention: up to ATTENTION_TILE query vectors share every key and value that is read.
// What is computed for one vector, and in which order, does not depend on the others.
// The including level sets ATTENTION_TILE and the vectors of registers below.
#include "attention.h"

enum { PAGE_VECTORS = CK_CACHE_PAGE / CK_WIDTH };

_Static_assert(ATTENTION_TILE <= CK_TILE_LIMIT, "scratch");

typedef int8_t vc __attribute__((vector_size(CK_WIDTH)));

CK_INLINE vf load_bytes(const uint8_t *from) {
  vc v;
  memcpy(&v, from, sizeof v);
  return __builtin_convertvector(v, vf);
}

CK_INLINE vf load_cached(int precision, const uint8_t *from) {
  return precision == CK_CACHE_F16 ? load_half((const uint16_t *)(const void *)from)
                                   : load_bytes(from);
}

/// exp of x <= 0, as vexp; under -87.3 it stays at the least normal number; NaN stays NaN.
CK_INLINE vf exp_of_negative(vf x) {
  vf clamped = choose(x < -87.3f, splat(-87.3f), x);
  const float magic = 0x1.8p23f + 127;  // leaves n + 127, the exponent's bits, in the low bits
  vf shifted = clamped * 1.44269504f + magic;
  vf n = shifted - magic;
  vf p = exp_of_rest(clamped, n);
  return p * (vf)((vi)shifted << 23);
}

/// Query vectors first..<first + n, n <= ATTENTION_TILE, and their memory.
typedef struct {
  size_t first;
  int n;
  int cold;            // the first to read these pages: fetch ahead
  const float *query;  // [padded / 16][ATTENTION_TILE][16], times the scale
  float *scores;       // [ATTENTION_TILE][CK_ATTENTION_RANGE]
  float *scaled;       // likewise
} tile;

// MARK: Scores

/// sums[v][k] += query of vector v times key lanes k, over `count` dimensions.
CK_INLINE void score_keys(int precision, int n, int vectors, const uint8_t *const *pages,
                          const uint8_t *const *ahead, size_t first, size_t count,
                          const float *query, vf sums[ATTENTION_TILE][SCORE_VECTORS]) {
  const size_t element = precision == CK_CACHE_F16 ? 2 : 1;
  const size_t lines = 32 * element;  // of keys and values, for each dimension
  for (size_t block = first; block < first + count; block += 16) {
    const float *q = query + block * ATTENTION_TILE;
    size_t end = ck_minimum(block + 16, first + count);
    for (size_t j = block; j < end; j++, q++) {
      if (ahead[0]) {
        for (int k = 0; k < vectors / PAGE_VECTORS; k++) {
          __builtin_prefetch(ahead[k] + j * lines, 0, 2);
        }
      }
      vf own[ATTENTION_TILE];
      for (int v = 0; v < n; v++) own[v] = splat(q[16 * v]);
      for (int k = 0; k < vectors; k++) {
        size_t lane = (size_t)(k % PAGE_VECTORS) * CK_WIDTH;
        vf key = load_cached(precision, pages[k / PAGE_VECTORS] + (16 * j + lane) * element);
        for (int v = 0; v < n; v++) sums[v][k] = own[v] * key + sums[v][k];
      }
    }
  }
}

CK_INLINE void score_pages(int precision, int n, int vectors, const ck_attention *a, const tile *t,
                           size_t position, size_t last, float *scores) {
  const uint8_t *pages[SCORE_VECTORS], *ahead[SCORE_VECTORS] = {NULL};
  for (int k = 0; k < vectors / PAGE_VECTORS; k++) {
    size_t page = position + (size_t)k * CK_CACHE_PAGE;
    pages[k] = ck_page_at(a, page);
    if (t->cold) ahead[k] = ck_page_at(a, ck_minimum(page + (size_t)vectors * CK_WIDTH, last));
  }
  vf total[ATTENTION_TILE][SCORE_VECTORS];
  for (int v = 0; v < n; v++) {
    for (int k = 0; k < vectors; k++) total[v][k] = splat(0);
  }
  const size_t dimension = a->head_dimension;
  if (precision == CK_CACHE_F16) {
    score_keys(precision, n, vectors, pages, ahead, 0, dimension, t->query, total);
  } else {
    const size_t scales = ck_key_scales_offset(dimension);
    for (size_t g = 0; g < ck_groups(dimension); g++) {
      vf sums[ATTENTION_TILE][SCORE_VECTORS];
      for (int v = 0; v < n; v++) {
        for (int k = 0; k < vectors; k++) sums[v][k] = splat(0);
      }
      size_t j = g * CK_CACHE_GROUP;
      score_keys(precision, n, vectors, pages, ahead, j,
                 ck_minimum(CK_CACHE_GROUP, dimension - j), t->query, sums);
      for (int k = 0; k < vectors; k++) {
        size_t lane = (size_t)(k % PAGE_VECTORS) * CK_WIDTH;
        const uint8_t *at = pages[k / PAGE_VECTORS] + scales + 2 * (16 * g + lane);
        vf scale = load_half((const uint16_t *)(const void *)at);
        for (int v = 0; v < n; v++) total[v][k] = sums[v][k] * scale + total[v][k];
      }
    }
  }
  for (int v = 0; v < n; v++) {
    for (int k = 0; k < vectors; k++) {
      store(scores + v * CK_ATTENTION_RANGE + k * CK_WIDTH, total[v][k]);
    }
  }
}

/// Scores of whole pages from..<to, into scores from `start` on.
CK_INLINE void score_span(int precision, int n, const ck_attention *a, const tile *t, size_t start,
                          size_t from, size_t to) {
  const int many = precision == CK_CACHE_F16 ? SCORE_VECTORS : SCORE_VECTORS / 2;
  const size_t step = (size_t)many * CK_WIDTH, last = a->position + a->rows - 1;
  size_t p = from;
  for (; p + step <= to; p += step) {
    score_pages(precision, n, many, a, t, p, last, t->scores + (p - start));
  }
  for (; p < to; p += CK_CACHE_PAGE) {
    score_pages(precision, n, PAGE_VECTORS, a, t, p, last, t->scores + (p - start));
  }
}

// MARK: Weights

CK_INLINE float largest_lane(vf v) {
  for (int step = CK_WIDTH / 2; step > 0; step /= 2) {
    vf other;
    for (int i = 0; i < CK_WIDTH; i++) other[i] = v[i ^ step];
    v = vmax(v, other);
  }
  return v[0];
}

CK_INLINE float sum_of_lanes(vf v) {
  for (int step = CK_WIDTH / 2; step > 0; step /= 2) {
    vf other;
    for (int i = 0; i < CK_WIDTH; i++) other[i] = v[i ^ step];
    v = v + other;
  }
  return v[0];
}

/// Scores of one vector to weights, and its part's largest score and sum. `from` and `to` bound the
/// positions, counted from the scores' start.
static void weigh_scores(const ck_attention *a, float *scores, size_t from, size_t to,
                         float *part) {
  size_t first = from / CK_CACHE_PAGE * CK_CACHE_PAGE, end = ck_round_up(to, CK_CACHE_PAGE);
  for (size_t p = first; a->soft_cap != 0 && p < end; p += CK_WIDTH) {
    store(scores + p, a->soft_cap * vtanh(load(scores + p) / a->soft_cap));
  }
  for (size_t p = first; p < from; p++) scores[p] = -INFINITY;
  for (size_t p = to; p < end; p++) scores[p] = -INFINITY;
  vf best = splat(-INFINITY), sum = splat(0);
  for (size_t p = first; p < end; p += CK_WIDTH) best = vmax(load(scores + p), best);
  float largest = largest_lane(best);
  for (size_t p = first; p < end; p += CK_WIDTH) {
    vf weight = exp_of_negative(load(scores + p) - largest);
    store(scores + p, weight);
    sum += weight;
  }
  part[0] = largest;
  part[1] = sum_of_lanes(sum);
}

// MARK: Values

/// parts[v][at..<at + vectors] += weights[v][p] * value[p], positions from..<to.
CK_INLINE void add_values(int precision, int n, int vectors, const ck_attention *a,
                          const float *weights, size_t start, size_t from, size_t to, size_t at,
                          float *parts) {
  const size_t element = precision == CK_CACHE_F16 ? 2 : 1;
  const size_t row = ck_padded_dimension(a->head_dimension) * element;
  const size_t offset = ck_values_offset(precision, a->head_dimension) + at * element;
  const size_t stride = ck_attention_part(a->head_dimension);
  float *into = parts + CK_PART_VALUES + at;
  vf sums[ATTENTION_TILE][VALUE_VECTORS];
  for (int v = 0; v < n; v++) {
    for (int k = 0; k < vectors; k++) {
      sums[v][k] = load(into + (size_t)v * stride + k * CK_WIDTH);
    }
  }
  while (from < to) {
    size_t end = ck_minimum(to, (from / CK_CACHE_PAGE + 1) * CK_CACHE_PAGE);
    const uint8_t *value = ck_page_at(a, from) + offset + from % CK_CACHE_PAGE * row;
    for (; from < end; from++, value += row) {
      vf weight[ATTENTION_TILE];
      for (int v = 0; v < n; v++) {
        weight[v] = splat(weights[(size_t)v * CK_ATTENTION_RANGE + (from - start)]);
      }
      for (int k = 0; k < vectors; k++) {
        vf values = load_cached(precision, value + (size_t)k * CK_WIDTH * element);
        for (int v = 0; v < n; v++) sums[v][k] = weight[v] * values + sums[v][k];
      }
    }
  }
  for (int v = 0; v < n; v++) {
    for (int k = 0; k < vectors; k++) {
      store(into + (size_t)v * stride + k * CK_WIDTH, sums[v][k]);
    }
  }
}

/// The positions of each vector that it alone has before and after those that all share.
CK_INLINE void add_chunk(int precision, int n, int vectors, const ck_attention *a,
                         const ck_span *spans, const float *weights, size_t start, size_t at,
                         float *parts) {
  const size_t stride = ck_attention_part(a->head_dimension);
  ck_span common = spans[0];
  for (int v = 1; v < n; v++) {
    common.from = ck_maximum(common.from, spans[v].from);
    common.to = ck_minimum(common.to, spans[v].to);
  }
  if (common.from >= common.to) common.from = common.to = SIZE_MAX;
  for (int v = 0; v < n; v++) {
    add_values(precision, 1, vectors, a, weights + v * CK_ATTENTION_RANGE, start, spans[v].from,
               ck_minimum(spans[v].to, common.from), at, parts + (size_t)v * stride);
  }
  if (common.from == SIZE_MAX) return;
  add_values(precision, n, vectors, a, weights, start, common.from, common.to, at, parts);
  for (int v = 0; v < n; v++) {
    add_values(precision, 1, vectors, a, weights + v * CK_ATTENTION_RANGE, start, common.to,
               spans[v].to, at, parts + (size_t)v * stride);
  }
}

/// t->scaled = weights times the scales of a group of values, for pages that hold from..<to.
static void scale_weights(const ck_attention *a, const tile *t, size_t group, size_t start,
                          size_t from, size_t to) {
  const size_t offset = ck_value_scales_offset(a->head_dimension) + 32 * group;
  for (size_t p = from / CK_CACHE_PAGE * CK_CACHE_PAGE; p < to; p += CK_CACHE_PAGE) {
    const uint16_t *scales = (const uint16_t *)(const void *)(ck_page_at(a, p) + offset);
    for (size_t lane = 0; lane < CK_CACHE_PAGE; lane += CK_WIDTH) {
      vf scale = load_half(scales + lane);
      for (size_t v = 0; v < (size_t)t->n; v++) {
        size_t at = v * CK_ATTENTION_RANGE + (p - start) + lane;
        store(t->scaled + at, load(t->scores + at) * scale);
      }
    }
  }
}

CK_INLINE void add_all_values(int precision, int n, const ck_attention *a, const tile *t,
                              const ck_span *spans, ck_span whole, size_t start, float *parts) {
  const size_t padded = ck_padded_dimension(a->head_dimension);
  const int many = precision == CK_CACHE_F16 ? VALUE_VECTORS : CK_CACHE_GROUP / CK_WIDTH;
  for (size_t at = 0; at < padded;) {
    const float *weights = t->scores;
    if (precision != CK_CACHE_F16) {
      scale_weights(a, t, at / CK_CACHE_GROUP, start, whole.from, whole.to);
      weights = t->scaled;
    }
    if (at + (size_t)many * CK_WIDTH <= padded) {
      add_chunk(precision, n, many, a, spans, weights, start, at, parts);
      at += (size_t)many * CK_WIDTH;
    } else {
      add_chunk(precision, n, PAGE_VECTORS, a, spans, weights, start, at, parts);
      at += CK_CACHE_PAGE;
    }
  }
}

// MARK: Tiles

/// parts[v] = the part of one range, for vectors that all have positions in it.
CK_INLINE void attend_some(int precision, int n, const ck_attention *a, const tile *t,
                           size_t range, float *parts) {
  const size_t stride = ck_attention_part(a->head_dimension), start = range * CK_ATTENTION_RANGE;
  ck_span spans[ATTENTION_TILE], whole = {SIZE_MAX, 0};
  for (int v = 0; v < n; v++) {
    spans[v] = ck_positions_in(a, t->first + (size_t)v, range);
    whole.from = ck_minimum(whole.from, spans[v].from);
    whole.to = ck_maximum(whole.to, spans[v].to);
  }
  score_span(precision, n, a, t, start, whole.from / CK_CACHE_PAGE * CK_CACHE_PAGE,
             ck_round_up(whole.to, CK_CACHE_PAGE));
  for (int v = 0; v < n; v++) {
    float *part = parts + (size_t)v * stride;
    memset(part + CK_PART_VALUES, 0, (stride - CK_PART_VALUES) * sizeof(float));
    weigh_scores(a, t->scores + v * CK_ATTENTION_RANGE, spans[v].from - start, spans[v].to - start,
                 part);
  }
  add_all_values(precision, n, a, t, spans, whole, start, parts);
}

#define ATTEND_CASE(N)                                                         \
  case N:                                                                      \
    if (a->precision == CK_CACHE_F16) {                                        \
      attend_some(CK_CACHE_F16, N, a, t, range, parts);                        \
    } else {                                                                   \
      attend_some(CK_CACHE_Q8, N, a, t, range, parts);                         \
    }                                                                          \
    break;

static void attend_whole_tile(const ck_attention *a, const tile *t, size_t range, float *parts) {
  switch (t->n) {
    ATTEND_CASE(1)
    ATTEND_CASE(2)
#if ATTENTION_TILE > 2
    ATTEND_CASE(3)
    ATTEND_CASE(4)
    ATTEND_CASE(5)
    ATTEND_CASE(6)
#endif
  default: __builtin_unreachable();
  }
}

/// As attend_some, where some vectors may have no position in the range.
static void attend_tile(const ck_attention *a, const tile *t, size_t range, float *parts) {
  const size_t stride = ck_attention_part(a->head_dimension);
  int has[ATTENTION_TILE], all = 1;
  for (int v = 0; v < t->n; v++) {
    ck_span span = ck_positions_in(a, t->first + (size_t)v, range);
    has[v] = span.from < span.to;
    all = all && has[v];
  }
  if (all) {
    attend_whole_tile(a, t, range, parts);
    return;
  }
  for (int v = 0; v < t->n; v++) {
    tile one = {t->first + (size_t)v, 1, t->cold, t->query + 16 * v, t->scores, t->scaled};
    float *part = parts + (size_t)v * stride;
    if (has[v]) {
      attend_whole_tile(a, &one, range, part);
    } else {
      ck_empty_part(part);
    }
  }
}
