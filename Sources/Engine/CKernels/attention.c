// Sizes of pages, parts and scratch of attention, the same at every level.
#include "attention.h"

size_t ck_cache_page_bytes(int precision, size_t head_dimension) {
  size_t elements = 16 * (head_dimension + ck_padded_dimension(head_dimension));
  switch (precision) {
  case CK_CACHE_F16: return ck_round_up(2 * elements, 64);
  case CK_CACHE_Q8: return ck_round_up(elements + 64 * ck_groups(head_dimension), 64);
  default: return 0;
  }
}

size_t ck_attention_part(size_t head_dimension) {
  return CK_PART_VALUES + ck_padded_dimension(head_dimension);
}

size_t ck_attention_scratch(size_t rows, size_t group, size_t head_dimension) {
  // Queries and joined parts of all vectors; scores, scaled scores and two parts of a tile; a page.
  size_t vectors = rows * group, part = ck_attention_part(head_dimension);
  size_t padded = ck_padded_dimension(head_dimension);
  size_t tile = 2 * (CK_ATTENTION_RANGE + part), queries = ck_round_up(vectors, CK_TILE_LIMIT);
  return queries * padded + vectors * part + CK_TILE_LIMIT * tile + CK_CACHE_PAGE * padded;
}
