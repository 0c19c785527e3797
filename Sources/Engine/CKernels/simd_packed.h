// Products of packed weights (packed.h). Few rows of activations: each panel is read once and
// multiplied as it is. Many: pairs of panels are widened to a byte a weight in scratch, then
// multiplied in tiles that fit the registers; extra groups of several rows and the same block make
// tiles too. Either way a result has one accumulator, filled block by block from left to right and
// then by the row's extra groups from left to right, with the same operations: its bits do not depend
// on the way taken. The including level defines TILE_ROWS, dot_small, dot_biased and
// biased_start.

typedef uint32_t vu __attribute__((vector_size(CK_WIDTH * 4)));
typedef int8_t vc __attribute__((vector_size(CK_WIDTH)));

enum { LANES = 16, PARTS = LANES / CK_WIDTH, PART_BYTES = 4 * CK_WIDTH };

/// Vectors of a tile: the two accumulators that share a row's activation.
enum { TILE_VECTORS = 2, TILE_PANELS = TILE_VECTORS / PARTS };

/// Rows up to which panels are multiplied as they are.
enum { DIRECT_ROWS = 4 };

/// A widened block: 8 vectors of weights, scales, and minima or the second half's scales.
enum { WIDE_SCALE = 512, WIDE_SECOND = 576, WIDE_BLOCK = 640 };

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

// MARK: Panels as they are

/// sum[r] += block b of a panel times the group x[r * stride].
CK_INLINE void direct_step(int type, ck_panel panel, size_t b, int part, const ck_group *x,
                           size_t stride, int rows, vf sum[]) {
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
    if (kind == MINIMA) sum[r] = fused(scales[1], splat(x->sum), sum[r]);
  }
}

/// Fetches the `b`th `bytes` from `next` on: panels are read once, faster than the machine foresees,
/// so each step on one panel fetches a step's bytes of a later one.
CK_INLINE void fetch_ahead(const uint8_t *next, size_t b, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch(next + b * bytes + i);
}

CK_INLINE void direct_panel(int type, const ck_product *p, size_t index, int rows) {
  const size_t blocks = p->columns / 32;
  const size_t step_bytes = ck_packed_form_of(type).weights + ck_packed_form_of(type).scales;
  ck_panel panel = ck_panel_at(type, p->panels + index * p->panel_bytes, blocks);
  for (int part = 0; part < PARTS; part++) {
    vf sum[DIRECT_ROWS];
    for (int r = 0; r < rows; r++) sum[r] = splat(0);
    for (size_t b = 0; b < blocks; b++) {
      if (part == 0) fetch_ahead(panel.weights + p->panel_bytes, b, step_bytes);
      direct_step(type, panel, b, part, p->x + b, p->groups, rows, sum);
    }
    for (int r = 0; r < rows; r++) {
      const ck_group *row = p->x + (size_t)r * p->groups;
      for (size_t e = blocks; e < p->groups; e++) {
        direct_step(type, panel, row[e].block, part, row + e, 0, 1, sum + r);
      }
      store_lanes(p, (size_t)r, index * LANES + (size_t)part * CK_WIDTH, sum[r]);
    }
  }
}

