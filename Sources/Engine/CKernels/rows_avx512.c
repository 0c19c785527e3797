// Rows of logits at the AVX-512 level.
#if defined(__x86_64__)
#include "rows.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512vl"))), \
                             apply_to = function)

#define CK_WIDTH 16
#define CK_LEVEL(NAME) ck_avx512_##NAME
#include "simd_vectors.h"

#include "simd_rows.h"

#pragma clang attribute pop
#endif
