// Attention of all vectors: queries are packed into tiles, parts of ranges are joined in order.
#include "simd_attention_tile.h"

CK_INLINE void join(const ck_attention *a, float *into, const float *part) {
  const size_t count = ck_attention_part(a->head_dimension);
  if (ck_is_empty_part(part)) return;
  if (ck_is_empty_part(into)) {
    memcpy(into, part, count * sizeof(float));
    return;
  }
  float largest = into[0] > part[0] ? into[0] : part[0];
  vf own = splat(exp_of_negative(splat(into[0] - largest))[0]);
  vf other = splat(exp_of_negative(splat(part[0] - largest))[0]);
  into[0] = largest;
  into[1] = into[1] * own[0] + part[1] * other[0];
  for (size_t j = CK_PART_VALUES; j < count; j += CK_WIDTH) {
    store(into + j, load(into + j) * own + load(part + j) * other);
  }
}

CK_INLINE void finish(const ck_attention *a, size_t vector, const float *part) {
  float *out = ck_out_of(a, vector);
  const float *values = part + CK_PART_VALUES, factor = 1 / part[1];
  size_t j = 0;
  for (; j + CK_WIDTH <= a->head_dimension; j += CK_WIDTH) {
    store(out + j, load(values + j) * factor);
  }
  for (; j < a->head_dimension; j++) out[j] = values[j] * factor;
}

typedef struct {
  float *queries, *parts, *scores, *scaled, *some;
} attention_memory;

CK_INLINE size_t packed_query(const ck_attention *a) {
  return ATTENTION_TILE * ck_padded_dimension(a->head_dimension);
}

static attention_memory memory_of(const ck_attention *a) {
  size_t vectors = a->rows * a->group, part = ck_attention_part(a->head_dimension);
  attention_memory m;
  m.scores = a->scratch;
  m.scaled = m.scores + ATTENTION_TILE * CK_ATTENTION_RANGE;
  m.some = m.scaled + ATTENTION_TILE * CK_ATTENTION_RANGE;
  m.parts = m.some + ATTENTION_TILE * part;
  m.queries = m.parts + vectors * part;
  return m;
}

/// Tiles of about equal size that cover all vectors.
CK_INLINE size_t tile_count(const ck_attention *a) {
  return (a->rows * a->group + ATTENTION_TILE - 1) / ATTENTION_TILE;
}

CK_INLINE tile tile_at(const ck_attention *a, const attention_memory *m, size_t index) {
  size_t vectors = a->rows * a->group, tiles = tile_count(a);
  size_t first = vectors * index / tiles, end = vectors * (index + 1) / tiles;
  tile t = {first, (int)(end - first), index == 0, m->queries + index * packed_query(a), m->scores,
            m->scaled};
  return t;
}

static void pack_queries(const ck_attention *a, const attention_memory *m) {
  const size_t dimension = a->head_dimension;
  for (size_t index = 0; index < tile_count(a); index++) {
    tile t = tile_at(a, m, index);
    float *into = m->queries + index * packed_query(a);
    for (size_t v = 0; v < (size_t)t.n; v++) {
      const float *query = ck_query_of(a, t.first + v);
      for (size_t j = 0; j < dimension; j += CK_WIDTH) {
        size_t rest = dimension - j;
        vf part = rest < CK_WIDTH ? load_part(query + j, rest) : load(query + j);
        store(into + j / 16 * 16 * ATTENTION_TILE + 16 * v + j % 16, part * a->scale);
      }
    }
  }
}

void CK_LEVEL(attend_range)(const ck_attention *a, size_t range, float *parts) {
  attention_memory m = memory_of(a);
  pack_queries(a, &m);
  for (size_t index = 0; index < tile_count(a); index++) {
    tile t = tile_at(a, &m, index);
    attend_tile(a, &t, range, parts + t.first * ck_attention_part(a->head_dimension));
  }
}

void CK_LEVEL(attend_join)(const ck_attention *a, size_t count, float *parts) {
  const size_t stride = ck_attention_part(a->head_dimension), vectors = a->rows * a->group;
  for (size_t v = 0; v < vectors; v++) {
    for (size_t i = 1; i < count; i++) {
      join(a, parts + v * stride, parts + (i * vectors + v) * stride);
    }
    finish(a, v, parts + v * stride);
  }
}

void CK_LEVEL(attend)(const ck_attention *a) {
  attention_memory m = memory_of(a);
  const size_t stride = ck_attention_part(a->head_dimension);
  pack_queries(a, &m);
  for (size_t v = 0; v < a->rows * a->group; v++) ck_empty_part(m.parts + v * stride);
  ck_span ranges = ck_ranges(a);
  for (size_t range = ranges.from; range < ranges.to; range++) {
    for (size_t index = 0; index < tile_count(a); index++) {
      tile t = tile_at(a, &m, index);
      attend_tile(a, &t, range, m.some);
      for (size_t v = 0; v < (size_t)t.n; v++) {
        join(a, m.parts + (t.first + v) * stride, m.some + v * stride);
      }
    }
  }
  for (size_t v = 0; v < a->rows * a->group; v++) finish(a, v, m.parts + v * stride);
}
