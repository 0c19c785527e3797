// Activations to int8 with AVX2 instructions, bit for bit as scalar_packed.c does it. The AVX-512 level
// uses it too: with its instructions clang makes slower code of the same source.

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

/// Gives `places` extra groups to the blocks of a window, CK_RANKED at most, that need them most.
static void add_extra_groups(const float *x, const ck_group *window, size_t count, size_t places,
                             ck_group *into) {
  int32_t keys[CK_RANKED];
  size_t chosen[CK_RANKED], found = 0;
  for (size_t b = 0; b < CK_RANKED; b++) keys[b] = b < count ? ck_rank_key(window + b, b) : -1;
  for (size_t b = 0; b < count; b++) {
    __m256i key = _mm256_set1_epi32(keys[b]);
    size_t rank = 0;
    for (size_t other = 0; other < count; other += 8) {
      __m256i eight = _mm256_loadu_si256((const __m256i *)(const void *)(keys + other));
      int more = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(eight, key)));
      rank += (size_t)__builtin_popcount((unsigned)more);
    }
    // No branch: there is no telling which way it would go.
    chosen[found] = b;
    found += rank < places;
  }
  for (size_t i = 0; i < found; i++) {
    quantize_rest(x + 32 * chosen[i], window + chosen[i], into + i);
  }
}

void ck_avx2_quantize_row(const float *x, size_t columns, size_t groups, ck_group *into) {
  const size_t blocks = columns / 32, extra = groups - blocks;
  for (size_t b = 0; b < blocks; b++) {
    __m256 v[4];
    load_group(x + 32 * b, v);
    quantize_group(v, (uint32_t)b, into + b);
  }
  for (size_t first = 0; extra && first < blocks; first += CK_RANKED) {
    size_t end = first + CK_RANKED < blocks ? first + CK_RANKED : blocks;
    size_t place = extra * first / blocks, places = extra * end / blocks - place;
    add_extra_groups(x + 32 * first, into + first, end - first, places, into + blocks + place);
  }
}
