// Attention and its gradients, around slivers, blocks of 64 queries and blocks of 516 keys.
#include <math.h>

#include "harness.h"

// What lies between rows, and must stay there.
static const float BESIDE = 7;

typedef struct {
  int64_t queries, keys, head;
  float spread;  // of queries and keys
} shape;

// Rows to be written, each followed by what must stay.
static float *rows_to_write(int64_t rows, int64_t columns, int64_t stride) {
  float *x = floats(rows * stride);
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = columns; c < stride; c++) x[r * stride + c] = BESIDE;
  return x;
}

static void compare(const float *found, const double *expected, int64_t rows, int64_t columns,
                    int64_t stride, double bound) {
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < stride; c++) {
      int64_t i = r * stride + c;
      if (c >= columns) check_that(found[i] == BESIDE, "a number beside a row changed");
      else check_number(found[i], expected[i], bound * (1 + fabs(expected[i])));
    }
}

// A score is a sum of `head` products; its error, at most (head + 2) units of its size, is its
// weight's relative error.
static void check_head(kernel_table t, shape s, int with_mask) {
  begin_case(t, with_mask ? "attention, dropout" : "attention", "%ldx%ldx%ld spread %g",
             (long)s.queries, (long)s.keys, (long)s.head, s.spread);
  int64_t stride = s.head + 3, q_count = s.queries * stride, k_count = s.keys * stride;
  float scale = 1 / sqrtf((float)s.head);
  float *query = draws(q_count, s.spread), *key = draws(k_count, s.spread);
  float *value = draws(k_count, 1), *upstream = draws(q_count, 1);
  float *context = rows_to_write(s.queries, s.head, stride), *log_sum = floats(s.queries);
  float *dq = rows_to_write(s.queries, s.head, stride);
  float *dk = rows_to_write(s.keys, s.head, stride), *dv = rows_to_write(s.keys, s.head, stride);
  float *workspace = floats(t->attention_workspace(s.keys, s.head, 0));
  float *workspace_back = floats(t->attention_workspace(s.keys, s.head, 1));
  double *wide_query = widened(query, q_count), *wide_key = widened(key, k_count);
  double *wide_value = widened(value, k_count), *wide_upstream = widened(upstream, q_count);
  double *context64 = doubles(q_count), *log_sum64 = doubles(s.queries);
  double *dq64 = doubles(q_count), *dk64 = doubles(k_count), *dv64 = doubles(k_count);
  double *workspace64 = doubles(2 * s.keys);
  rmt_dropout_mask mask = {{1, 2}, {3, 4, 5}, 13107, 1 / (1 - 13107 / 65536.0)};
  rmt_attention_f32 a = {s.queries, s.keys, s.head, stride, scale, query, key, value,
                         with_mask ? &mask : NULL};
  rmt_attention_f64 a64 = {s.queries, s.keys,   s.head,     stride,
                           scale,     wide_query, wide_key, wide_value, with_mask ? &mask : NULL};
  t->attention(&a, context, log_sum, workspace);
  t->attention_gradient(&a, context, upstream, log_sum, dq, dk, dv, workspace_back);
  reference()->attention(&a64, context64, log_sum64, workspace64);
  reference()->attention_gradient(&a64, context64, wide_upstream, log_sum64, dq64, dk64, dv64,
                                  workspace64);
  double size = s.spread * s.spread;  // what a score's size is about
  compare(log_sum, log_sum64, 1, s.queries, s.queries, 4 * UNIT * (1 + size));
  compare(context, context64, s.queries, s.head, stride, 8 * UNIT * (1 + size));
  compare(dq, dq64, s.queries, s.head, stride, 8 * UNIT * (1 + size) * (1 + s.spread));
  compare(dk, dk64, s.keys, s.head, stride, 8 * UNIT * (1 + size) * (1 + s.spread));
  compare(dv, dv64, s.keys, s.head, stride, 8 * UNIT * (1 + size));

  // One key that is not a number reaches every query, wherever it lies.
  key[(s.keys - 1) / 2 * stride] = NAN;
  t->attention(&a, context, log_sum, workspace);
  for (int64_t q = 0; q < s.queries; q++)
    for (int64_t c = 0; c < s.head; c++)
      check_that(isnan(log_sum[q]) && isnan(context[q * stride + c]), "NaN became a number");
  end_case();
}

void check_attention(kernel_table t) {
  static const shape shapes[] = {
      {1, 1, 1, 1},      {1, 1, 7, 1},     {1, 2, 64, 1},    {2, 1, 8, 1},     {3, 5, 9, 1},
      {6, 6, 12, 1},     {7, 13, 13, 1},   {8, 4, 31, 1},    {11, 512, 32, 1}, {16, 17, 24, 1},
      {31, 33, 33, 1},   {32, 32, 32, 1},  {33, 31, 20, 1},  {61, 70, 11, 1},  {63, 65, 16, 1},
      {64, 64, 64, 1},   {65, 515, 7, 1},  {5, 516, 10, 1},  {70, 517, 12, 1}, {128, 129, 48, 1},
      {129, 40, 63, 1},  {66, 1031, 32, 1}, {3, 1033, 15, 1}, {200, 530, 24, 1}, {9, 100, 128, 1},
      {35, 600, 16, 4},  {35, 33, 64, 9},  {70, 1040, 32, 9},
  };
  for (unsigned i = 0; i < sizeof shapes / sizeof *shapes; i++)
    for (int with_mask = 0; with_mask < 2; with_mask++) check_head(t, shapes[i], with_mask);
}
