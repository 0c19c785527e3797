// Work over rows of logits, which have as many elements as the vocabulary: shared declarations.
#ifndef CK_ROWS_INTERNAL_H
#define CK_ROWS_INTERNAL_H

#include "kernels.h"

#define CK_DECLARE_ROWS(LEVEL)                                                                   \
  float ck_##LEVEL##_row_maximum(const float *x, size_t count);                                  \
  size_t ck_##LEVEL##_row_find(const float *x, size_t count, float value);                       \
  void ck_##LEVEL##_row_weights(const float *x, size_t count, float maximum, float scale,        \
                                float *into);                                                    \
  void ck_##LEVEL##_row_sums(const float *x, size_t count, float maximum, float scale,           \
                             double *sums);                                                      \
  size_t ck_##LEVEL##_row_collect(const float *x, size_t count, float bound, int32_t *into);

CK_DECLARE_ROWS(scalar)
CK_DECLARE_ROWS(avx2)
CK_DECLARE_ROWS(avx512)

/// The members of a level's table that are the rows'.
#define CK_ROWS_TABLE(LEVEL)                                                                   \
  .row_maximum = ck_##LEVEL##_row_maximum, .row_find = ck_##LEVEL##_row_find,                  \
  .row_weights = ck_##LEVEL##_row_weights, .row_sums = ck_##LEVEL##_row_sums,                  \
  .row_collect = ck_##LEVEL##_row_collect,

#endif
