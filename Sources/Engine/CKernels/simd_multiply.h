// Products: CK_ROW_TILE rows of weights are unpacked, then multiplied with up to TOKEN_TILE tokens
// at a time. A (row, token) pair has one accumulator, filled left to right, whatever the tile.

/// Sums of the groups' minima times the activations' sums, into the accumulators.
CK_INLINE void add_minima(const ck_row *rows, const ck_activations *x, size_t token, int tokens,
                          vf sum[][CK_ROW_TILE]) {
  for (size_t g = 0; g < x->sums; g += CK_WIDTH) {
    for (int t = 0; t < tokens; t++) {
      vf sums = load(x->sum + (token + (size_t)t) * x->sums + g);
      for (int r = 0; r < CK_ROW_TILE; r++) sum[t][r] = load(rows[r].min + g) * sums + sum[t][r];
    }
  }
}

CK_INLINE void store_tile(const ck_product *p, size_t row, size_t token, int tokens,
                          vf sum[][CK_ROW_TILE]) {
  size_t rows = p->end - row < CK_ROW_TILE ? p->end - row : CK_ROW_TILE;
  for (int t = 0; t < tokens; t++) {
    float four[CK_ROW_TILE];
    reduce_four(sum[t], four);
    memcpy(p->y + (token + (size_t)t) * p->y_stride + row, four, rows * sizeof(float));
  }
}

CK_INLINE void block_tile(const ck_product *p, const ck_row *rows, size_t row, size_t token,
                          int tokens, int offset, int group) {
  vf sum[TOKEN_TILE][CK_ROW_TILE];
  for (int t = 0; t < tokens; t++) {
    for (int r = 0; r < CK_ROW_TILE; r++) sum[t][r] = splat(0);
  }
  dot_blocks(rows, &p->quantized, token, tokens, offset, group, sum);
  if (!offset) add_minima(rows, &p->quantized, token, tokens, sum);
  store_tile(p, row, token, tokens, sum);
}

CK_INLINE void float_tile(const ck_product *p, const float *const *rows, size_t row, size_t token,
                          int tokens) {
  vf sum[TOKEN_TILE][CK_ROW_TILE];
  for (int t = 0; t < tokens; t++) {
    for (int r = 0; r < CK_ROW_TILE; r++) sum[t][r] = splat(0);
  }
  const float *x = p->x + token * p->columns;
  size_t j = 0;
  for (; j + CK_WIDTH <= p->columns; j += CK_WIDTH) {
    for (int t = 0; t < tokens; t++) {
      vf v = load(x + (size_t)t * p->columns + j);
      for (int r = 0; r < CK_ROW_TILE; r++) sum[t][r] = load(rows[r] + j) * v + sum[t][r];
    }
  }
  if (j < p->columns) {
    size_t rest = p->columns - j;
    for (int t = 0; t < tokens; t++) {
      vf v = load_part(x + (size_t)t * p->columns + j, rest);
      for (int r = 0; r < CK_ROW_TILE; r++) {
        sum[t][r] = load_part(rows[r] + j, rest) * v + sum[t][r];
      }
    }
  }
  store_tile(p, row, token, tokens, sum);
}

// One instance per number of tokens, so that accumulators stay in registers.
#if TOKEN_TILE == 4
#define CK_EACH_TILE(CALL, LEFT)  \
  switch (LEFT) {                 \
    case 1: CALL(1); break;       \
    case 2: CALL(2); break;       \
    case 3: CALL(3); break;       \
    default: CALL(4); break;      \
  }
#else
#define CK_EACH_TILE(CALL, LEFT)  \
  switch (LEFT) {                 \
    case 1: CALL(1); break;       \
    default: CALL(2); break;      \
  }
#endif

#define CK_BLOCK_ROWS(NAME, TILE)                                         \
  static void NAME(const ck_product *p, const ck_row *rows, size_t row) { \
    for (size_t t = 0; t < p->count; t += TOKEN_TILE) {                   \
      CK_EACH_TILE(TILE, p->count - t)                                    \
    }                                                                     \
  }

#define CK_MINIMA_TILE(N) block_tile(p, rows, row, t, N, 0, 32)
#define CK_OFFSET_TILE(N) block_tile(p, rows, row, t, N, 1, 32)
#define CK_OFFSET16_TILE(N) block_tile(p, rows, row, t, N, 1, 16)
CK_BLOCK_ROWS(minima_rows, CK_MINIMA_TILE)
CK_BLOCK_ROWS(offset_rows, CK_OFFSET_TILE)
CK_BLOCK_ROWS(offset16_rows, CK_OFFSET16_TILE)

static void multiply_blocks(const ck_product *p) {
  size_t padded = p->quantized.padded, group = ck_group(p->type);
  ck_row rows[CK_ROW_TILE];
  for (size_t r = 0; r < CK_ROW_TILE; r++) {
    rows[r] = ck_scratch_row(p->scratch, p->columns, r);
    memset(rows[r].q + p->columns, 0, padded - p->columns);
    memset(rows[r].scale, 0, padded / group * sizeof(float));
    memset(rows[r].min, 0, p->quantized.sums * sizeof(float));
  }
  for (size_t row = p->first; row < p->end; row += CK_ROW_TILE) {
    // Past the end, stale rows are multiplied and their results dropped.
    for (size_t r = 0; r < CK_ROW_TILE && row + r < p->end; r++) {
      unpack_row(p->type, p->weights + (row + r) * p->row_bytes, p->columns, rows[r]);
    }
    if (!ck_has_offset(p->type)) {
      minima_rows(p, rows, row);
    } else if (group == 32) {
      offset_rows(p, rows, row);
    } else {
      offset16_rows(p, rows, row);
    }
  }
}

static void multiply_floats(const ck_product *p) {
  const float *rows[CK_ROW_TILE];
  float *wide = (float *)(void *)p->scratch;
  memset(wide, 0, CK_ROW_TILE * p->columns * sizeof(float));
  for (size_t row = p->first; row < p->end; row += CK_ROW_TILE) {
    for (size_t r = 0; r < CK_ROW_TILE; r++) {
      const uint8_t *source = p->weights + (row + r) * p->row_bytes;
      rows[r] = wide + r * p->columns;
      if (row + r >= p->end) continue;
      if (p->type == CK_F32) {
        rows[r] = (const float *)(const void *)source;
      } else {
        dequantize(p->type, source, wide + r * p->columns, p->columns);
      }
    }
#define CK_FLOAT_TILE(N) float_tile(p, rows, row, t, N)
    for (size_t t = 0; t < p->count; t += TOKEN_TILE) {
      CK_EACH_TILE(CK_FLOAT_TILE, p->count - t)
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
