// The layout of packed weights, made once at load for products.
//
// A panel holds 16 rows of the matrix, one a lane, so that a dot product needs no sum over lanes.
// Float weights: [columns][16 lanes]. Block-quantised ones: a
// block of 32 columns of a panel is 8 vectors of 16 lanes × 4 columns: vector i has columns
// 4i..<4i + 4, which is what one byte dot product instruction takes with 4 activations. Weights keep
// their file's bits:
//   4 bits: vectors i and i + 4 share 64 bytes, i in the low nibbles
//   5 bits: 64 more bytes; bit i of a byte is the fifth bit of that byte in vector i
//   6 bits: 128 more bytes, for vectors 0...3 and 4...7; bits 2i and 2i + 1 of a byte are the upper
//           ones of that byte in vector i (i + 4)
//   8 bits: a byte each, plus 128
// A panel is [blocks] of these, then [blocks] scales, then for K types [blocks / 8] factors, 16
// lanes each: f16 scales (and minima), or 8-bit scales (and minima, or the second half's scales)
// with f16 factors. Lanes past the matrix's last row are zero.
#ifndef CK_PACKED_H
#define CK_PACKED_H

#include "kernels.h"

typedef struct {
  /// Bytes of a block's weights, of its scales, and of a 256 block's factors.
  size_t weights, scales, factors;
} ck_packed_form;

CK_INLINE ck_packed_form ck_packed_form_of(int type) {
  switch (type) {
    case CK_Q4_0: return (ck_packed_form){256, 32, 0};
    case CK_Q4_1: return (ck_packed_form){256, 64, 0};
    case CK_Q5_0: return (ck_packed_form){320, 32, 0};
    case CK_Q5_1: return (ck_packed_form){320, 64, 0};
    case CK_Q8_0: return (ck_packed_form){512, 32, 0};
    case CK_Q4_K: return (ck_packed_form){256, 32, 64};
    case CK_Q5_K: return (ck_packed_form){320, 32, 64};
    case CK_Q6_K: return (ck_packed_form){384, 32, 32};
    default: return (ck_packed_form){0, 0, 0};
  }
}

/// Most rows of activations that are multiplied with a widened panel at a time, the bytes that each
/// one's sums take, and how many extra groups ahead are fetched: what the scratch has room for. It
/// begins with the address of the rows whose extra groups are listed in it, or NULL.
enum { CK_CHUNK_ROWS = 192, CK_SUM_BYTES = 128, CK_AHEAD = 12, CK_SCRATCH_HEAD = 64 };

/// Bits of a row of activations, a block each: whether it has an extra group.
CK_INLINE const uint64_t *ck_marks_of(const ck_group *row, size_t blocks) {
  return (const uint64_t *)(const void *)(row + 2 * blocks);
}

CK_INLINE void ck_clear_marks(ck_group *row, size_t blocks) {
  memset(row + 2 * blocks, 0, ck_marks(32 * blocks) * sizeof *row);
}

CK_INLINE void ck_mark(ck_group *row, size_t blocks, size_t block) {
  uint64_t *marks = (uint64_t *)(void *)(row + 2 * blocks);
  marks[block / 64] |= (uint64_t)1 << block % 64;
}

/// How many extra groups a row has.
CK_INLINE size_t ck_extras_of(const ck_group *row, size_t blocks) {
  const uint64_t *marks = ck_marks_of(row, blocks);
  size_t count = 0;
  for (size_t i = 0; i < (blocks + 63) / 64; i++) count += (size_t)__builtin_popcountll(marks[i]);
  return count;
}

/// The parts of one panel.
typedef struct {
  const uint8_t *weights, *scales, *factors;
} ck_panel;

CK_INLINE ck_panel ck_panel_at(int type, const uint8_t *panel, size_t blocks) {
  ck_packed_form form = ck_packed_form_of(type);
  const uint8_t *scales = panel + blocks * form.weights;
  return (ck_panel){panel, scales, scales + blocks * form.scales};
}

/// What is taken off a packed weight to have its value, as a shift: 2^shift; -1 for none, where there
/// are minima.
CK_INLINE int ck_offset_shift(int type) {
  switch (type) {
    case CK_Q4_0: return 3;
    case CK_Q5_0: return 4;
    case CK_Q6_K: return 5;
    case CK_Q8_0: return 7;
    default: return -1;
  }
}

#endif