#define CK_DIRECT(TYPE)                                                                   \
  static void direct_##TYPE(const ck_product *p) {                                 \
    for (size_t panel = p->first; panel < p->end; panel++) {                              \
      switch (p->count) {                                                                 \
        case 1: direct_panel(CK_##TYPE, p, panel, 1); break;                              \
        case 2: direct_panel(CK_##TYPE, p, panel, 2); break;                              \
        case 3: direct_panel(CK_##TYPE, p, panel, 3); break;                              \
        default: direct_panel(CK_##TYPE, p, panel, 4); break;                             \
      }                                                                                   \
    }                                                                                     \
  }                                                                                       \
  static void widen_##TYPE(const ck_product *p, size_t panel, uint8_t *into) {     \
    widen_panel(CK_##TYPE, p, panel, into);                                               \
  }

// MARK: Panels widened

CK_INLINE void widen_panel(int type, const ck_product *p, size_t index, uint8_t *into) {
  const size_t blocks = p->columns / 32;
  const int shift = ck_offset_shift(type);
  // Every offset becomes 128.
  const uint32_t rest = shift < 0 ? 0 : 0x01010101u * (128u - (1u << shift));
  ck_panel panel = ck_panel_at(type, p->panels + index * p->panel_bytes, blocks);
  const uint8_t *weights = panel.weights;
  for (size_t b = 0; b < blocks; b++, into += WIDE_BLOCK) {
    for (int part = 0; part < PARTS; part++) {
      vu w[8];
      vf scales[2] = {splat(0), splat(0)};
      load_weights(type, weights + part * PART_BYTES, w);
      load_scales(type, panel, b, part, scales);
      for (int i = 0; i < 8; i++) {
        w[i] += rest;
        memcpy(into + 64 * i + part * PART_BYTES, &w[i], sizeof w[i]);
      }
      memcpy(into + WIDE_SCALE + part * PART_BYTES, &scales[0], sizeof scales[0]);
      memcpy(into + WIDE_SECOND + part * PART_BYTES, &scales[1], sizeof scales[1]);
    }
    weights += ck_packed_form_of(type).weights;
  }
}

/// Where vector v of a tile lies from a block of the first panel.
CK_INLINE size_t vector_at(int v, size_t panel_stride) {
  return (size_t)(v / PARTS) * panel_stride + (size_t)(v % PARTS) * PART_BYTES;
}

/// sum[r][v] += the widened block at `w` times the group x[r].
CK_INLINE void wide_step(const uint8_t *w, size_t panel_stride, const ck_group *const *x, int rows,
                         int vectors, int kind, vf sum[][TILE_VECTORS]) {
  for (int half = 0; half < (kind == HALVES ? 2 : 1); half++) {
    vi dot[TILE_ROWS][TILE_VECTORS];
    for (int r = 0; r < rows; r++) {
      vi start = (vi){0};
      if (kind == OFFSET) start = biased_start(x[r]->start);
      if (kind == HALVES) start = biased_start(x[r]->half_start[half]);
      for (int v = 0; v < vectors; v++) dot[r][v] = start;
    }
    for (int i = 4 * half; i < (kind == HALVES ? 4 * half + 4 : 8); i++) {
      vi weights[TILE_VECTORS];
      for (int v = 0; v < vectors; v++) {
        weights[v] = (vi)load_bits(w + vector_at(v, panel_stride) + 64 * i);
      }
      for (int r = 0; r < rows; r++) {
        vi four = splat_four(x[r]->q + 4 * i);
        for (int v = 0; v < vectors; v++) {
          dot[r][v] = kind == MINIMA ? dot_small(dot[r][v], weights[v], four)
                                     : dot_biased(dot[r][v], weights[v], four);
        }
      }
    }
    for (int v = 0; v < vectors; v++) {
      vf scale = load_scale(w + vector_at(v, panel_stride) + (half ? WIDE_SECOND : WIDE_SCALE));
      for (int r = 0; r < rows; r++) {
        sum[r][v] = fused(scale * x[r]->scale, to_float(dot[r][v]), sum[r][v]);
      }
    }
  }
  if (kind != MINIMA) return;
  for (int v = 0; v < vectors; v++) {
    vf min = load_scale(w + vector_at(v, panel_stride) + WIDE_SECOND);
    for (int r = 0; r < rows; r++) sum[r][v] = fused(min, splat(x[r]->sum), sum[r][v]);
  }
}

typedef vf tile_sums[TILE_VECTORS];

/// One row and group of it, on the list of its block.
typedef struct {
  const ck_group *group;
  tile_sums *sums;
} extra_group;

/// Scratch of a product: two widened panels, the sums of a chunk of rows, and its extra groups in
/// the order of their blocks; those of block b are extras[starts[b]..<starts[b + 1]].
typedef struct {
  uint8_t *panels;
  tile_sums *sums;
  extra_group *extras;
  uint32_t *starts;
  /// The packed panels that come next, and how many of their bytes to fetch a block.
  const uint8_t *next;
  size_t next_bytes;
  /// The panels' results in the first row.
  const float *y;
} wide_scratch;

CK_INLINE void wide_tile(const ck_product *p, const wide_scratch *scratch, size_t row,
                         int rows, int vectors, int kind) {
  const size_t step_bytes = row ? 0 : scratch->next_bytes;
  const size_t blocks = p->columns / 32, panel_stride = blocks * WIDE_BLOCK;
  const ck_group *x[TILE_ROWS];
  vf sum[TILE_ROWS][TILE_VECTORS];
  for (int r = 0; r < rows; r++) {
    x[r] = p->x + (row + (size_t)r) * p->groups;
    __builtin_prefetch(scratch->y + (row + (size_t)r) * p->y_stride, 1);
    __builtin_prefetch(scratch->y + (row + (size_t)r) * p->y_stride + LANES, 1);
    for (int v = 0; v < vectors; v++) sum[r][v] = splat(0);
  }
  for (size_t b = 0; b < blocks; b++) {
    fetch_ahead(scratch->next, b, step_bytes);
    wide_step(scratch->panels + b * WIDE_BLOCK, panel_stride, x, rows, vectors, kind, sum);
    for (int r = 0; r < rows; r++) x[r]++;
  }
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) scratch->sums[row + (size_t)r][v] = sum[r][v];
  }
}

/// Extra groups of one block, of several rows.
CK_INLINE void extra_tile(const uint8_t *w, size_t panel_stride, const extra_group *extras,
                          int rows, int vectors, int kind) {
  const ck_group *x[TILE_ROWS];
  vf sum[TILE_ROWS][TILE_VECTORS];
  for (int r = 0; r < rows; r++) {
    x[r] = extras[r].group;
    for (int v = 0; v < vectors; v++) sum[r][v] = (*extras[r].sums)[v];
  }
  wide_step(w, panel_stride, x, rows, vectors, kind, sum);
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) (*extras[r].sums)[v] = sum[r][v];
  }
}

