// Attention over a paged cache of keys and values. The cache is cut into pages of 16 positions,
// which are the lanes: a page of one head holds its keys dimension by dimension, its values
// position by position.
//
// CK_CACHE_F16: keys u16 [dimension][16], values u16 [16][padded]
// CK_CACHE_Q8: keys i8 [dimension][16], values i8 [16][padded], scales of the keys and of the
//   values, f16 [groups][16] each; one scale a position and group of 32 dimensions, x = scale * q
// padded = dimension rounded up to 16, groups = dimension / 32 rounded up.
//
// A row's result is the same bits however rows are put together: positions are taken in ranges of
// 256, counted from position 0; a range gives a part (its largest score, the sum of exponentials
// and the weighted sum of values), and the parts are joined in order.
#ifndef CATTENTION_H
#define CATTENTION_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum { CK_CACHE_F16 = 0, CK_CACHE_Q8 = 1 };

enum { CK_CACHE_PAGE = 16, CK_ATTENTION_RANGE = 256, CK_CACHE_GROUP = 32 };

/// Rows of one sequence at consecutive positions, and the query heads that share one head of keys
/// and values. Each row attends to the positions up to its own, itself included.
typedef struct {
  const uint8_t *pages;  // this head's part of page 0
  size_t page_stride;    // bytes from a page's part to the next page's
  const int32_t *table;  // position p lies in page table[p / 16]
  int precision;
  size_t head_dimension;
  size_t window;          // positions that a row looks back on, itself included; 0: all
  float scale, soft_cap;  // soft_cap 0: none
  size_t rows, group;     // both at least 1
  size_t position;        // of the first row
  const float *query;     // [rows][row_stride], of which [group][head_dimension] are used
  float *out;             // likewise
  size_t row_stride;
  float *scratch;  // ck_attention_scratch floats, 64-byte aligned
} ck_attention;

/// Bytes of one page of one head; 0 if the precision is unknown.
size_t ck_cache_page_bytes(int precision, size_t head_dimension);

/// Floats of a part of one query vector: largest score, sum, 14 unused, weighted values.
size_t ck_attention_part(size_t head_dimension);

/// Floats of scratch for one ck_attention.
size_t ck_attention_scratch(size_t rows, size_t group, size_t head_dimension);

#pragma clang assume_nonnull end
#endif
