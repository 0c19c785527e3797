// Products of packed block weights with many rows of activations: pairs of panels are widened to a
// byte a weight in scratch, if they are not yet, then multiplied in tiles that fit the registers; extra
// groups of several rows and the same block make tiles too.

/// A widened block: 8 vectors of weights, scales, and minima or the second half's scales.
enum { WIDE_SCALE = 512, WIDE_SECOND = 576, WIDE_BLOCK = 640 };

/// How a type's blocks are summed, beside those of simd_packed.h: panels of 8-bit weights as they are.
enum { BYTES = 3, KINDS };

CK_INLINE int wide_kind_of(int type) { return type == CK_Q8_0 ? BYTES : kind_of(type); }

/// Where a block of the first of some panels has its weights and scales, and how far off the next
/// panel's are.
typedef struct {
  const uint8_t *weights, *scales;
  size_t panel_stride;
} wide_block;

/// The first block of panels in the scratch, or of packed ones.
CK_INLINE wide_block first_block(int kind, const ck_product *p, const uint8_t *panels) {
  const size_t blocks = p->columns / 32;
  if (kind != BYTES) return (wide_block){panels, panels + WIDE_SCALE, blocks * WIDE_BLOCK};
  return (wide_block){panels, ck_panel_at(CK_Q8_0, panels, blocks).scales, p->panel_bytes};
}

/// The `count`th block from this one.
CK_INLINE wide_block block_after(int kind, wide_block block, size_t count) {
  const ck_packed_form form = ck_packed_form_of(CK_Q8_0);
  block.weights += count * (kind == BYTES ? form.weights : WIDE_BLOCK);
  block.scales += count * (kind == BYTES ? form.scales : WIDE_BLOCK);
  return block;
}

/// The scales of vector v of a tile.
CK_INLINE vf wide_scale(int kind, wide_block block, int v) {
  const uint8_t *panel = block.scales + (size_t)(v / PARTS) * block.panel_stride;
  if (kind == BYTES) return load_half_scale(panel + (size_t)(v % PARTS) * (PART_BYTES / 2));
  return load_scale(panel + (size_t)(v % PARTS) * PART_BYTES);
}

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

/// sum[r][v] += the block times the group x[r]; extra groups have no part in minima.
CK_INLINE void wide_step(wide_block block, const ck_group *const *x, int rows, int vectors, int kind,
                         int extra, vf sum[][TILE_VECTORS]) {
  const size_t second = WIDE_SECOND - WIDE_SCALE;
  for (int half = 0; half < (kind == HALVES ? 2 : 1); half++) {
    vi dot[TILE_ROWS][TILE_VECTORS];
    for (int r = 0; r < rows; r++) {
      vi start = (vi){0};
      if (kind == OFFSET || kind == BYTES) start = biased_start(x[r]->start);
      if (kind == HALVES) start = biased_start(x[r]->half_start[half]);
      for (int v = 0; v < vectors; v++) dot[r][v] = start;
    }
    // Else clang leaves large tiles a loop.
#pragma clang loop unroll(full)
    for (int i = 4 * half; i < (kind == HALVES ? 4 * half + 4 : 8); i++) {
      vi weights[TILE_VECTORS];
      for (int v = 0; v < vectors; v++) {
        weights[v] = (vi)load_bits(block.weights + vector_at(v, block.panel_stride) + 64 * i);
      }
      for (int r = 0; r < rows; r++) {
        vi four = splat_four(x[r]->q + 4 * i);
        for (int v = 0; v < vectors; v++) {
          dot[r][v] = kind == MINIMA ? dot_small(dot[r][v], weights[v], four)
                                     : dot_biased(dot[r][v], weights[v], four);
        }
      }
    }
    if (half) block.scales += second;
    for (int v = 0; v < vectors; v++) {
      vf scale = wide_scale(kind, block, v);
      for (int r = 0; r < rows; r++) {
        sum[r][v] = fused(scale * x[r]->scale, to_float(dot[r][v]), sum[r][v]);
      }
    }
  }
  if (kind != MINIMA || extra) return;
  block.scales += second;
  for (int v = 0; v < vectors; v++) {
    vf min = wide_scale(kind, block, v);
    for (int r = 0; r < rows; r++) sum[r][v] = fused(min, splat(x[r]->sum), sum[r][v]);
  }
}

typedef vf tile_sums[TILE_VECTORS];

/// A tile: the first of its rows, its first block, and the packed panels that come next, of which
/// `next_bytes` of each `next_stride` are fetched.
typedef struct {
  const ck_group *x;
  size_t x_stride;
  wide_block first;
  size_t blocks;
  const uint8_t *next;
  size_t next_stride, next_bytes;
} wide_tile;

