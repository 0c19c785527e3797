// Products of packed block weights (packed.h) with few rows of activations: each panel is read once
// and multiplied as it is. simd_packed_wide.h has those with many. Either way a result is the sum of
// two accumulators, one of the row's blocks and one of its extra groups, each filled from left to
// right with the same operations: its bits do not depend on the way taken. The including level
// defines TILE_ROWS, dot_small, dot_biased and biased_start.

typedef uint32_t vu __attribute__((vector_size(CK_WIDTH * 4)));
typedef int8_t vc __attribute__((vector_size(CK_WIDTH)));

enum { LANES = 16, PARTS = LANES / CK_WIDTH, PART_BYTES = 4 * CK_WIDTH };

/// Vectors of a tile: the two accumulators that share a row's activation.
enum { TILE_VECTORS = 2, TILE_PANELS = TILE_VECTORS / PARTS };

/// Rows up to which panels are multiplied as they are.
enum { DIRECT_ROWS = 4 };

/// How a type's blocks are summed: minima; weights with an offset; these in halves of 16 columns.
enum { MINIMA, OFFSET, HALVES };

CK_INLINE int kind_of(int type) {
  return type == CK_Q6_K ? HALVES : ck_offset_shift(type) < 0 ? MINIMA : OFFSET;
}

CK_INLINE vf fused(vf a, vf b, vf c) { return __builtin_elementwise_fma(a, b, c); }

CK_INLINE vu load_bits(const uint8_t *from) {
  vu v;
  memcpy(&v, from, sizeof v);
  return v;
}

CK_INLINE vf load_scale(const uint8_t *from) { return load((const float *)(const void *)from); }

CK_INLINE vf load_half_scale(const uint8_t *from) {
  return load_half((const uint16_t *)(const void *)from);
}

CK_INLINE vi splat_four(const int8_t *from) {
  int32_t four;
  memcpy(&four, from, sizeof four);
  return four - (vi){0};
}

CK_INLINE vf to_float(vi v) { return __builtin_convertvector(v, vf); }

/// The 8 vectors of a block, without the offset of its type.
CK_INLINE void load_weights(int type, const uint8_t *from, vu w[8]) {
  if (type == CK_Q8_0) {
    for (int i = 0; i < 8; i++) w[i] = load_bits(from + 64 * i);
    return;
  }
  for (int i = 0; i < 4; i++) {
    vu both = load_bits(from + 64 * i);
    w[i] = both & 0x0F0F0F0F;
    w[i + 4] = both >> 4 & 0x0F0F0F0F;
  }
  if (type == CK_Q5_0 || type == CK_Q5_1 || type == CK_Q5_K) {
    vu high = load_bits(from + 256);
    for (int i = 0; i < 8; i++) {
      w[i] |= (i < 4 ? high << (4 - i) : high >> (i - 4)) & 0x10101010;
    }
  } else if (type == CK_Q6_K) {
    for (int v = 0; v < 2; v++) {
      vu high = load_bits(from + 256 + 64 * v);
      w[4 * v] |= high << 4 & 0x30303030;
      w[4 * v + 1] |= high << 2 & 0x30303030;
      w[4 * v + 2] |= high & 0x30303030;
      w[4 * v + 3] |= high >> 2 & 0x30303030;
    }
  }
}

/// A block's scales: [0] and the minima or the second half's scales, if any.
CK_INLINE void load_scales(int type, ck_panel panel, size_t b, int part, vf into[2]) {
  const uint8_t *scales = panel.scales + b * ck_packed_form_of(type).scales;
  if (ck_block_size_of(type) == 32) {
    into[0] = load_half_scale(scales + part * 2 * CK_WIDTH);
    if (kind_of(type) == MINIMA) {
      into[1] = load_half_scale(scales + 2 * LANES + part * 2 * CK_WIDTH);
    }
    return;
  }
  const uint8_t *factors =
      panel.factors + b / 8 * ck_packed_form_of(type).factors + part * 2 * CK_WIDTH;
  vf d = load_half_scale(factors);
  if (type == CK_Q6_K) {
    vc first, second;
    memcpy(&first, scales + part * CK_WIDTH, sizeof first);
    memcpy(&second, scales + LANES + part * CK_WIDTH, sizeof second);
    into[0] = d * to_float(__builtin_convertvector(first, vi));
    into[1] = d * to_float(__builtin_convertvector(second, vi));
    return;
  }
  vb first, second;
  memcpy(&first, scales + part * CK_WIDTH, sizeof first);
  memcpy(&second, scales + LANES + part * CK_WIDTH, sizeof second);
  into[0] = d * to_float(__builtin_convertvector(first, vi));
  into[1] = -load_half_scale(factors + 2 * LANES) * to_float(__builtin_convertvector(second, vi));
}

