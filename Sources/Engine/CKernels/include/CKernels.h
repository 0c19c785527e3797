// CKernels: the arithmetic of the engine in plain C. One table of functions (`ck_kernels`) per
// instruction set; the best one this machine can run is chosen at the first call. `scalar.c` is
// the specification, `avx2.c` and `avx512.c` are its fast twins. Nothing here knows Swift, models
// or memory management: callers own every buffer and its bounds. Of threads it knows only what
// Swift cannot reach: how to pause and how to stay on a processor.
// Start with this header, then `scalar.c`. `Tensor` is the safe face.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "CFixedPoint.h"
#include "CAttention.h"
#include "CPaths.h"

#pragma clang assume_nonnull begin

/// Element types, GGML's ids.
enum {
  CK_F32 = 0, CK_F16 = 1, CK_Q4_0 = 2, CK_Q4_1 = 3, CK_Q5_0 = 6, CK_Q5_1 = 7, CK_Q8_0 = 8,
  CK_Q4_K = 12, CK_Q5_K = 13, CK_Q6_K = 14, CK_BF16 = 30, CK_TYPE_LIMIT = 31
};

/// Elements of a row that are summed together.
enum { CK_ROW_BLOCK = 1024 };

/// Instruction-set levels, worst to best.
enum { CK_SCALAR = 0, CK_AVX2 = 1, CK_AVX512 = 2, CK_LEVELS = 3 };

/// One row of block-quantised weights, unpacked. Every group of 32 (Q6_K: 16) weights has
/// w = scale * (q - offset) + min, where offset is 128 for the types without minima, else 0.
/// q: padded to 64, scale: one a group, min: one per 32, padded to 16; paddings are zero.
typedef struct {
  uint8_t *q;
  float *scale;
  float *min;
} ck_row;

/// 32 activations of a row as int8: x = scale * q, q in -127...127. One cache line.
///
/// A row is one group for each 32 columns, in order, then room for as many extra groups, then
/// ck_marks(columns) groups of bits that tell which blocks have one. Extra groups are in order too:
/// each has what rounding left over in one block, the `block`th, whose `sum` then covers both. A row
/// where all have one is exact to 16 bits.
typedef struct {
  int8_t q[32];
  float scale;
  /// scale * (sum of q), with that of the block's extra group; 0 in extra groups.
  float sum;
  /// -128 * (sum of q), and of its halves: the start of dot products with offset weights.
  int32_t start;
  int32_t half_start[2];
  uint32_t block;
  uint32_t unused[2];
} ck_group;

/// Groups of a row that are bits, 512 a group.
static inline size_t ck_marks(size_t columns) { return (columns / 32 + 511) / 512; }
/// Groups of a row.
static inline size_t ck_row_groups(size_t columns) { return columns / 32 * 2 + ck_marks(columns); }

/// Pages that will be read soon: a product has them brought near while it computes.
typedef struct {
  /// Of page 0.
  const uint8_t *_Nullable start;
  /// Bytes from a page to the next, and of a page that are read.
  size_t stride, bytes;
  const int32_t *_Nullable pages;
  size_t count;
} ck_upcoming;

/// A slice of a product: y[count][rows] = x · Wᵀ for the rows of the panels `first..<end`, 16 a panel.
typedef struct {
  int type;
  /// Of the matrix; columns are a multiple of 32 for block types.
  size_t rows, columns;
  const uint8_t *panels;
  /// ck_packed_panel_bytes(type, columns)
  size_t panel_bytes;
  size_t first, end;
  /// Rows of activations, at most ck_chunk_rows(columns).
  size_t count;
  /// For float types: [count][columns].
  const float *values;
  /// For block types: [count][ck_row_groups(columns)].
  const ck_group *x;
  float *y;
  size_t y_stride;
  /// [rows], added to each row of the result.
  const float *_Nullable bias;
  /// Adds to y what it holds already.
  int accumulate;
  ck_upcoming upcoming;
  /// 64-byte aligned, ck_packed_scratch(type, columns) bytes. It keeps what was found out about x:
  /// reset it before x changes.
  uint8_t *scratch;
} ck_product;

