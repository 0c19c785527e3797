// Packing rows of weights into panels and taking them out again, bit for bit; see
// packed.h for the layout.
#include "packed.h"

enum { LANES = 16 };

static const uint32_t low_nibbles = 0x0F0F0F0F;

static uint32_t load4(const void *from) {
  uint32_t value;
  memcpy(&value, from, sizeof value);
  return value;
}

static void store4(void *into, uint32_t value) { memcpy(into, &value, sizeof value); }

size_t ck_packed_panel_bytes(int type, size_t columns) {
  if (ck_is_float(type)) return ck_round_up(columns * LANES * ck_block_bytes(type), 64);
  ck_packed_form form = ck_packed_form_of(type);
  size_t blocks = columns / 32;
  return ck_round_up(blocks * (form.weights + form.scales) + blocks / 8 * form.factors, 64);
}

/// Bit 4i + j of `bits` to bit 8j + i.
static uint32_t bits_to_bytes(uint32_t bits) {
  uint32_t result = 0;
  for (int j = 0; j < 4; j++) {
    uint32_t x = bits >> j & 0x11111111;
    x = (x | x >> 3) & 0x03030303;
    x = (x | x >> 6) & 0x000F000F;
    x = (x | x >> 12) & 0xFF;
    result |= x << 8 * j;
  }
  return result;
}

/// The inverse of `bits_to_bytes`.
static uint32_t bytes_to_bits(uint32_t bytes) {
  uint32_t result = 0;
  for (int j = 0; j < 4; j++) {
    uint32_t x = bytes >> 8 * j & 0xFF;
    x = (x | x << 12) & 0x000F000F;
    x = (x | x << 6) & 0x03030303;
    x = (x | x << 3) & 0x11111111;
    result |= x << j;
  }
  return result;
}

/// One lane of a block of the types with 32 weights a block. `weights` and `scales` are the lane's.
static void pack_small(int type, const uint8_t *block, uint8_t *weights, uint8_t *scales) {
  int has_min = type == CK_Q4_1 || type == CK_Q5_1;
  memcpy(scales, block, 2);
  if (has_min) memcpy(scales + 2 * LANES, block + 2, 2);
  const uint8_t *q = block + (has_min ? 4 : 2);
  if (type == CK_Q8_0) {
    for (int i = 0; i < 8; i++) store4(weights + 64 * i, load4(q + 4 * i) ^ 0x80808080);
    return;
  }
  if (type == CK_Q5_0 || type == CK_Q5_1) {
    store4(weights + 256, bits_to_bytes(load4(q)));
    q += 4;
  }
  for (int i = 0; i < 4; i++) store4(weights + 64 * i, load4(q + 4 * i));
}

static void unpack_small(int type, const uint8_t *weights, const uint8_t *scales, uint8_t *block) {
  int has_min = type == CK_Q4_1 || type == CK_Q5_1;
  memcpy(block, scales, 2);
  if (has_min) memcpy(block + 2, scales + 2 * LANES, 2);
  uint8_t *q = block + (has_min ? 4 : 2);
  if (type == CK_Q8_0) {
    for (int i = 0; i < 8; i++) store4(q + 4 * i, load4(weights + 64 * i) ^ 0x80808080);
    return;
  }
  if (type == CK_Q5_0 || type == CK_Q5_1) {
    store4(q, bytes_to_bits(load4(weights + 256)));
    q += 4;
  }
  for (int i = 0; i < 4; i++) store4(q + 4 * i, load4(weights + 64 * i));
}

typedef uint32_t four_words __attribute__((vector_size(16)));