/// sums[r] += the panels times row r.
CK_INLINE void sum_tile(const wide_tile *tile, tile_sums *sums, int rows, int vectors, int kind) {
  wide_block block = tile->first;
  const uint8_t *next = tile->next;
  const ck_group *x[TILE_ROWS];
  vf sum[TILE_ROWS][TILE_VECTORS];
  for (int r = 0; r < rows; r++) {
    x[r] = tile->x + (size_t)r * tile->x_stride;
    for (int v = 0; v < vectors; v++) sum[r][v] = splat(0);
  }
  for (size_t b = 0; b < tile->blocks; b++, next += tile->next_stride) {
    fetch_ahead(next, tile->next_bytes);
    wide_step(block, x, rows, vectors, kind, 0, sum);
    block = block_after(kind, block, 1);
    for (int r = 0; r < rows; r++) x[r]++;
  }
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) sums[r][v] += sum[r][v];
  }
}

/// An extra group of a row, on the list of its block.
typedef struct {
  const ck_group *group;
  tile_sums *sums;
} extra_group;

/// A number of tiles of extra groups, of several rows and one block.
CK_INLINE void sum_extras(wide_block block, const extra_group *extras, size_t tiles, int rows,
                          int vectors, int kind) {
  for (; tiles; tiles--, extras += rows) {
    const ck_group *x[TILE_ROWS];
    vf sum[TILE_ROWS][TILE_VECTORS];
    for (int r = 0; r < rows; r++) {
      x[r] = extras[r].group;
      // They lie about; the list has room for as many more.
      __builtin_prefetch(extras[r + CK_AHEAD].group);
      for (int v = 0; v < vectors; v++) sum[r][v] = (*extras[r].sums)[v];
    }
    wide_step(block, x, rows, vectors, kind, 1, sum);
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < vectors; v++) (*extras[r].sums)[v] = sum[r][v];
    }
  }
}

typedef void tile_function(const wide_tile *, tile_sums *);
typedef void extras_function(const wide_block *, const extra_group *, size_t);

// A function for each number of rows, and each by itself: then clang keeps all sums in registers.
#define CK_TILES(ROWS, VECTORS, KIND)                                                         \
  static __attribute__((noinline)) void tile_##KIND##_##VECTORS##_##ROWS(const wide_tile *t,  \
                                                                         tile_sums *sums) {   \
    sum_tile(t, sums, ROWS, VECTORS, KIND);                                                   \
  }                                                                                           \
  static __attribute__((noinline)) void extras_##KIND##_##VECTORS##_##ROWS(                   \
      const wide_block *block, const extra_group *extras, size_t tiles) {                     \
    sum_extras(*block, extras, tiles, ROWS, VECTORS, KIND);                                   \
  }
#define CK_TILE_NAME(ROWS, VECTORS, KIND) tile_##KIND##_##VECTORS##_##ROWS,
#define CK_EXTRAS_NAME(ROWS, VECTORS, KIND) extras_##KIND##_##VECTORS##_##ROWS,
#if TILE_ROWS == 6
#define CK_EACH_ROWS(CALL, VECTORS, KIND)                                        \
  CALL(1, VECTORS, KIND) CALL(2, VECTORS, KIND) CALL(3, VECTORS, KIND)           \
  CALL(4, VECTORS, KIND) CALL(5, VECTORS, KIND) CALL(6, VECTORS, KIND)
#else
#define CK_EACH_ROWS(CALL, VECTORS, KIND) CALL(1, VECTORS, KIND) CALL(2, VECTORS, KIND)
#endif
#define CK_EACH(CALL, VECTORS)                                                   \
  CK_EACH_ROWS(CALL, VECTORS, MINIMA) CK_EACH_ROWS(CALL, VECTORS, OFFSET)        \
  CK_EACH_ROWS(CALL, VECTORS, HALVES) CK_EACH_ROWS(CALL, VECTORS, BYTES)
#define CK_TABLE(NAME, VECTORS)                       \
  {{CK_EACH_ROWS(NAME, VECTORS, MINIMA)},             \
   {CK_EACH_ROWS(NAME, VECTORS, OFFSET)},             \
   {CK_EACH_ROWS(NAME, VECTORS, HALVES)},             \
   {CK_EACH_ROWS(NAME, VECTORS, BYTES)}}

CK_EACH(CK_TILES, 2)
#if CK_WIDTH == 16
// A panel that is left alone is one vector wide.
CK_EACH(CK_TILES, 1)
#endif

/// By the panels of a tile less 1, the kind and the rows less 1.
static tile_function *const tile_functions[TILE_PANELS][KINDS][TILE_ROWS] = {
#if CK_WIDTH == 16
    CK_TABLE(CK_TILE_NAME, 1),
#endif
    CK_TABLE(CK_TILE_NAME, 2)};
