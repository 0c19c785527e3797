// Unpacking block formats with AVX2 instructions, which both SIMD levels have; scalar_unpack.c is
// the specification.

CK_INLINE float half_at(const uint16_t *at) { return _cvtsh_ss(ck_load_half(at)); }

CK_INLINE __m256i load_bytes(const void *from) { return _mm256_loadu_si256(from); }

CK_INLINE void store_bytes(uint8_t *into, __m256i bytes) {
  _mm256_storeu_si256((__m256i *)(void *)into, bytes);
}

/// 16 bytes to the 32 nibbles: low ones first.
CK_INLINE __m256i nibbles(const uint8_t *q) {
  __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)q);
  __m256i both = _mm256_set_m128i(_mm_srli_epi16(bytes, 4), bytes);
  return _mm256_and_si256(both, _mm256_set1_epi8(15));
}

/// 16 in byte j where bit j is set.
CK_INLINE __m256i fifth_bits(const uint8_t *high) {
  int32_t bits;
  memcpy(&bits, high, sizeof bits);
  const __m256i spread = _mm256_setr_epi64x(0x0000000000000000, 0x0101010101010101,
                                            0x0202020202020202, 0x0303030303030303);
  const __m256i select = _mm256_set1_epi64x((long long)0x8040201008040201);
  __m256i bytes = _mm256_shuffle_epi8(_mm256_set1_epi32(bits), spread);
  __m256i set = _mm256_cmpeq_epi8(_mm256_and_si256(bytes, select), select);
  return _mm256_and_si256(set, _mm256_set1_epi8(16));
}

CK_INLINE void scale_and_min(const uint16_t *d, float *scale, float *min) {
  int32_t both;
  memcpy(&both, d, sizeof both);
  __m128 wide = _mm_cvtph_ps(_mm_cvtsi32_si128(both));
  _mm_store_ss(scale, wide);
  _mm_store_ss(min, _mm_movehdup_ps(wide));
}

static void unpack_q4_0(const ck_q4_0 *block, size_t blocks, ck_row row) {
  for (size_t i = 0; i < blocks; i++, block++) {
    row.scale[i] = half_at(&block->d);
    store_bytes(row.q + 32 * i, _mm256_add_epi8(nibbles(block->q), _mm256_set1_epi8(120)));
  }
}

static void unpack_q4_1(const ck_q4_1 *block, size_t blocks, ck_row row) {
  for (size_t i = 0; i < blocks; i++, block++) {
    scale_and_min(&block->d, row.scale + i, row.min + i);
    store_bytes(row.q + 32 * i, nibbles(block->q));
  }
}

static void unpack_q5_0(const ck_q5_0 *block, size_t blocks, ck_row row) {
  for (size_t i = 0; i < blocks; i++, block++) {
    row.scale[i] = half_at(&block->d);
    __m256i q = _mm256_or_si256(nibbles(block->q), fifth_bits(block->high));
    store_bytes(row.q + 32 * i, _mm256_add_epi8(q, _mm256_set1_epi8(112)));
  }
}

static void unpack_q5_1(const ck_q5_1 *block, size_t blocks, ck_row row) {
  for (size_t i = 0; i < blocks; i++, block++) {
    scale_and_min(&block->d, row.scale + i, row.min + i);
    store_bytes(row.q + 32 * i, _mm256_or_si256(nibbles(block->q), fifth_bits(block->high)));
  }
}

static void unpack_q8_0(const ck_q8_0 *block, size_t blocks, ck_row row) {
  for (size_t i = 0; i < blocks; i++, block++) {
    row.scale[i] = half_at(&block->d);
    store_bytes(row.q + 32 * i,
                _mm256_xor_si256(load_bytes(block->q), _mm256_set1_epi8((char)0x80)));
  }
}

CK_INLINE __m256 small_to_float(uint32_t low, uint32_t high) {
  __m128i bytes = _mm_cvtsi64_si128((long long)(low | (uint64_t)high << 32));
  return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(bytes));
}

/// The 8 six-bit scales and minima of a K block (see ck_k_scale), four bytes at a time.
CK_INLINE void unpack_k_scales(const uint16_t *d, const uint16_t *dmin, const uint8_t *packed,
                               float *scale, float *min) {
  const uint32_t six = 0x3F3F3F3F, four = 0x0F0F0F0F, two = 0x03030303;
  uint32_t a, b, c;
  memcpy(&a, packed, 4);
  memcpy(&b, packed + 4, 4);
  memcpy(&c, packed + 8, 4);
  __m256 scales = small_to_float(a & six, (c & four) | (a >> 6 & two) << 4);
  __m256 mins = small_to_float(b & six, (c >> 4 & four) | (b >> 6 & two) << 4);
  _mm256_storeu_ps(scale, _mm256_mul_ps(scales, _mm256_set1_ps(half_at(d))));
  _mm256_storeu_ps(min, _mm256_mul_ps(mins, _mm256_set1_ps(-half_at(dmin))));
}

static void unpack_q4_K(const ck_q4_K *block, size_t blocks, ck_row row) {
  const __m256i low = _mm256_set1_epi8(15);
  for (size_t i = 0; i < blocks; i++, block++) {
    unpack_k_scales(&block->d, &block->dmin, block->scales, row.scale + 8 * i, row.min + 8 * i);
    uint8_t *q = row.q + 256 * i;
    for (int pair = 0; pair < 4; pair++) {
      __m256i both = load_bytes(block->q + 32 * pair);
      store_bytes(q + 64 * pair, _mm256_and_si256(both, low));
      store_bytes(q + 64 * pair + 32, _mm256_and_si256(_mm256_srli_epi16(both, 4), low));
    }
  }
}