typedef struct {
  const char *name;
  /// Quantises one row, with extra groups for the blocks whose scale is over `bound` times the row's
  /// mean scale. Writes no extra groups beyond those; `into` has room for ck_row_groups(columns).
  void (*quantize_row)(const float *x, size_t columns, float bound, ck_group *into);
  void (*multiply)(const ck_product *product);
  /// f32 of `count` elements; a multiple of the type's block.
  void (*dequantize)(int type, const void *source, float *into, size_t count);
  void (*to_half)(const float *x, uint16_t *into, size_t count);
  void (*from_half)(const uint16_t *x, float *into, size_t count);
  void (*rms_norm)(const float *x, const float *weight, float epsilon, size_t count, float *into);
  void (*layer_norm)(const float *x, const float *weight, const float *_Nullable bias,
                     float epsilon, size_t count, float *into);
  void (*softmax)(float *x, size_t count);
  void (*silu_multiply)(float *gate, const float *up, size_t count);
  void (*gelu_tanh)(float *x, size_t count);
  void (*gelu)(float *x, size_t count);
  void (*gelu_tanh_multiply)(float *gate, const float *up, size_t count);
  void (*add)(const float *x, float *into, size_t count);
  void (*scale)(float *x, float factor, size_t count);
  void (*soft_cap)(float *x, float cap, size_t count);
  /// pairs: 0 = element i with i + rotated / 2, 1 = element 2i with 2i + 1.
  void (*rope)(float *x, size_t heads, size_t head_dimension, size_t rotated, const float *cos,
               const float *sin, int pairs);
  void (*attend)(const ck_attention *attention);
  /// parts[rows * group] of one range; attend_join then joins the parts of `count` consecutive
  /// ranges, [count][rows * group], the first of which it overwrites: the same bits as attend.
  void (*attend_range)(const ck_attention *attention, size_t range, float *parts);
  void (*attend_join)(const ck_attention *attention, size_t count, float *parts);
  /// Writes one head's key and value, [head_dimension] each, into a slot of a page.
  void (*store_position)(int precision, size_t head_dimension, size_t slot, const float *key,
                         const float *value, uint8_t *page);
  /// The largest element of a row of logits; NaN if one is NaN.
  float (*row_maximum)(const float *x, size_t count);
  /// The first place of `value`; count if there is none.
  size_t (*row_find)(const float *x, size_t count, float value);
  /// into[i] = exp((x[i] - maximum) * scale), for x[i] <= maximum and scale > 0.
  void (*row_weights)(const float *x, size_t count, float maximum, float scale, float *into);
  /// The sums of these weights in blocks of CK_ROW_BLOCK, the last of which may be shorter.
  void (*row_sums)(const float *x, size_t count, float maximum, float scale, double *sums);
  /// The places of elements >= bound, in order; returns how many. into has room for count.
  size_t (*row_collect)(const float *x, size_t count, float bound, int32_t *into);
} ck_kernels;

/// The table in use on this thread.
const ck_kernels *ck_current(void);
/// The best level this machine can run.
int ck_best_level(void);
/// Makes this thread use `level` from now on (tests); -1 returns to the best. Returns 0, or -1 when
/// the machine cannot run it.
int ck_force_level(int level);

/// Bytes of one panel of weights, a multiple of 64.
size_t ck_packed_panel_bytes(int type, size_t columns);
/// Packs up to 16 rows into a panel, 64-byte aligned.
void ck_pack_panel(int type, const uint8_t *source, size_t row_bytes, size_t rows, size_t columns,
                   uint8_t *panel);
/// The bytes that one of a panel's rows was packed from.
void ck_unpack_lane(int type, const uint8_t *panel, size_t lane, size_t columns, uint8_t *into);
/// Bytes of scratch one ck_product needs, a multiple of 64.
size_t ck_packed_scratch(int type, size_t columns);
/// Makes memory the scratch of products with rows not met before.
void ck_reset_scratch(void *scratch);
/// Most rows of activations that one ck_product takes: what stays in the second-level cache.
size_t ck_chunk_rows(size_t columns);

/// Quantises to F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0 or Q5_1 by the rules of ggml's reference;
/// returns -1 for other types.
int ck_quantize(int type, const float *source, void *into, size_t count);

/// Tells the core that this thread waits in a loop.
static inline void ck_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

enum { CK_FETCH_BYTES = 256 };

/// Has the memory at `address` brought near; it need not be there.
static inline void ck_fetch(const void *address) {
  for (int i = 0; i < CK_FETCH_BYTES; i += 64) __builtin_prefetch((const char *)address + i, 0, 2);
}

/// The processors that the calling thread may use, at most `limit`; returns how many.
int ck_list_processors(int *into, int limit);
/// Ties the calling thread to a processor; returns 0, or -1 if the system cannot.
int ck_pin_thread(int processor);

/// IEEE binary16 conversions, round to nearest even.
float ck_half_to_float(uint16_t half);
uint16_t ck_float_to_half(float value);

#pragma clang assume_nonnull end
#endif
