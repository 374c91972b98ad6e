// Dropout masks, element by element, against Philox written out one counter at a time.
#include <math.h>

#include "harness.h"

// Philox 4×32 with seven rounds (Salmon et al., SC11).
static void philox(uint32_t x[4], uint32_t key0, uint32_t key1) {
  for (int round = 0; round < 7; round++, key0 += 0x9E3779B9u, key1 += 0xBB67AE85u) {
    uint64_t first = (uint64_t)0xD2511F53u * x[0], second = (uint64_t)0xCD9E8D57u * x[2];
    uint32_t next[4] = {(uint32_t)(second >> 32) ^ x[1] ^ key0, (uint32_t)second,
                        (uint32_t)(first >> 32) ^ x[3] ^ key1, (uint32_t)first};
    for (int i = 0; i < 4; i++) x[i] = next[i];
  }
}

static int drops(const rmt_dropout_mask *mask, int64_t columns, int64_t row, int64_t column) {
  int64_t block = row * ((columns + 63) / 64) + column / 64, element = column % 64;
  uint32_t words[4] = {(uint32_t)(8 * block + element / 2 % 8), mask->counter[0], mask->counter[1],
                       mask->counter[2]};
  philox(words, mask->key[0], mask->key[1]);
  return (words[element / 16] >> element % 2 * 16 & 0xFFFF) < mask->threshold;
}

// What stays is rounded twice: its scale, and their product.
static void check_rows(kernel_table t, int64_t first, int64_t rows, int64_t columns) {
  begin_case(t, "dropout", "rows %ld to %ld of %ld", (long)first, (long)(first + rows - 1),
             (long)columns);
  rmt_dropout_mask mask = {{0x89ABCDEF, 0x01234567}, {5, 6, 7}, 6554, 1 / (1 - 6554 / 65536.0)};
  float *x = draws(rows * columns, 1), *y = floats(rows * columns);
  x[0] = 0x1p-149f;
  x[rows * columns - 1] = -0x1p127f;
  t->dropout(&mask, first, rows, columns, x, y);
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++) {
      int64_t i = r * columns + c;
      double expected = drops(&mask, columns, first + r, c) ? 0 : x[i] * mask.scale;
      check_number(y[i], expected, 2.01 * UNIT * fabs(expected) + 0x1p-150);
    }
  end_case();
}

void check_dropout(kernel_table t) {
  static const int64_t columns[] = {1, 2, 15, 63, 64, 65, 127, 128, 129, 384, 1000};
  for (unsigned i = 0; i < sizeof columns / sizeof *columns; i++) {
    check_rows(t, 0, 7, columns[i]);
    check_rows(t, 3, 2, columns[i]);
    check_rows(t, (1 << 29) / ((columns[i] + 63) / 64) - 1, 1, columns[i]);  // the last block
  }
}