/// 16 bytes of each of four rows, to four vectors of a panel 64 bytes apart, a row a lane.
static void transpose(const uint8_t *const rows[4], uint32_t flip, uint8_t *into) {
  four_words v[4], low[2], high[2];
  for (int r = 0; r < 4; r++) {
    memcpy(&v[r], rows[r], sizeof v[r]);
    v[r] ^= flip;
  }
  for (int h = 0; h < 2; h++) {
    low[h] = __builtin_shufflevector(v[2 * h], v[2 * h + 1], 0, 4, 1, 5);
    high[h] = __builtin_shufflevector(v[2 * h], v[2 * h + 1], 2, 6, 3, 7);
  }
  v[0] = __builtin_shufflevector(low[0], low[1], 0, 1, 4, 5);
  v[1] = __builtin_shufflevector(low[0], low[1], 2, 3, 6, 7);
  v[2] = __builtin_shufflevector(high[0], high[1], 0, 1, 4, 5);
  v[3] = __builtin_shufflevector(high[0], high[1], 2, 3, 6, 7);
  for (int i = 0; i < 4; i++) memcpy(into + 64 * i, &v[i], sizeof v[i]);
}

/// As `pack_small` for four lanes whose blocks lie `row_bytes` apart.
static inline __attribute__((always_inline)) void pack_four(int type, const uint8_t *block,
                                                            size_t row_bytes, uint8_t *weights,
                                                            uint8_t *scales) {
  const int has_min = type == CK_Q4_1;
  const uint8_t *rows[4];
  for (size_t r = 0; r < 4; r++) {
    rows[r] = block + r * row_bytes;
    memcpy(scales + 2 * r, rows[r], 2);
    if (has_min) memcpy(scales + 2 * LANES + 2 * r, rows[r] + 2, 2);
    rows[r] += has_min ? 4 : 2;
  }
  transpose(rows, type == CK_Q8_0 ? 0x80808080 : 0, weights);
  if (type != CK_Q8_0) return;
  for (size_t r = 0; r < 4; r++) rows[r] += 16;
  transpose(rows, 0x80808080, weights + 256);
}

/// Where block `b` of a lane lies in a panel.
typedef struct {
  uint8_t *weights, *scales, *factors;
} lane_parts;

static lane_parts lane_at(int type, uint8_t *panel, size_t blocks, size_t b, size_t lane) {
  ck_packed_form form = ck_packed_form_of(type);
  uint8_t *scales = panel + blocks * form.weights, *factors = scales + blocks * form.scales;
  // Scales of K types are bytes, the others' are halves.
  size_t scale_width = form.factors ? 1 : 2;
  return (lane_parts){panel + b * form.weights + 4 * lane,
                      scales + b * form.scales + scale_width * lane,
                      factors + b / 8 * form.factors + 2 * lane};
}

/// Nibbles of 32 columns, the low ones (`high` 0) or the high ones of 32 bytes.
static void pack_nibbles(const uint8_t *q, int high, uint8_t *weights) {
  for (int i = 0; i < 4; i++) {
    uint32_t first = load4(q + 4 * i) >> 4 * high & low_nibbles;
    uint32_t second = load4(q + 16 + 4 * i) >> 4 * high & low_nibbles;
    store4(weights + 64 * i, first | second << 4);
  }
}

static void unpack_nibbles(const uint8_t *weights, int high, uint8_t *q) {
  for (int i = 0; i < 4; i++) {
    uint32_t both = load4(weights + 64 * i);
    store4(q + 4 * i, load4(q + 4 * i) | (both & low_nibbles) << 4 * high);
    store4(q + 16 + 4 * i, load4(q + 16 + 4 * i) | (both >> 4 & low_nibbles) << 4 * high);
  }
}