static extras_function *const extras_functions[TILE_PANELS][KINDS][TILE_ROWS] = {
#if CK_WIDTH == 16
    CK_TABLE(CK_EXTRAS_NAME, 1),
#endif
    CK_TABLE(CK_EXTRAS_NAME, 2)};

/// Scratch of a product: the rows whose extra groups are listed, two widened panels, a chunk of rows'
/// sums, and these rows' extra groups in the order of their blocks; those of block b are
/// extras[starts[b]..<starts[b + 1]].
typedef struct {
  const ck_group **listed;
  uint8_t *panels;
  tile_sums *sums;
  extra_group *extras;
  uint32_t *starts;
} wide_scratch;

/// What a product has yet to fetch of what is read after it, and how much at each step.
typedef struct {
  const ck_upcoming *pages;
  size_t page, offset, step_bytes;
} fetch_place;

static fetch_place fetch_from_start(const ck_product *p) {
  const ck_upcoming *pages = &p->upcoming;
  const size_t steps = (p->end - p->first + TILE_PANELS - 1) / TILE_PANELS * (p->columns / 32);
  const size_t bytes = pages->count * pages->bytes;
  return (fetch_place){pages, 0, 0, steps ? ck_round_up((bytes + steps - 1) / steps, 64) : 0};
}

CK_INLINE void fetch_step(fetch_place *place) {
  const ck_upcoming *pages = place->pages;
  if (place->page == pages->count) return;
  const uint8_t *from = pages->start + (size_t)pages->pages[place->page] * pages->stride;
  for (size_t i = 0; i < place->step_bytes; i += 64) {
    __builtin_prefetch(from + place->offset + i, 0, 2);
  }
  place->offset += place->step_bytes;
  if (place->offset >= pages->bytes) {
    place->offset = 0;
    place->page++;
  }
}

/// The sums of a tile to its rows' results, from a panel on.
CK_INLINE void store_tile(const ck_product *p, size_t panel, size_t panels, size_t row, size_t rows,
                          const tile_sums *sums) {
  const size_t vectors = panels * PARTS, lane = panel * LANES;
  if (p->bias || lane + panels * LANES > p->rows) {
    for (size_t r = 0; r < rows; r++) {
      for (size_t v = 0; v < vectors; v++) {
        store_lanes(p, row + r, lane + v * CK_WIDTH, sums[r][v]);
      }
    }
    return;
  }
  float *y = p->y + row * p->y_stride + lane;
  for (size_t r = 0; r < rows; r++, y += p->y_stride) {
    for (size_t v = 0; v < vectors; v++) {
      float *at = y + v * CK_WIDTH;
      store(at, p->accumulate ? load(at) + sums[r][v] : sums[r][v]);
    }
  }
}

/// One or two panels, the first of whose blocks is `first`, times a chunk of rows.
static void multiply_wide(const ck_product *p, const wide_scratch *s, wide_block first, size_t panel,
                          size_t panels, fetch_place *place) {
  const size_t blocks = p->columns / 32;
  const int kind = wide_kind_of(p->type);
  tile_function *const *tiles = tile_functions[panels - 1][kind];
  extras_function *const *extra_tiles = extras_functions[panels - 1][kind];
  memset(s->sums, 0, p->count * sizeof(tile_sums));
  for (size_t b = 0; b < blocks; b++) {
    const wide_block block = block_after(kind, first, b);
    const extra_group *extras = s->extras + s->starts[b];
    const size_t count = s->starts[b + 1] - s->starts[b], left = count % TILE_ROWS;
    fetch_step(place);
    extra_tiles[TILE_ROWS - 1](&block, extras, count / TILE_ROWS);
    if (left) extra_tiles[left - 1](&block, extras + count - left, 1);
  }
  // Each tile fetches its part of the next panels: all at once, they would wait for each other.
  const size_t lines = ck_round_up(TILE_PANELS * p->panel_bytes / blocks, 64) / 64;
  const size_t all = (p->count + TILE_ROWS - 1) / TILE_ROWS;
  const uint8_t *next = p->panels + (panel + panels) * p->panel_bytes;
  for (size_t row = 0, number = 0; row < p->count; row += TILE_ROWS, number++) {
    const size_t rows = p->count - row < TILE_ROWS ? p->count - row : TILE_ROWS;
    const size_t from = lines * number / all, to = lines * (number + 1) / all;
    const wide_tile tile = {p->x + row * ck_row_groups(p->columns),
                            ck_row_groups(p->columns),
                            first,
                            blocks,
                            next + 64 * from,
                            64 * lines,
                            64 * (to - from)};
    for (size_t r = 0; r < rows; r++) {
      const float *y = p->y + (row + r) * p->y_stride + panel * LANES;
      __builtin_prefetch(y, 1);
      __builtin_prefetch(y + LANES, 1);
    }
    tiles[rows - 1](&tile, s->sums + row);
    store_tile(p, panel, panels, row, rows, s->sums + row);
  }
}

