// Fixed-point products and attention over whole sequences for the level that the including file
// targets. It sets the tile's sizes and defines fused, store_words and fixed_dots;
// `fixed_scalar.c` says what is computed.

static void quantize(const float *x, size_t columns, int16_t *q, float *scale) {
  vf best = splat(0), odd = splat(0);
  size_t k = 0;
  for (; k + CK_WIDTH <= columns; k += CK_WIDTH) {
    vf v = load(x + k);
    best = vmax(choose(v < 0.0f, -v, v), best);
    odd += v - v;  // NaN where v is not finite
  }
  if (k < columns) {
    vf v = load_part(x + k, columns - k);
    best = vmax(choose(v < 0.0f, -v, v), best);
    odd += v - v;
  }
  float bad = 0;
  for (int i = 0; i < CK_WIDTH; i++) bad += odd[i];
  float inverse = ck_fixed_scale(bad == 0 ? reduce_max(best) : NAN, scale);
  size_t padded = ck_fixed_columns(columns);
  if (inverse == 0) {
    memset(q, 0, padded * sizeof *q);
    return;
  }
  for (k = 0; k + CK_WIDTH <= columns; k += CK_WIDTH) store_words(q + k, load(x + k) * inverse);
  for (; k < padded; k++) q[k] = k < columns ? (int16_t)lrintf(x[k] * inverse) : 0;
}

/// Rows t..<t + rows of the product with panel `first` and, if `panels` is 2, the next one.
CK_INLINE void fixed_tile(const ck_fixed_product *p, size_t t, int rows, size_t first, int panels) {
  const size_t padded = ck_fixed_columns(p->columns);
  const int16_t *w = p->weights + first * CK_FIXED_PANEL * padded;
  vf total[FIXED_ROWS][FIXED_VECTORS];
  for (size_t start = 0; start < padded; start += CK_FIXED_BLOCK) {
    size_t length = padded - start < CK_FIXED_BLOCK ? padded - start : CK_FIXED_BLOCK;
    vi sum[FIXED_ROWS][FIXED_VECTORS];
    fixed_dots(p->x + t * padded + start, padded, rows, w + start * CK_FIXED_PANEL,
               CK_FIXED_PANEL * padded, panels, length / 2, sum);
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < panels * FIXED_PER_PANEL; v++) {
        vf part = __builtin_convertvector(sum[r][v], vf);
        total[r][v] = start ? total[r][v] + part : part;
      }
    }
  }
  for (int v = 0; v < panels * FIXED_PER_PANEL; v++) {
    size_t row = first * CK_FIXED_PANEL + (size_t)v * CK_WIDTH;
    if (row >= p->rows) break;
    size_t n = p->rows - row < CK_WIDTH ? p->rows - row : CK_WIDTH;
    vf scale = n < CK_WIDTH ? load_part(p->scale + row, n) : load(p->scale + row);
    vf bias = splat(0);
    if (p->bias) bias = n < CK_WIDTH ? load_part(p->bias + row, n) : load(p->bias + row);
    for (int r = 0; r < rows; r++) {
      float *y = p->y + (t + (size_t)r) * p->y_stride + row;
      vf value = fused(total[r][v], scale * p->x_scale[t + (size_t)r], bias);
      if (n < CK_WIDTH) store_part(y, value, n);
      else store(y, value);
    }
  }
}

CK_INLINE void fixed_rows(const ck_fixed_product *p, size_t first, int panels) {
  size_t t = 0;
  for (; t + FIXED_ROWS <= p->count; t += FIXED_ROWS) fixed_tile(p, t, FIXED_ROWS, first, panels);
  for (; t + 3 <= p->count; t += 3) fixed_tile(p, t, 3, first, panels);
  for (; t < p->count; t++) fixed_tile(p, t, 1, first, panels);
}

static void multiply(const ck_fixed_product *p) {
  const size_t panels = (p->rows + CK_FIXED_PANEL - 1) / CK_FIXED_PANEL;
  size_t first = 0;
  for (; first + FIXED_PANELS <= panels; first += FIXED_PANELS) fixed_rows(p, first, FIXED_PANELS);
  for (; first < panels; first++) fixed_rows(p, first, 1);
}

/// Scores of `rows` queries, already scaled, with 2 · CK_WIDTH keys.
CK_INLINE void whole_scores(const float *q, size_t dimension, int rows, const float *keys,
                            size_t stride, float *into) {
  vf sum[CK_WHOLE_QUERIES][2];
  for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = splat(0);
  for (size_t d = 0; d < dimension; d++) {
    vf a = load(keys + d * stride), b = load(keys + d * stride + CK_WIDTH);
    for (int r = 0; r < rows; r++) {
      vf own = splat(q[(size_t)r * dimension + d]);
      sum[r][0] = fused(own, a, sum[r][0]);
      sum[r][1] = fused(own, b, sum[r][1]);
    }
  }
  for (int r = 0; r < rows; r++) {
    store(into + (size_t)r * stride, sum[r][0]);
    store(into + (size_t)r * stride + CK_WIDTH, sum[r][1]);
  }
}

