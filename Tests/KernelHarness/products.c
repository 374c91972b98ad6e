// gemm: every layout, epilogue and shape around the tiles, B open and packed.
#include <math.h>
#include <string.h>

#include "harness.h"

typedef struct {
  int64_t m, n, k;
  int transposed, layout, accumulate;
  int parts;       // bits: bias, residual, preactivation; −1 for no epilogue
  int activation;
} product;

static int64_t rounded_up(int64_t count, int64_t step) { return (count + step - 1) / step * step; }

// Any sum of k products errs by at most k units of the sum of their sizes, bias and residual among
// them; an activation has a slope of at most 1.13 and an error of its own.
static void check_product(kernel_table t, product p) {
  static const char *const layouts[] = {"rows", "columns"};
  begin_case(t, "gemm", "%ldx%ldx%ld%s %s%s parts %d activation %d", (long)p.m, (long)p.n, (long)p.k,
             p.transposed ? " transposed" : "", layouts[p.layout],
             p.accumulate ? " accumulate" : "", p.parts, p.activation);
  int64_t a_stride = (p.transposed ? p.m : p.k) + 1, b_stride = (p.layout ? p.k : p.n) + 2;
  int64_t c_stride = p.n + 3, a_count = (p.transposed ? p.k : p.m) * a_stride;
  int64_t b_count = (p.layout ? p.n : p.k) * b_stride, c_count = p.m * c_stride;
  float *a = draws(a_count, 1), *b = draws(b_count, 1), *bias = draws(p.n, 1);
  float *residual = draws(c_count, 1), *initial = draws(c_count, 1);
  if (!p.accumulate)
    for (int64_t i = 0; i < c_count; i++)
      if (i % c_stride < p.n) initial[i] = NAN;
  const int keeps = p.parts > 0 && p.parts & 4;
  float *found[2], *kept[2];
  float *left = floats(rounded_up(p.m, t->sliver_rows) * p.k);
  float *right = floats(rounded_up(p.n, t->sliver_columns) * p.k);
  float *workspace = floats(t->gemm_workspace);
  t->pack_left(p.transposed, p.m, p.k, a, a_stride, left);
  t->pack_right(p.layout, p.k, p.n, b, b_stride, right);
  for (int packed = 0; packed < 2; packed++) {
    found[packed] = floats(c_count);
    kept[packed] = floats(c_count);
    memcpy(found[packed], initial, (size_t)c_count * sizeof(float));
    rmt_epilogue_f32 epilogue = {p.parts & 1 ? bias : NULL, p.parts & 2 ? residual : NULL,
                                 keeps ? kept[packed] : NULL, p.activation};
    t->gemm(p.m, p.n, p.k, left, packed ? RMT_PACKED : p.layout, packed ? right : b,
            packed ? 0 : b_stride, p.accumulate, p.parts < 0 ? NULL : &epilogue, found[packed],
            c_stride, workspace);
  }
  for (int64_t i = 0; i < c_count; i++) {
    if (i % c_stride >= p.n) continue;
    check_that(!memcmp(&found[0][i], &found[1][i], sizeof(float)), "open and packed differ");
    if (keeps)
      check_that(!memcmp(&kept[0][i], &kept[1][i], sizeof(float)), "kept open and packed differ");
  }

  // Once with the numbers, once with their sizes for the bound.
  double *exact[2], *before[2];
  for (int sizes = 0; sizes < 2; sizes++) {
    double *wide[] = {widened(a, a_count), widened(b, b_count), widened(bias, p.n),
                      widened(residual, c_count), widened(initial, c_count)};
    int64_t counts[] = {a_count, b_count, p.n, c_count, c_count};
    for (int x = 0; sizes && x < 5; x++)
      for (int64_t i = 0; i < counts[x]; i++) wide[x][i] = fabs(wide[x][i]);
    exact[sizes] = wide[4];
    before[sizes] = doubles(c_count);
    double *packed = doubles(p.m * p.k);
    rmt_epilogue_f64 epilogue = {p.parts > 0 && p.parts & 1 ? wide[2] : NULL,
                                 p.parts > 0 && p.parts & 2 ? wide[3] : NULL, before[sizes],
                                 p.parts < 0 ? RMT_NO_ACTIVATION : p.activation};
    reference()->pack_left(p.transposed, p.m, p.k, wide[0], a_stride, packed);
    reference()->gemm(p.m, p.n, p.k, packed, p.layout, wide[1], b_stride, p.accumulate, &epilogue,
                      wide[4], c_stride, NULL);
  }
  for (int64_t i = 0; i < c_count; i++) {
    if (i % c_stride >= p.n) {
      check_that(found[0][i] == initial[i], "a number beside C's columns changed");
      continue;
    }
    double bound = (double)(p.k + 3) * UNIT * before[1][i];
    int activates = p.parts >= 0 && p.activation != RMT_NO_ACTIVATION;
    if (keeps) check_number(kept[0][i], before[0][i], bound);
    if (activates) bound = 1.13 * bound + 8 * UNIT * fabs(before[0][i]);
    check_number(found[0][i], exact[0][i], bound);
  }
  end_case();
}

void check_products(kernel_table t) {
  static const int64_t sizes[] = {0, 1, 2, 4, 5, 6, 8, 9, 12, 13, 16, 17, 31, 32, 33, 61};
  enum { COUNT = sizeof sizes / sizeof *sizes };
  int number = 0;
  for (int i = 0; i < COUNT; i++)
    for (int j = 0; j < COUNT; j++)
      for (int kind = 0; kind < 8; kind++, number++)
        check_product(t, (product){sizes[i], sizes[j], sizes[number * 7 % COUNT], kind & 1,
                                   kind >> 1 & 1, kind >> 2, number % 9 - 1, number / 9 % 4 - 1});
  static const int64_t large[][3] = {
      {37, 153, 801}, {13, 290, 257}, {3, 700, 5}, {300, 129, 512}, {25, 128, 256}};
  for (int i = 0; i < 5; i++)
    for (int kind = 0; kind < 8; kind++)
      check_product(t, (product){large[i][0], large[i][1], large[i][2], kind & 1, kind >> 1 & 1,
                                 kind >> 2, kind, i % 4 - 1});
}