#define CK_WIDEN(TYPE)                                                             \
  static void widen_##TYPE(const ck_product *p, size_t panel, uint8_t *into) {     \
    widen_panel(CK_##TYPE, p, panel, into);                                        \
  }
CK_WIDEN(Q4_0)
CK_WIDEN(Q4_1)
CK_WIDEN(Q5_0)
CK_WIDEN(Q5_1)
CK_WIDEN(Q4_K)
CK_WIDEN(Q5_K)
CK_WIDEN(Q6_K)

typedef struct {
  void (*direct)(const ck_product *);
  void (*widen)(const ck_product *, size_t, uint8_t *);
} packed_way;

static const packed_way packed_ways[CK_TYPE_LIMIT] = {
    [CK_Q4_0] = {direct_Q4_0, widen_Q4_0}, [CK_Q4_1] = {direct_Q4_1, widen_Q4_1},
    [CK_Q5_0] = {direct_Q5_0, widen_Q5_0}, [CK_Q5_1] = {direct_Q5_1, widen_Q5_1},
    [CK_Q8_0] = {direct_Q8_0, NULL}, [CK_Q4_K] = {direct_Q4_K, widen_Q4_K},
    [CK_Q5_K] = {direct_Q5_K, widen_Q5_K}, [CK_Q6_K] = {direct_Q6_K, widen_Q6_K},
};

/// The parts of the scratch; ck_packed_scratch has room for them.
static wide_scratch divide_scratch(const ck_product *p) {
  const size_t blocks = p->columns / 32;
  wide_scratch s = {(const ck_group **)(void *)p->scratch, p->scratch + CK_SCRATCH_HEAD};
  s.sums = (tile_sums *)(void *)(s.panels + 2 * blocks * WIDE_BLOCK);
  s.extras = (extra_group *)(void *)((uint8_t *)s.sums + CK_CHUNK_ROWS * CK_SUM_BYTES);
  s.starts = (uint32_t *)(void *)(s.extras + CK_CHUNK_ROWS * blocks + CK_AHEAD);
  return s;
}

/// Lists the rows' extra groups by block, rows in order.
static void list_extras(const ck_product *p, const wide_scratch *s) {
  const size_t blocks = p->columns / 32, stride = ck_row_groups(p->columns);
  memset(s->starts, 0, (blocks + 1) * sizeof(uint32_t));
  for (size_t row = 0; row < p->count; row++) {
    const uint64_t *marks = ck_marks_of(p->x + row * stride, blocks);
    for (size_t first = 0; first < blocks; first += 64) {
      for (uint64_t left = marks[first / 64]; left; left &= left - 1) {
        s->starts[first + (size_t)__builtin_ctzll(left)]++;
      }
    }
  }
  uint32_t end = 0;
  for (size_t b = 0; b <= blocks; b++) {
    end += s->starts[b];
    s->starts[b] = end;
  }
  // From the last row to the first: each entry moves its block's start down.
  for (size_t row = p->count; row-- > 0;) {
    const ck_group *x = p->x + row * stride, *extra = x + blocks;
    const uint64_t *marks = ck_marks_of(x, blocks);
    for (size_t first = 0; first < blocks; first += 64) {
      for (uint64_t left = marks[first / 64]; left; left &= left - 1, extra++) {
        uint32_t *start = s->starts + first + (size_t)__builtin_ctzll(left);
        s->extras[--*start] = (extra_group){extra, s->sums + row};
      }
    }
  }
}

static void multiply_blocks(const ck_product *p) {
  const packed_way *way = &packed_ways[p->type];
  if (p->count <= DIRECT_ROWS) {
    if (p->count) way->direct(p);
    return;
  }
  const wide_scratch s = divide_scratch(p);
  if (*s.listed != p->x) {
    list_extras(p, &s);
    *s.listed = p->x;
  }
  const size_t blocks = p->columns / 32;
  fetch_place place = fetch_from_start(p);
  for (size_t panel = p->first; panel < p->end; panel += TILE_PANELS) {
    size_t panels = p->end - panel < TILE_PANELS ? p->end - panel : TILE_PANELS;
    const uint8_t *start = way->widen ? s.panels : p->panels + panel * p->panel_bytes;
    for (size_t i = 0; way->widen && i < panels; i++) {
      way->widen(p, panel + i, s.panels + i * blocks * WIDE_BLOCK);
    }
    multiply_wide(p, &s, first_block(wide_kind_of(p->type), p, start), panel, panels, &place);
  }
}
