// Products of packed block weights with many rows of activations: pairs of panels are widened to a
// byte a weight in scratch, then multiplied in tiles that fit the registers; extra groups of several
// rows and the same block make tiles too.

/// A widened block: 8 vectors of weights, scales, and minima or the second half's scales.
enum { WIDE_SCALE = 512, WIDE_SECOND = 576, WIDE_BLOCK = 640 };

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

#define CK_WIDEN(TYPE)                                                             \
  static void widen_##TYPE(const ck_product *p, size_t panel, uint8_t *into) {     \
    widen_panel(CK_##TYPE, p, panel, into);                                        \
  }
CK_WIDEN(Q4_0)
CK_WIDEN(Q4_1)
CK_WIDEN(Q5_0)
CK_WIDEN(Q5_1)
CK_WIDEN(Q8_0)
CK_WIDEN(Q4_K)
CK_WIDEN(Q5_K)
CK_WIDEN(Q6_K)

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