static void pack_k(int type, const uint8_t *source, uint8_t *panel, size_t blocks, size_t first,
                   size_t lane) {
  const ck_q4_K *four = (const ck_q4_K *)(const void *)source;
  const ck_q5_K *five = (const ck_q5_K *)(const void *)source;
  for (size_t s = 0; s < 8; s++) {
    lane_parts at = lane_at(type, panel, blocks, first + s, lane);
    int scale, min;
    ck_k_scale(four->scales, (int)s, &scale, &min);
    at.scales[0] = (uint8_t)scale;
    at.scales[LANES] = (uint8_t)min;
    pack_nibbles((type == CK_Q4_K ? four->q : five->q) + 32 * (s / 2), s & 1, at.weights);
    if (type == CK_Q5_K) {
      uint32_t bits = 0;
      for (int i = 0; i < 8; i++) bits |= (load4(five->high + 4 * i) >> s & 0x01010101) << i;
      store4(at.weights + 256, bits);
    }
    if (s == 0) {
      memcpy(at.factors, &four->d, 2);
      memcpy(at.factors + 2 * LANES, &four->dmin, 2);
    }
  }
}

static void unpack_k(int type, uint8_t *panel, size_t blocks, size_t first, size_t lane,
                     uint8_t *into) {
  ck_q4_K *four = (ck_q4_K *)(void *)into;
  ck_q5_K *five = (ck_q5_K *)(void *)into;
  memset(into, 0, ck_block_bytes(type));
  for (size_t s = 0; s < 8; s++) {
    lane_parts at = lane_at(type, panel, blocks, first + s, lane);
    uint8_t scale = at.scales[0], min = at.scales[LANES];
    if (s < 4) {
      four->scales[s] |= scale;
      four->scales[s + 4] |= min;
    } else {
      four->scales[s + 4] = (uint8_t)((scale & 15) | (min & 15) << 4);
      four->scales[s - 4] |= (uint8_t)(scale >> 4 << 6);
      four->scales[s] |= (uint8_t)(min >> 4 << 6);
    }
    unpack_nibbles(at.weights, s & 1, (type == CK_Q4_K ? four->q : five->q) + 32 * (s / 2));
    if (type == CK_Q5_K) {
      uint32_t bits = load4(at.weights + 256);
      for (int i = 0; i < 8; i++) {
        uint8_t *high = five->high + 4 * i;
        store4(high, load4(high) | (bits >> i & 0x01010101) << s);
      }
    }
    if (s == 0) {
      memcpy(&four->d, at.factors, 2);
      memcpy(&four->dmin, at.factors + 2 * LANES, 2);
    }
  }
}

static void pack_q6_K(const ck_q6_K *source, uint8_t *panel, size_t blocks, size_t first,
                      size_t lane) {
  for (size_t s = 0; s < 8; s++) {
    lane_parts at = lane_at(CK_Q6_K, panel, blocks, first + s, lane);
    at.scales[0] = (uint8_t)source->scales[2 * s];
    at.scales[LANES] = (uint8_t)source->scales[2 * s + 1];
    size_t half = s / 4, part = s % 4;
    pack_nibbles(source->low + 64 * half + 32 * (part & 1), part >> 1, at.weights);
    for (int v = 0; v < 2; v++) {
      uint32_t bits = 0;
      for (int i = 0; i < 4; i++) {
        bits |= (load4(source->high + 32 * half + 16 * v + 4 * i) >> 2 * part & 0x03030303) << 2 * i;
      }
      store4(at.weights + 256 + 64 * v, bits);
    }
    if (s == 0) memcpy(at.factors, &source->d, 2);
  }
}

static void unpack_q6_K(uint8_t *panel, size_t blocks, size_t first, size_t lane, ck_q6_K *into) {
  memset(into, 0, sizeof *into);
  for (size_t s = 0; s < 8; s++) {
    lane_parts at = lane_at(CK_Q6_K, panel, blocks, first + s, lane);
    into->scales[2 * s] = (int8_t)at.scales[0];
    into->scales[2 * s + 1] = (int8_t)at.scales[LANES];
    size_t half = s / 4, part = s % 4;
    unpack_nibbles(at.weights, part >> 1, into->low + 64 * half + 32 * (part & 1));
    for (int v = 0; v < 2; v++) {
      uint32_t bits = load4(at.weights + 256 + 64 * v);
      for (int i = 0; i < 4; i++) {
        uint8_t *high = into->high + 32 * half + 16 * v + 4 * i;
        store4(high, load4(high) | (bits >> 2 * i & 0x03030303) << 2 * part);
      }
    }
    if (s == 0) memcpy(&into->d, at.factors, 2);
  }
}