// One instance per number of rows, so that sums stay in registers.
#if TILE_ROWS == 6
#define CK_EACH_ROWS(CALL, LEFT) \
  switch (LEFT) {                \
    case 1: CALL(1); break;      \
    case 2: CALL(2); break;      \
    case 3: CALL(3); break;      \
    case 4: CALL(4); break;      \
    case 5: CALL(5); break;      \
    default: CALL(6); break;     \
  }
#else
#define CK_EACH_ROWS(CALL, LEFT) \
  switch (LEFT) {                \
    case 1: CALL(1); break;      \
    default: CALL(2); break;     \
  }
#endif

CK_INLINE void wide_rows(const ck_product *p, const wide_scratch *scratch, int vectors,
                         int kind) {
  const size_t blocks = p->columns / 32;
  for (size_t row = 0; row < p->count; row += TILE_ROWS) {
#define CK_WIDE_TILE(N) wide_tile(p, scratch, row, N, vectors, kind)
    CK_EACH_ROWS(CK_WIDE_TILE, p->count - row)
  }
  if (p->groups == blocks) return;
  for (size_t b = 0; b < blocks; b++) {
    const uint8_t *w = scratch->panels + b * WIDE_BLOCK;
    const extra_group *extras = scratch->extras;
    const size_t end = scratch->starts[b + 1];
    for (size_t e = scratch->starts[b]; e < end; e += TILE_ROWS) {
#define CK_EXTRA_TILE(N) extra_tile(w, blocks * WIDE_BLOCK, extras + e, N, vectors, kind)
      CK_EACH_ROWS(CK_EXTRA_TILE, end - e)
    }
  }
}

#define CK_WIDE(NAME, VECTORS, KIND)                                             \
  static void NAME(const ck_product *p, const wide_scratch *scratch) {    \
    wide_rows(p, scratch, VECTORS, KIND);                                        \
  }
CK_WIDE(wide_minima, TILE_VECTORS, MINIMA)
CK_WIDE(wide_offset, TILE_VECTORS, OFFSET)
CK_WIDE(wide_halves, TILE_VECTORS, HALVES)
CK_WIDE(wide_minima_last, PARTS, MINIMA)
CK_WIDE(wide_offset_last, PARTS, OFFSET)
CK_WIDE(wide_halves_last, PARTS, HALVES)

CK_DIRECT(Q4_0)
CK_DIRECT(Q4_1)
CK_DIRECT(Q5_0)
CK_DIRECT(Q5_1)
CK_DIRECT(Q8_0)
CK_DIRECT(Q4_K)
CK_DIRECT(Q5_K)
CK_DIRECT(Q6_K)

typedef struct {
  void (*direct)(const ck_product *);
  void (*widen)(const ck_product *, size_t, uint8_t *);
  void (*wide)(const ck_product *, const wide_scratch *);
  void (*wide_last)(const ck_product *, const wide_scratch *);
} packed_way;