/// 16 in each byte whose bit `bit` is set.
CK_INLINE __m256i bit_as_sixteen(__m256i bytes, int bit) {
  __m256i aligned = bit < 4 ? _mm256_slli_epi16(bytes, 4 - bit) : _mm256_srli_epi16(bytes, bit - 4);
  return _mm256_and_si256(aligned, _mm256_set1_epi8(16));
}

static void unpack_q5_K(const ck_q5_K *block, size_t blocks, ck_row row) {
  const __m256i low = _mm256_set1_epi8(15);
  for (size_t i = 0; i < blocks; i++, block++) {
    unpack_k_scales(&block->d, &block->dmin, block->scales, row.scale + 8 * i, row.min + 8 * i);
    uint8_t *q = row.q + 256 * i;
    __m256i high = load_bytes(block->high);
    for (int pair = 0; pair < 4; pair++) {
      __m256i both = load_bytes(block->q + 32 * pair);
      __m256i first = _mm256_and_si256(both, low);
      __m256i second = _mm256_and_si256(_mm256_srli_epi16(both, 4), low);
      store_bytes(q + 64 * pair, _mm256_or_si256(first, bit_as_sixteen(high, 2 * pair)));
      store_bytes(q + 64 * pair + 32, _mm256_or_si256(second, bit_as_sixteen(high, 2 * pair + 1)));
    }
  }
}

/// Low nibbles with two high bits above them, less 32, plus the offset of 128.
CK_INLINE __m256i six_bits(__m256i low, __m256i high_at_4_and_5) {
  __m256i q = _mm256_or_si256(_mm256_and_si256(low, _mm256_set1_epi8(15)),
                              _mm256_and_si256(high_at_4_and_5, _mm256_set1_epi8(48)));
  return _mm256_add_epi8(q, _mm256_set1_epi8(96));
}

static void unpack_q6_K(const ck_q6_K *block, size_t blocks, ck_row row) {
  for (size_t i = 0; i < blocks; i++, block++) {
    __m256 d = _mm256_set1_ps(half_at(&block->d));
    for (int half = 0; half < 2; half++) {
      __m128i scales = _mm_loadl_epi64((const __m128i *)(const void *)(block->scales + 8 * half));
      __m256 wide = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(scales));
      _mm256_storeu_ps(row.scale + 16 * i + 8 * half, _mm256_mul_ps(d, wide));
      __m256i a = load_bytes(block->low + 64 * half), b = load_bytes(block->low + 64 * half + 32);
      __m256i high = load_bytes(block->high + 32 * half);
      uint8_t *q = row.q + 256 * i + 128 * half;
      store_bytes(q, six_bits(a, _mm256_slli_epi16(high, 4)));
      store_bytes(q + 32, six_bits(b, _mm256_slli_epi16(high, 2)));
      store_bytes(q + 64, six_bits(_mm256_srli_epi16(a, 4), high));
      store_bytes(q + 96, six_bits(_mm256_srli_epi16(b, 4), _mm256_srli_epi16(high, 2)));
    }
  }
}

static void unpack_row(int type, const void *source, size_t columns, ck_row row) {
  switch (type) {
    case CK_Q4_0: unpack_q4_0(source, columns / 32, row); break;
    case CK_Q4_1: unpack_q4_1(source, columns / 32, row); break;
    case CK_Q5_0: unpack_q5_0(source, columns / 32, row); break;
    case CK_Q5_1: unpack_q5_1(source, columns / 32, row); break;
    case CK_Q8_0: unpack_q8_0(source, columns / 32, row); break;
    case CK_Q4_K: unpack_q4_K(source, columns / 256, row); break;
    case CK_Q5_K: unpack_q5_K(source, columns / 256, row); break;
    case CK_Q6_K: unpack_q6_K(source, columns / 256, row); break;
    default: break;
  }
}

static void widen_bf16(const uint8_t *source, float *into, size_t count) {
  size_t i = 0;
  for (; i + CK_WIDTH <= count; i += CK_WIDTH) {
    vs bits;
    memcpy(&bits, source + 2 * i, sizeof bits);
    store(into + i, (vf)(__builtin_convertvector(bits, vi) << 16));
  }
  for (; i < count; i++) {
    into[i] = ck_bf16_to_float(ck_load_half((const uint16_t *)(const void *)(source + 2 * i)));
  }
}

static void dequantize(int type, const void *source, float *into, size_t count) {
  switch (type) {
    case CK_F32: memcpy(into, source, count * sizeof(float)); return;
    case CK_F16: from_half(source, into, count); return;
    case CK_BF16: widen_bf16(source, into, count); return;
    default: break;
  }
  uint8_t q[256];
  float scales[16], mins[16] = {0};
  ck_row row = {q, scales, mins};
  size_t block = ck_block_size(type), group = ck_scale_group(type);
  float offset = ck_has_offset(type) ? 128 : 0;
  const uint8_t *bytes = source;
  for (size_t i = 0; i < count; i += block, bytes += ck_block_bytes(type)) {
    unpack_row(type, bytes, block, row);
    for (size_t j = 0; j < block; j += CK_WIDTH) {
      vb part;
      memcpy(&part, q + j, sizeof part);
      vf v = __builtin_convertvector(__builtin_convertvector(part, vi), vf) - offset;
      store(into + i + j, v * scales[j / group] + mins[j / 32]);
    }
  }
}