CK_INLINE void store_lanes(const ck_product *p, size_t row, size_t lane, vf sum) {
  if (lane >= p->rows) return;
  size_t left = p->rows - lane;
  float *y = p->y + row * p->y_stride + lane;
  if (left >= CK_WIDTH) {
    if (p->bias) sum += load(p->bias + lane);
    store(y, p->accumulate ? load(y) + sum : sum);
  } else {
    if (p->bias) sum += load_part(p->bias + lane, left);
    store_part(y, p->accumulate ? load_part(y, left) + sum : sum, left);
  }
}

/// sum[r] += block b of a panel times the group x[r * stride]; extra groups have no part in minima.
CK_INLINE void direct_step(int type, ck_panel panel, size_t b, int part, const ck_group *x,
                           size_t stride, int rows, int extra, vf sum[]) {
  const int kind = kind_of(type), shift = ck_offset_shift(type);
  vu w[8];
  vf scales[2];
  load_weights(type, panel.weights + b * ck_packed_form_of(type).weights + part * PART_BYTES, w);
  load_scales(type, panel, b, part, scales);
  for (int r = 0; r < rows; r++, x += stride) {
    for (int half = 0; half < (kind == HALVES ? 2 : 1); half++) {
      int32_t start = kind == HALVES ? x->half_start[half] : x->start;
      vi dot = (vi){0};
      if (type == CK_Q8_0) {
        dot = biased_start(start);
      } else if (kind != MINIMA) {
        // The start is for an offset of 128; sums of 128 times integers shift without loss.
        dot = (start >> (7 - shift)) - dot;
      }
      for (int i = 4 * half; i < (kind == HALVES ? 4 * half + 4 : 8); i++) {
        vi four = splat_four(x->q + 4 * i);
        dot = type == CK_Q8_0 ? dot_biased(dot, (vi)w[i], four) : dot_small(dot, (vi)w[i], four);
      }
      sum[r] = fused(scales[half] * x->scale, to_float(dot), sum[r]);
    }
    if (kind == MINIMA && !extra) sum[r] = fused(scales[1], splat(x->sum), sum[r]);
  }
}

/// Fetches `bytes` from `next` on: panels are read once, faster than the machine foresees, so each
/// step on one panel fetches a step's bytes of a later one.
CK_INLINE void fetch_ahead(const uint8_t *next, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch(next + i);
}

CK_INLINE void direct_panel(int type, const ck_product *p, size_t index, int rows) {
  const size_t blocks = p->columns / 32;
  const size_t step_bytes = ck_packed_form_of(type).weights + ck_packed_form_of(type).scales;
  const size_t stride = ck_row_groups(p->columns);
  ck_panel panel = ck_panel_at(type, p->panels + index * p->panel_bytes, blocks);
  for (int part = 0; part < PARTS; part++) {
    vf sum[DIRECT_ROWS];
    for (int r = 0; r < rows; r++) sum[r] = splat(0);
    for (size_t b = 0; b < blocks; b++) {
      if (part == 0) fetch_ahead(panel.weights + p->panel_bytes + b * step_bytes, step_bytes);
      direct_step(type, panel, b, part, p->x + b, stride, rows, 0, sum);
    }
    for (int r = 0; r < rows; r++) {
      const ck_group *row = p->x + (size_t)r * stride, *extra = row + blocks;
      vf rest = splat(0);
      for (const ck_group *end = extra + ck_extras_of(row, blocks); extra < end; extra++) {
        direct_step(type, panel, extra->block, part, extra, 0, 1, 1, &rest);
      }
      store_lanes(p, (size_t)r, index * LANES + (size_t)part * CK_WIDTH, sum[r] + rest);
    }
  }
}

#define CK_DIRECT(TYPE)                                                       \
  static void direct_##TYPE(const ck_product *p) {                            \
    for (size_t panel = p->first; panel < p->end; panel++) {                  \
      switch (p->count) {                                                     \
        case 1: direct_panel(CK_##TYPE, p, panel, 1); break;                  \
        case 2: direct_panel(CK_##TYPE, p, panel, 2); break;                  \
        case 3: direct_panel(CK_##TYPE, p, panel, 3); break;                  \
        default: direct_panel(CK_##TYPE, p, panel, 4); break;                 \
      }                                                                       \
    }                                                                         \
  }
CK_DIRECT(Q4_0)
CK_DIRECT(Q4_1)
CK_DIRECT(Q5_0)
CK_DIRECT(Q5_1)
CK_DIRECT(Q8_0)
CK_DIRECT(Q4_K)
CK_DIRECT(Q5_K)
CK_DIRECT(Q6_K)
