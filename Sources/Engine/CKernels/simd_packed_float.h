// Products of packed float weights: tiles of rows × vectors, accumulated column by column from left
// to right, so that a result's bits do not depend on the tile. The including level defines
// FLOAT_ROWS, the most rows of a tile.

CK_INLINE vf widen_bf16_lanes(const uint8_t *from) {
  vs bits;
  memcpy(&bits, from, sizeof bits);
  return (vf)(__builtin_convertvector(bits, vi) << 16);
}

/// CK_WIDTH weights of a panel's column, from lane `part` * CK_WIDTH on.
CK_INLINE vf load_lanes(int type, const uint8_t *column, int part) {
  switch (type) {
    case CK_F32: return load_scale(column + part * 4 * CK_WIDTH);
    case CK_F16: return load_half_scale(column + part * 2 * CK_WIDTH);
    default: return widen_bf16_lanes(column + part * 2 * CK_WIDTH);
  }
}

CK_INLINE void float_tile(int type, const ck_product *p, size_t stride, size_t panel, size_t row,
                          int rows, int vectors) {
  const size_t column_bytes = LANES * (type == CK_F32 ? 4 : 2);
  const uint8_t *w = p->panels + panel * p->panel_bytes;
  const uint8_t *next = w + (size_t)((vectors + PARTS - 1) / PARTS) * p->panel_bytes;
  const float *x = p->values + row * stride;
  vf sum[FLOAT_ROWS][TILE_VECTORS];
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) sum[r][v] = splat(0);
  }
  for (size_t k = 0; k < p->columns; k++, w += column_bytes, next += column_bytes) {
    vf weights[TILE_VECTORS];
    for (int v = 0; v < vectors; v++) {
      // Later rows find the panels in the cache.
      if (row == 0 && v % PARTS == 0) {
        __builtin_prefetch(next + (size_t)(v / PARTS) * p->panel_bytes);
      }
      weights[v] = load_lanes(type, w + (size_t)(v / PARTS) * p->panel_bytes, v % PARTS);
    }
    for (int r = 0; r < rows; r++) {
      vf value = splat(x[(size_t)r * stride + k]);
      for (int v = 0; v < vectors; v++) sum[r][v] = fused(weights[v], value, sum[r][v]);
    }
  }
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) {
      store_lanes(p, row + (size_t)r, panel * LANES + (size_t)v * CK_WIDTH, sum[r][v]);
    }
  }
}

CK_INLINE void float_rows(int type, const ck_product *p, size_t stride, size_t panel,
                          int vectors) {
  size_t row = 0;
  for (; row + FLOAT_ROWS <= p->count; row += FLOAT_ROWS) {
    float_tile(type, p, stride, panel, row, FLOAT_ROWS, vectors);
  }
  for (; FLOAT_ROWS > 4 && row + 4 <= p->count; row += 4) {
    float_tile(type, p, stride, panel, row, 4, vectors);
  }
  for (; row + 2 <= p->count; row += 2) float_tile(type, p, stride, panel, row, 2, vectors);
  if (row < p->count) float_tile(type, p, stride, panel, row, 1, vectors);
}

#define CK_FLOATS(TYPE)                                                                \
  static void floats_##TYPE(const ck_product *p, size_t stride) {                      \
    size_t panel = p->first;                                                           \
    for (; panel + TILE_PANELS <= p->end; panel += TILE_PANELS) {                      \
      float_rows(CK_##TYPE, p, stride, panel, TILE_VECTORS);                           \
    }                                                                                  \
    for (; panel < p->end; panel++) float_rows(CK_##TYPE, p, stride, panel, PARTS);    \
  }
CK_FLOATS(F32)
CK_FLOATS(F16)
CK_FLOATS(BF16)

static void multiply_floats(const ck_product *product) {
  ck_product p = *product;
  ck_reset_scratch(p.scratch);
  // Activations that stay in the second-level cache.
  size_t rows = (256 << 10) / (p.columns * sizeof(float) + 1) / FLOAT_ROWS * FLOAT_ROWS;
  rows = rows < 2 * FLOAT_ROWS ? 2 * FLOAT_ROWS : rows > CK_CHUNK_ROWS ? CK_CHUNK_ROWS : rows;
  // Rows that lie whole kilobytes apart would push each other out of the first-level cache.
  const int spread = p.columns % 256 == 0 && p.count > 1;
  const size_t stride = p.columns + (spread ? 16 : 0);
  for (size_t row = 0; row < product->count; row += rows) {
    p.count = product->count - row < rows ? product->count - row : rows;
    p.values = product->values + row * p.columns;
    p.y = product->y + row * p.y_stride;
    if (spread) {
      float *copy = (float *)(void *)(p.scratch + CK_SCRATCH_HEAD);
      for (size_t r = 0; r < p.count; r++) {
        memcpy(copy + r * stride, p.values + r * p.columns, p.columns * sizeof(float));
      }
      p.values = copy;
    }
    switch (p.type) {
      case CK_F32: floats_F32(&p, stride); break;
      case CK_F16: floats_F16(&p, stride); break;
      default: floats_BF16(&p, stride); break;
    }
  }
}

static void multiply(const ck_product *product) {
  if (ck_is_float(product->type)) {
    multiply_floats(product);
  } else {
    multiply_blocks(product);
  }
}
