// The rows of paths at the AVX-512 level (F, DQ, VL): 8 doubles at a time. No FMA: see CPaths.h.
#if defined(__x86_64__)
#include "kernels.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512dq,avx512vl"))), \
                             apply_to = function)
#define CK_PATHS_LEVEL 2
#include "paths_body.h"
#pragma clang attribute pop

const ck_paths ck_paths_avx512 = {
  .name = "avx512",
#include "paths_table.h"
};
#endif
