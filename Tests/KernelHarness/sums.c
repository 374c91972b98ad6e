// Sums: bias onto rows, columns and squares down to numbers, one array onto another.
#include <math.h>

#include "harness.h"

static void check_shape(kernel_table t, int64_t rows, int64_t columns) {
  begin_case(t, "sums", "%ldx%ld", (long)rows, (long)columns);
  int64_t stride = columns + 3, count = rows * stride;
  float *x = draws(count, 1000), *bias = draws(columns, 1), *biased = draws(count, 1000);
  float *sums = draws(columns, 1), *total = draws(count, 1);
  double *biased64 = widened(biased, count), *sums64 = widened(sums, columns);
  double *total64 = widened(total, count);
  t->add_bias(rows, columns, bias, biased, stride);
  t->add_column_sums(rows, columns, x, stride, sums);
  t->add(count, x, total);
  double squares = 0;
  for (int64_t i = 0; i < count; i++) {
    int64_t c = i % stride;
    double expected = c < columns ? biased64[i] + bias[c] : biased64[i];
    check_number(biased[i], expected, UNIT * fabs(expected));
    check_number(total[i], total64[i] + x[i], UNIT * fabs(total64[i] + x[i]));
    squares += (double)x[i] * x[i];
  }
  check_number(t->sum_of_squares(count, x), squares, (double)count * 0x1p-53 * squares);
  for (int64_t c = 0; c < columns; c++) {
    double exact = sums64[c], size = fabs(exact);
    for (int64_t r = 0; r < rows; r++) exact += x[r * stride + c], size += fabs(x[r * stride + c]);
    check_number(sums[c], exact, (double)rows * UNIT * size);
  }
  end_case();
}

void check_sums(kernel_table t) {
  static const int64_t columns[] = {1, 3, 4, 7, 8, 15, 16, 17, 33, 100, 384};
  for (unsigned i = 0; i < sizeof columns / sizeof *columns; i++) {
    check_shape(t, 1, columns[i]);
    check_shape(t, 37, columns[i]);
  }
}
