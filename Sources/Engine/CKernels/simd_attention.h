// Attention of one query: scores, softmax, weighted sum of values. The order of operations depends
// on first and length alone.

CK_INLINE vf load_half_part(const uint16_t *from, size_t n) {
  uint16_t part[CK_WIDTH] = {0};
  memcpy(part, from, n * sizeof(uint16_t));
  return load_half(part);
}

/// How many positions' scores are computed together.
enum { SCORE_TILE = 4 };

CK_INLINE void score_positions(const ck_attention *a, size_t position, int n, float *scores) {
  const uint16_t *keys[SCORE_TILE];
  vf sum[SCORE_TILE];
  for (int k = 0; k < SCORE_TILE; k++) {
    size_t p = position + (size_t)(k < n ? k : 0);
    keys[k] = a->key_pages[p / 16] + p % 16 * a->head_dimension;
    sum[k] = splat(0);
  }
  size_t j = 0;
  for (; j + CK_WIDTH <= a->head_dimension; j += CK_WIDTH) {
    vf query = load(a->query + j);
    for (int k = 0; k < SCORE_TILE; k++) sum[k] = query * load_half(keys[k] + j) + sum[k];
  }
  if (j < a->head_dimension) {
    size_t rest = a->head_dimension - j;
    vf query = load_part(a->query + j, rest);
    for (int k = 0; k < SCORE_TILE; k++) {
      sum[k] = query * load_half_part(keys[k] + j, rest) + sum[k];
    }
  }
  float four[4];
  reduce_four(sum, four);
  for (int k = 0; k < n; k++) scores[k] = four[k] * a->scale;
}

/// out[at..<at + 4 vectors], for whole vectors.
CK_INLINE void weigh_values(const ck_attention *a, size_t at, int vectors, float factor) {
  vf even[4], odd[4];
  for (int v = 0; v < vectors; v++) even[v] = odd[v] = splat(0);
  for (size_t p = a->first; p < a->length; p++) {
    const uint16_t *value = a->value_pages[p / 16] + p % 16 * a->head_dimension + at;
    vf weight = splat(a->scores[p]);
    vf *sum = (p & 1) ? odd : even;
    for (int v = 0; v < vectors; v++) sum[v] = weight * load_half(value + v * CK_WIDTH) + sum[v];
  }
  for (int v = 0; v < vectors; v++) store(a->out + at + v * CK_WIDTH, (even[v] + odd[v]) * factor);
}

static void weigh_rest(const ck_attention *a, size_t at, float factor) {
  size_t rest = a->head_dimension - at;
  vf sum = splat(0);
  for (size_t p = a->first; p < a->length; p++) {
    const uint16_t *value = a->value_pages[p / 16] + p % 16 * a->head_dimension + at;
    sum = splat(a->scores[p]) * load_half_part(value, rest) + sum;
  }
  store_part(a->out + at, sum * factor, rest);
}

static void attend(const ck_attention *a) {
  size_t p = a->first, count = a->length - a->first;
  for (; p + SCORE_TILE <= a->length; p += SCORE_TILE) {
    score_positions(a, p, SCORE_TILE, a->scores + p);
  }
  if (p < a->length) score_positions(a, p, (int)(a->length - p), a->scores + p);
  float *scores = a->scores + a->first;
  if (a->soft_cap != 0) soft_cap(scores, a->soft_cap, count);
  float factor = (float)(1 / exponentiate(scores, count, max_of(scores, count)));
  size_t at = 0;
  for (; at + 4 * CK_WIDTH <= a->head_dimension; at += 4 * CK_WIDTH) weigh_values(a, at, 4, factor);
  for (; at + CK_WIDTH <= a->head_dimension; at += CK_WIDTH) weigh_values(a, at, 1, factor);
  if (at < a->head_dimension) weigh_rest(a, at, factor);
}