static const packed_way packed_ways[CK_TYPE_LIMIT] = {
    [CK_Q4_0] = {direct_Q4_0, widen_Q4_0, wide_offset, wide_offset_last},
    [CK_Q4_1] = {direct_Q4_1, widen_Q4_1, wide_minima, wide_minima_last},
    [CK_Q5_0] = {direct_Q5_0, widen_Q5_0, wide_offset, wide_offset_last},
    [CK_Q5_1] = {direct_Q5_1, widen_Q5_1, wide_minima, wide_minima_last},
    [CK_Q8_0] = {direct_Q8_0, widen_Q8_0, wide_offset, wide_offset_last},
    [CK_Q4_K] = {direct_Q4_K, widen_Q4_K, wide_minima, wide_minima_last},
    [CK_Q5_K] = {direct_Q5_K, widen_Q5_K, wide_minima, wide_minima_last},
    [CK_Q6_K] = {direct_Q6_K, widen_Q6_K, wide_halves, wide_halves_last},
};

/// The parts of the scratch; ck_packed_scratch has room for them.
static wide_scratch divide_scratch(const ck_product *p) {
  const size_t blocks = p->columns / 32;
  wide_scratch s = {.panels = p->scratch};
  s.sums = (tile_sums *)(void *)(s.panels + 2 * blocks * WIDE_BLOCK);
  s.extras = (extra_group *)(void *)((uint8_t *)s.sums + CK_CHUNK_ROWS * CK_SUM_BYTES);
  s.starts = (uint32_t *)(void *)(s.extras + CK_CHUNK_ROWS * blocks);
  return s;
}

/// Lists the rows' extra groups by block, rows in order.
static void list_extras(const ck_product *p, const wide_scratch *s) {
  const size_t blocks = p->columns / 32;
  memset(s->starts, 0, (blocks + 1) * sizeof(uint32_t));
  for (size_t row = 0; row < p->count; row++) {
    const ck_group *x = p->x + row * p->groups;
    for (size_t e = blocks; e < p->groups; e++) s->starts[x[e].block]++;
  }
  uint32_t end = 0;
  for (size_t b = 0; b <= blocks; b++) {
    end += s->starts[b];
    s->starts[b] = end;
  }
  // From the last row to the first: each entry moves its block's start down.
  for (size_t row = p->count; row-- > 0;) {
    const ck_group *x = p->x + row * p->groups;
    for (size_t e = blocks; e < p->groups; e++) {
      s->extras[--s->starts[x[e].block]] = (extra_group){x + e, s->sums + row};
    }
  }
}

static void multiply_chunk(const ck_product *p, const packed_way *way,
                           wide_scratch *scratch) {
  const size_t blocks = p->columns / 32, stride = blocks * WIDE_BLOCK;
  list_extras(p, scratch);
  scratch->next_bytes = ck_round_up(TILE_PANELS * p->panel_bytes / blocks, 64);
  for (size_t panel = p->first; panel < p->end; panel += TILE_PANELS) {
    size_t panels = p->end - panel < TILE_PANELS ? p->end - panel : TILE_PANELS;
    for (size_t i = 0; i < panels; i++) way->widen(p, panel + i, scratch->panels + i * stride);
    scratch->next = p->panels + (panel + panels) * p->panel_bytes;
    scratch->y = p->y + panel * LANES;
    (panels == TILE_PANELS ? way->wide : way->wide_last)(p, scratch);
    for (size_t row = 0; row < p->count; row++) {
      for (size_t v = 0; v < panels * PARTS; v++) {
        store_lanes(p, row, panel * LANES + v * CK_WIDTH, scratch->sums[row][v]);
      }
    }
  }
}

static void multiply_blocks(const ck_product *product) {
  ck_product p = *product;
  const packed_way *way = &packed_ways[p.type];
  if (p.count <= DIRECT_ROWS) {
    if (p.count) way->direct(&p);
    return;
  }
  wide_scratch scratch = divide_scratch(&p);
  // What stays in the second-level cache beside the widened panels.
  size_t rows = (256 << 10) / (p.groups * sizeof(ck_group)) / TILE_ROWS * TILE_ROWS;
  rows = rows < 4 * TILE_ROWS ? 4 * TILE_ROWS : rows > CK_CHUNK_ROWS ? CK_CHUNK_ROWS : rows;
  for (size_t row = 0; row < product->count; row += rows) {
    p.count = product->count - row < rows ? product->count - row : rows;
    p.x = product->x + row * p.groups;
    p.y = product->y + row * p.y_stride;
    multiply_chunk(&p, way, &scratch);
  }
}