static void pack_floats(size_t width, const uint8_t *source, size_t row_bytes, size_t rows,
                        size_t columns, uint8_t *panel) {
  for (size_t k = 0; k < columns; k++) {
    for (size_t lane = 0; lane < rows; lane++) {
      memcpy(panel + (k * LANES + lane) * width, source + lane * row_bytes + k * width, width);
    }
  }
}

/// Types whose weights keep their bytes, in another order.
static int bytes_move(int type) {
  return type == CK_Q4_0 || type == CK_Q4_1 || type == CK_Q8_0;
}

void ck_pack_panel(int type, const uint8_t *source, size_t row_bytes, size_t rows, size_t columns,
                   uint8_t *panel) {
  size_t blocks = columns / 32, wide = ck_block_size(type) / 32, bytes = ck_block_bytes(type);
  if (rows < LANES) memset(panel, 0, ck_packed_panel_bytes(type, columns));
  // Constant widths, so that copies are moves.
  if (type == CK_F32) return pack_floats(4, source, row_bytes, rows, columns, panel);
  if (ck_is_float(type)) return pack_floats(2, source, row_bytes, rows, columns, panel);
  // Blocks outermost: 16 rows are read side by side, the panel is written from front to back.
  for (size_t b = 0; b < blocks; b += wide) {
    size_t lane = 0;
    for (; bytes_move(type) && lane + 4 <= rows; lane += 4) {
      const uint8_t *block = source + lane * row_bytes + b * bytes;
      lane_parts at = lane_at(type, panel, blocks, b, lane);
      // Constant types, so that each has its own code.
      switch (type) {
        case CK_Q4_0: pack_four(CK_Q4_0, block, row_bytes, at.weights, at.scales); break;
        case CK_Q4_1: pack_four(CK_Q4_1, block, row_bytes, at.weights, at.scales); break;
        default: pack_four(CK_Q8_0, block, row_bytes, at.weights, at.scales); break;
      }
    }
    for (; lane < rows; lane++) {
      const uint8_t *block = source + lane * row_bytes + b / wide * bytes;
      lane_parts at = lane_at(type, panel, blocks, b, lane);
      switch (type) {
        case CK_Q4_K: case CK_Q5_K: pack_k(type, block, panel, blocks, b, lane); break;
        case CK_Q6_K:
          pack_q6_K((const ck_q6_K *)(const void *)block, panel, blocks, b, lane);
          break;
        default: pack_small(type, block, at.weights, at.scales); break;
      }
    }
  }
}

void ck_unpack_lane(int type, const uint8_t *panel, size_t lane, size_t columns, uint8_t *into) {
  size_t blocks = columns / 32, wide = ck_block_size(type) / 32;
  uint8_t *source = (uint8_t *)(uintptr_t)panel;  // only read
  if (ck_is_float(type)) {
    const size_t width = ck_block_bytes(type);
    for (size_t k = 0; k < columns; k++) {
      memcpy(into + k * width, panel + (k * LANES + lane) * width, width);
    }
    return;
  }
  for (size_t b = 0; b < blocks; b += wide, into += ck_block_bytes(type)) {
    lane_parts at = lane_at(type, source, blocks, b, lane);
    switch (type) {
      case CK_Q4_K: case CK_Q5_K: unpack_k(type, source, blocks, b, lane, into); break;
      case CK_Q6_K: unpack_q6_K(source, blocks, b, lane, (ck_q6_K *)(void *)into); break;
      default: unpack_small(type, at.weights, at.scales, into); break;
    }
  }
}