/// 2 · CK_WIDTH elements of `rows` results.
CK_INLINE void whole_values(const float *weights, size_t stride, int rows, const float *values,
                            size_t width, size_t length, vf sum[][2]) {
  for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = splat(0);
  for (size_t j = 0; j < length; j++) {
    vf a = load(values + j * width), b = load(values + j * width + CK_WIDTH);
    for (int r = 0; r < rows; r++) {
      vf own = splat(weights[(size_t)r * stride + j]);
      sum[r][0] = fused(own, a, sum[r][0]);
      sum[r][1] = fused(own, b, sum[r][1]);
    }
  }
}

/// x[i] = exp(x[i] - max x); returns the inverse of their sum. NaN stays.
CK_INLINE float whole_softmax(float *x, size_t count) {
  vf best = splat(-INFINITY);
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) best = vmax(load(x + i), best);
  float largest = reduce_max(best);
  for (; i < count; i++) largest = x[i] > largest ? x[i] : largest;
  vf sums = splat(0);
  for (i = 0; i + CK_WIDTH <= count; i += CK_WIDTH) {
    vf v = vexp(load(x + i) - largest);
    store(x + i, v);
    sums += v;
  }
  if (i < count) {
    store_part(x + i, vexp(load_part(x + i, count - i) - largest), count - i);
  }
  float sum = 0;
  for (int lane = 0; lane < CK_WIDTH; lane++) sum += sums[lane];
  for (; i < count; i++) sum += x[i];
  return 1 / sum;
}

CK_INLINE void whole_rows(const ck_whole_attention *a, size_t i, int rows, const float *keys,
                          const float *values, float *scores) {
  const size_t stride = ck_round_up(a->length, CK_WHOLE_KEYS), dimension = a->head_dimension;
  const size_t width = ck_round_up(dimension, CK_WHOLE_KEYS);
  float q[CK_WHOLE_QUERIES * CK_WHOLE_DIMENSION], factor[CK_WHOLE_QUERIES];
  for (int r = 0; r < rows; r++) {
    const float *from = a->q + (i + (size_t)r) * a->stride;
    for (size_t d = 0; d < dimension; d++) q[(size_t)r * dimension + d] = from[d] * a->scale;
  }
  for (size_t j = 0; j < a->length; j += 2 * CK_WIDTH) {
    whole_scores(q, dimension, rows, keys + j, stride, scores + j);
  }
  for (int r = 0; r < rows; r++) factor[r] = whole_softmax(scores + (size_t)r * stride, a->length);
  for (size_t d = 0; d < dimension; d += 2 * CK_WIDTH) {
    vf sum[CK_WHOLE_QUERIES][2];
    whole_values(scores, stride, rows, values + d, width, a->length, sum);
    for (int r = 0; r < rows; r++) {
      float both[2 * CK_WIDTH];
      store(both, sum[r][0] * factor[r]);
      store(both + CK_WIDTH, sum[r][1] * factor[r]);
      size_t n = dimension - d < 2 * CK_WIDTH ? dimension - d : 2 * CK_WIDTH;
      memcpy(a->out + (i + (size_t)r) * a->out_stride + d, both, n * sizeof(float));
    }
  }
}

static void attend(const ck_whole_attention *a) {
  const size_t stride = ck_round_up(a->length, CK_WHOLE_KEYS), dimension = a->head_dimension;
  const size_t width = ck_round_up(dimension, CK_WHOLE_KEYS);
  float *keys = a->scratch, *values = keys + dimension * stride;
  float *scores = values + a->length * width;
  for (size_t j = 0; j < stride; j++) {
    const float *from = a->k + j * a->stride;
    for (size_t d = 0; d < dimension; d++) keys[d * stride + j] = j < a->length ? from[d] : 0;
  }
  for (size_t j = 0; j < a->length; j++) {
    memcpy(values + j * width, a->v + j * a->stride, dimension * sizeof(float));
    memset(values + j * width + dimension, 0, (width - dimension) * sizeof(float));
  }
  size_t i = a->first;
  for (; i + CK_WHOLE_QUERIES <= a->end; i += CK_WHOLE_QUERIES) {
    whole_rows(a, i, CK_WHOLE_QUERIES, keys, values, scores);
  }
  for (; i < a->end; i++) whole_rows(a, i, 1, keys, values, scores);
}
