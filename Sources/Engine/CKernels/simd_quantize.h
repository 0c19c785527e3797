// Activations to int8 with AVX2 instructions, bit for bit as scalar.c does it.

/// max |x| of 32 elements; NaN when one is NaN.
CK_INLINE float largest_of(const __m256 v[4]) {
  const __m256 magnitude = _mm256_castsi256_ps(_mm256_set1_epi32(0x7FFFFFFF));
  __m256 best = _mm256_setzero_ps(), unordered = _mm256_setzero_ps();
  for (int i = 0; i < 4; i++) {
    best = _mm256_max_ps(best, _mm256_and_ps(v[i], magnitude));
    unordered = _mm256_or_ps(unordered, _mm256_cmp_ps(v[i], v[i], _CMP_UNORD_Q));
  }
  __m128 four = _mm_max_ps(_mm256_castps256_ps128(best), _mm256_extractf128_ps(best, 1));
  four = _mm_max_ps(four, _mm_movehl_ps(four, four));
  four = _mm_max_ss(four, _mm_movehdup_ps(four));
  return _mm256_movemask_ps(unordered) ? NAN : _mm_cvtss_f32(four);
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

CK_INLINE int sum_of_eight(__m256i v) {
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4E));
  return _mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 0xB1)));
}

static void quantize_activations(const float *x, size_t columns, ck_activations row) {
  size_t groups = columns / 32;
  for (size_t g = 0; g < groups; g++) {
    __m256 v[4];
    for (int i = 0; i < 4; i++) v[i] = _mm256_loadu_ps(x + 32 * g + 8 * (size_t)i);
    float largest = largest_of(v);
    float scale, inverse;
    int finite = ck_activation_scale(largest, &scale, &inverse);
    __m256i q = finite ? to_bytes(v, inverse) : _mm256_setzero_si256();
    __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(1), q);
    __m256i quads = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
    _mm256_storeu_si256((__m256i *)(void *)(row.q + 32 * g), q);
    _mm256_storeu_si256((__m256i *)(void *)(row.quad + 8 * g),
                        _mm256_sub_epi32(_mm256_setzero_si256(), _mm256_slli_epi32(quads, 7)));
    row.scale[g] = scale;
    row.sum[g] = scale * (float)sum_of_eight(quads);
  }
  memset(row.q + columns, 0, row.padded - columns);
  memset(row.quad + columns / 4, 0, (row.padded - columns) / 4 * sizeof(int32_t));
  memset(row.scale + groups, 0, (row.padded / 32 - groups) * sizeof(float));
  memset(row.sum + groups, 0, (row.sums - groups) * sizeof(float));
}
