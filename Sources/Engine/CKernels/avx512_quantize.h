// Activations to int8 with AVX-512 instructions, bit for bit as scalar_packed.c does it: 16 blocks at a
// time, so that their largest magnitudes are found side by side and divided at once.

enum { BATCH = 16 };

/// Element i is the largest of v[i]'s elements.
CK_INLINE __m512i largest_of_each(__m512i v[BATCH]) {
  for (int i = 0; i < 8; i++) {
    v[i] = _mm512_max_epi32(_mm512_unpacklo_epi32(v[2 * i], v[2 * i + 1]),
                   _mm512_unpackhi_epi32(v[2 * i], v[2 * i + 1]));
  }
  for (int i = 0; i < 4; i++) {
    v[i] = _mm512_max_epi32(_mm512_unpacklo_epi64(v[2 * i], v[2 * i + 1]),
                   _mm512_unpackhi_epi64(v[2 * i], v[2 * i + 1]));
  }
  for (int i = 0; i < 2; i++) {
    v[i] = _mm512_max_epi32(_mm512_shuffle_i32x4(v[2 * i], v[2 * i + 1], 0x88),
                   _mm512_shuffle_i32x4(v[2 * i], v[2 * i + 1], 0xDD));
  }
  return _mm512_max_epi32(_mm512_shuffle_i32x4(v[0], v[1], 0x88), _mm512_shuffle_i32x4(v[0], v[1], 0xDD));
}

/// ck_activation_scale of 16 magnitudes; an inverse that is no number makes bytes of zero.
CK_INLINE void scales_of(__m512 largest, float scale[BATCH], float inverse[BATCH]) {
  const __m512 nan = _mm512_set1_ps(NAN), top = _mm512_set1_ps(127);
  __mmask16 finite = _mm512_cmp_ps_mask(largest, _mm512_set1_ps(FLT_MAX), _CMP_LE_OQ);
  __mmask16 usable = _mm512_cmp_ps_mask(largest, _mm512_set1_ps(1e-36f), _CMP_GT_OQ);
  _mm512_storeu_ps(scale, _mm512_mask_blend_ps(finite, nan, _mm512_maskz_div_ps(usable, largest, top)));
  _mm512_storeu_ps(inverse,
                   _mm512_mask_blend_ps(finite, nan, _mm512_maskz_div_ps(usable, top, largest)));
}

/// What follows a group's bytes.
CK_INLINE __m256i group_tail(__m256i q, float scale, uint32_t block) {
  __m256i sums = _mm256_dpbusd_epi32(_mm256_setzero_si256(), _mm256_set1_epi8(1), q);
  // Each half's sum in all of its places, then that of both.
  sums = _mm256_add_epi32(sums, _mm256_shuffle_epi32(sums, 0x4E));
  sums = _mm256_add_epi32(sums, _mm256_shuffle_epi32(sums, 0xB1));
  __m256i both = _mm256_add_epi32(sums, _mm256_permute4x64_epi64(sums, 0x4E));
  __m256 factor = _mm256_set1_ps(scale);
  __m256i sum = _mm256_castps_si256(_mm256_mul_ps(factor, _mm256_cvtepi32_ps(both)));
  __m256i tail = _mm256_castps_si256(factor), zero = _mm256_setzero_si256();
  tail = _mm256_mask_mov_epi32(tail, 1 << 1, sum);
  tail = _mm256_mask_sub_epi32(tail, 1 << 2, zero, _mm256_slli_epi32(both, 7));
  tail = _mm256_mask_sub_epi32(tail, 3 << 3, zero, _mm256_slli_epi32(sums, 7));
  tail = _mm256_mask_mov_epi32(tail, 1 << 5, _mm256_set1_epi32((int)block));
  return _mm256_mask_mov_epi32(tail, 3 << 6, zero);
}

/// Quantises `count` blocks, BATCH at most, that lie one after the other; blocks[i] is the place of
/// the ith in its row. Returns `total` plus their scales.
static float quantize_blocks(const float *x, size_t count, const uint32_t *blocks, ck_group *into,
                             float total) {
  float scale[BATCH], inverse[BATCH];
  __m512i largest[BATCH];
  const __m512i magnitude = _mm512_set1_epi32(0x7FFFFFFF);
  for (size_t b = 0; b < BATCH; b++) {
    const float *block = x + 32 * (b < count ? b : 0);
    largest[b] = _mm512_max_epi32(_mm512_and_si512(_mm512_loadu_si512(block), magnitude),
                                  _mm512_and_si512(_mm512_loadu_si512(block + 16), magnitude));
  }
  scales_of(_mm512_castsi512_ps(largest_of_each(largest)), scale, inverse);
  for (size_t b = 0; b < count; b++) {
    const float *block = x + 32 * b;
    __m512 factor = _mm512_set1_ps(inverse[b]);
    __m512i first = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(block), factor));
    __m512i second = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(block + 16), factor));
    __m256i q = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm512_cvtepi32_epi8(first)),
                                        _mm512_cvtepi32_epi8(second), 1);
    _mm256_storeu_si256((__m256i *)(void *)into[b].q, q);
    _mm256_storeu_si256((__m256i *)(void *)&into[b].scale, group_tail(q, scale[b], blocks[b]));
    total += scale[b];
  }
  return total;
}

/// What rounding a block to its group left over.
CK_INLINE void leave_rest(const float *x, const ck_group *group, float *rest) {
  const __m512 scale = _mm512_set1_ps(group->scale);
  for (int i = 0; i < 32; i += 16) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(group->q + i));
    // Not fused: every level has the same bits.
    __m512 rounded = _mm512_mul_ps(scale, _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes)));
    _mm512_storeu_ps(rest + i, _mm512_sub_ps(_mm512_loadu_ps(x + i), rounded));
  }
}

static void quantize_row(const float *x, size_t columns, float bound, ck_group *into) {
  const size_t blocks = columns / 32;
  uint32_t places[BATCH];
  float total = 0;
  for (size_t first = 0; first < blocks; first += BATCH) {
    const size_t count = blocks - first < BATCH ? blocks - first : BATCH;
    for (size_t b = 0; b < count; b++) places[b] = (uint32_t)(first + b);
    total = quantize_blocks(x + 32 * first, count, places, into + first, total);
  }
  const float over = ck_extra_bound(bound, total, blocks);
  ck_group *extra = into + blocks;
  size_t found = 0;
  ck_clear_marks(into, blocks);
  float rest[BATCH * 32];
  for (size_t b = 0; b < blocks; b++) {
    // No branch on the scale: there is no telling which way it would go.
    places[found] = (uint32_t)b;
    found += into[b].scale > over;
    if (found < BATCH && b + 1 < blocks) continue;
    for (size_t i = 0; i < found; i++) leave_rest(x + 32 * places[i], into + places[i], rest + 32 * i);
    if (found) quantize_blocks(rest, found, places, extra, 0);
    for (size_t i = 0; i < found; i++, extra++) {
      into[places[i]].sum += extra->sum;
      extra->sum = 0;
      ck_mark(into, blocks, places[i]);
    }
    found = 0;
  }
}
