// Activations to int8 with AVX2 instructions, bit for bit as scalar_packed.c does it.

/// max |x| of 32 elements; NaN when one is NaN: without signs, bits are in the order of values, NaN last.
CK_INLINE float largest_of(const __m256 v[4]) {
  const __m256i magnitude = _mm256_set1_epi32(0x7FFFFFFF);
  __m256i best = _mm256_and_si256(_mm256_castps_si256(v[0]), magnitude);
  for (int i = 1; i < 4; i++) {
    best = _mm256_max_epi32(best, _mm256_and_si256(_mm256_castps_si256(v[i]), magnitude));
  }
  __m128i four = _mm_max_epi32(_mm256_castsi256_si128(best), _mm256_extracti128_si256(best, 1));
  four = _mm_max_epi32(four, _mm_shuffle_epi32(four, 0x4E));
  four = _mm_max_epi32(four, _mm_shuffle_epi32(four, 0xB1));
  return _mm_cvtss_f32(_mm_castsi128_ps(four));
}

CK_INLINE __m256i to_bytes(const __m256 v[4], float inverse) {
  __m256 factor = _mm256_set1_ps(inverse);
  __m256i q[4];
  for (int i = 0; i < 4; i++) q[i] = _mm256_cvtps_epi32(_mm256_mul_ps(v[i], factor));
  __m256i low = _mm256_packs_epi32(q[0], q[1]), high = _mm256_packs_epi32(q[2], q[3]);
  // Packing works in halves; this puts the groups of four back in order.
  return _mm256_permutevar8x32_epi32(_mm256_packs_epi16(low, high),
                                     _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

CK_INLINE void quantize_group(const __m256 v[4], uint32_t block, ck_group *into) {
  float scale, inverse;
  int finite = ck_activation_scale(largest_of(v), &scale, &inverse);
  __m256i q = finite ? to_bytes(v, inverse) : _mm256_setzero_si256();
  __m256i quads = _mm256_madd_epi16(_mm256_maddubs_epi16(_mm256_set1_epi8(1), q),
                                    _mm256_set1_epi16(1));
  // Both halves at once.
  quads = _mm256_add_epi32(quads, _mm256_shuffle_epi32(quads, 0x4E));
  quads = _mm256_add_epi32(quads, _mm256_shuffle_epi32(quads, 0xB1));
  int first = _mm_cvtsi128_si32(_mm256_castsi256_si128(quads));
  int second = _mm_cvtsi128_si32(_mm256_extracti128_si256(quads, 1));
  _mm256_storeu_si256((__m256i *)(void *)into->q, q);
  into->scale = scale;
  into->sum = scale * (float)(first + second);
  into->start = -128 * (first + second);
  into->half_start[0] = -128 * first;
  into->half_start[1] = -128 * second;
  into->block = block;
  into->unused[0] = into->unused[1] = 0;
}

CK_INLINE void load_group(const float *x, __m256 v[4]) {
  for (int i = 0; i < 4; i++) v[i] = _mm256_loadu_ps(x + 8 * i);
}

/// What rounding a block to its group left over.
static void quantize_rest(const float *x, const ck_group *group, ck_group *into) {
  __m256 v[4], scale = _mm256_set1_ps(group->scale);
  load_group(x, v);
  for (int i = 0; i < 4; i++) {
    __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)(group->q + 8 * i));
    // Not fused: every level has the same bits.
    __m256 rounded = _mm256_mul_ps(scale, _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes)));
    v[i] = _mm256_sub_ps(v[i], rounded);
  }
  quantize_group(v, group->block, into);
}

static void quantize_row(const float *x, size_t columns, float bound, ck_group *into) {
  const size_t blocks = columns / 32;
  float total = 0;
  for (size_t b = 0; b < blocks; b++) {
    __m256 v[4];
    load_group(x + 32 * b, v);
    quantize_group(v, (uint32_t)b, into + b);
    total += into[b].scale;
  }
  const float over = ck_extra_bound(bound, total, blocks);
  ck_group *extra = into + blocks;
  ck_clear_marks(into, blocks);
  for (size_t b = 0; b < blocks; b++) {
    if (!(into[b].scale > over)) continue;
    quantize_rest(x + 32 * b, into + b, extra);
    into[b].sum += extra->sum;
    extra++->sum = 0;
    ck_mark(into, blocks, b);
  }
}
