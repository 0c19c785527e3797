// Attention at the AVX2 level: a page's positions are two registers.
#if defined(__x86_64__)
#include "attention.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define CK_WIDTH 8
#define CK_LEVEL(NAME) ck_avx2_##NAME
// 2 vectors of 4 registers each, and what they are multiplied by: 3 would not fit into 16.
#define ATTENTION_TILE 2
#define SCORE_VECTORS 4
#define VALUE_VECTORS 4
#include "simd_vectors.h"

CK_INLINE vf load_half(const uint16_t *from) {
  return (vf)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)from));
}

CK_INLINE void store_half(uint16_t *into, vf v) {
  _mm_storeu_si128((__m128i *)(void *)into, _mm256_cvtps_ph((__m256)v, _MM_FROUND_TO_NEAREST_INT));
}

#include "simd_attention.h"
#include "simd_cache.h"

#pragma clang attribute pop
#endif
