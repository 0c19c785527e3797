// Writing one position's keys and values into a page.

/// q = x / scale of up to 32 elements, padded with zeros; gives the scale.
CK_INLINE uint16_t quantize_cached(const float *x, size_t count, int8_t q[CK_CACHE_GROUP]) {
  float padded[CK_CACHE_GROUP] = {0};
  memcpy(padded, x, count * sizeof(float));
  vf largest = splat(0), bad = splat(0);
  for (size_t j = 0; j < CK_CACHE_GROUP; j += CK_WIDTH) {
    vf v = load(padded + j);
    largest = vmax(choose(v < 0.0f, -v, v), largest);
    bad += v * 0.0f;  // NaN where v is not finite
  }
  float inverse;
  uint16_t scale = ck_cache_scale(largest_lane(largest) + sum_of_lanes(bad), &inverse);
  for (size_t j = 0; j < CK_CACHE_GROUP; j += CK_WIDTH) {
    vf v = __builtin_elementwise_roundeven(load(padded + j) * inverse);
    v = choose(v > 127.0f, splat(127), choose(v < -127.0f, splat(-127), v));
    // A group that is not finite has no inverse; zero times infinity must not be converted.
    if (inverse == 0) v = splat(0);
    vc bytes = __builtin_convertvector(__builtin_convertvector(v, vi), vc);
    memcpy(q + j, &bytes, sizeof bytes);
  }
  return scale;
}

static void store_half_position(size_t head_dimension, size_t slot, const float *key,
                                const float *value, uint8_t *page) {
  uint16_t *keys = (uint16_t *)(void *)page + slot;
  size_t j = 0;
  for (; j + CK_WIDTH <= head_dimension; j += CK_WIDTH) {
    uint16_t lanes[CK_WIDTH];
    store_half(lanes, load(key + j));
    for (size_t i = 0; i < CK_WIDTH; i++) keys[(j + i) * CK_CACHE_PAGE] = lanes[i];
  }
  for (; j < head_dimension; j++) keys[j * CK_CACHE_PAGE] = ck_float_to_half(key[j]);
  uint16_t *values = (uint16_t *)(void *)(page + ck_values_offset(CK_CACHE_F16, head_dimension));
  values += slot * ck_padded_dimension(head_dimension);
  for (j = 0; j + CK_WIDTH <= head_dimension; j += CK_WIDTH) {
    store_half(values + j, load(value + j));
  }
  for (; j < head_dimension; j++) values[j] = ck_float_to_half(value[j]);
}

void CK_LEVEL(store_position)(int precision, size_t head_dimension, size_t slot, const float *key,
                              const float *value, uint8_t *page) {
  if (precision == CK_CACHE_F16) {
    store_half_position(head_dimension, slot, key, value, page);
    return;
  }
  int8_t *keys = (int8_t *)page + slot;
  int8_t *values = (int8_t *)page + ck_values_offset(CK_CACHE_Q8, head_dimension) +
                   slot * ck_padded_dimension(head_dimension);
  uint16_t *key_scales = (uint16_t *)(void *)(page + ck_key_scales_offset(head_dimension)) + slot;
  uint16_t *value_scales =
      (uint16_t *)(void *)(page + ck_value_scales_offset(head_dimension)) + slot;
  for (size_t g = 0; g < ck_groups(head_dimension); g++) {
    size_t j = g * CK_CACHE_GROUP, count = ck_minimum(CK_CACHE_GROUP, head_dimension - j);
    int8_t q[CK_CACHE_GROUP];
    key_scales[g * CK_CACHE_PAGE] = quantize_cached(key + j, count, q);
    for (size_t i = 0; i < count; i++) keys[(j + i) * CK_CACHE_PAGE] = q[i];
    value_scales[g * CK_CACHE_PAGE] = quantize_cached(value + j, count, q);
    memcpy(values + j, q, count);
  }
}
