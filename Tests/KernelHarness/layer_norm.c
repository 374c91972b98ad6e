// LayerNorm and its gradients: rows near and far from zero, of equal numbers, of tiny and huge ones.
#include <math.h>

#include "harness.h"

typedef struct {
  int64_t rows, columns;
  float center, spread, epsilon;
} shape;

// Rounding in sums of `columns` numbers, sixteen or more of which run side by side.
static double units(int64_t columns) {
  return (8 + (double)columns / (IS_SANITIZED ? 1 : 16)) * UNIT;
}

static void check_rows(kernel_table t, shape s) {
  begin_case(t, "LayerNorm", "%ldx%ld around %g by %g, epsilon %g", (long)s.rows, (long)s.columns,
             s.center, s.spread, s.epsilon);
  int64_t n = s.columns, count = s.rows * n;
  float *x = draws(count, s.spread), *dy = draws(count, 1), *gain = draws(n, 2);
  float *bias = draws(n, 1), *y = floats(count), *mean = floats(s.rows), *rstd = floats(s.rows);
  float *dx = floats(count), *dgain = draws(n, 1), *dbias = draws(n, 1);
  for (int64_t i = 0; i < count; i++) x[i] += s.center;
  double *x64 = widened(x, count), *dy64 = widened(dy, count), *gain64 = widened(gain, n);
  double *bias64 = widened(bias, n), *y64 = doubles(count), *mean64 = doubles(s.rows);
  double *rstd64 = doubles(s.rows), *dx64 = doubles(count), *dgain64 = widened(dgain, n);
  double *dbias64 = widened(dbias, n), *gain_size = doubles(n), *bias_size = doubles(n);
  for (int64_t c = 0; c < n; c++) gain_size[c] = fabs(dgain64[c]), bias_size[c] = fabs(dbias64[c]);

  t->layer_norm(s.rows, n, x, gain, bias, s.epsilon, y, mean, rstd);
  reference()->layer_norm(s.rows, n, x64, gain64, bias64, s.epsilon, y64, mean64, rstd64);
  const double u = units(n);
  for (int64_t r = 0; r < s.rows; r++) {
    double size = 0;
    for (int64_t c = 0; c < n; c++) size += fabs(x64[r * n + c]) / n;
    // What a mean that is off by a rounding moves the row by, in standard deviations.
    double shift = u * size * rstd64[r];
    check_number(mean[r], mean64[r], u * size);
    check_number(rstd[r], rstd64[r], (u + shift * shift) * rstd64[r]);
    for (int64_t c = 0; c < n; c++) {
      int64_t i = r * n + c;
      double normalized = fabs((x64[i] - mean64[r]) * rstd64[r]);
      double bound = fabs(gain64[c]) * (shift + (u + shift * shift) * normalized);
      check_number(y[i], y64[i], bound + 2 * UNIT * (fabs(y64[i]) + fabs(bias64[c])));
    }
  }

  // The way back starts from the same statistics, so that what they are off by is not counted again.
  t->layer_norm_gradient(s.rows, n, x, dy, gain, mean, rstd, dx, dgain, dbias);
  for (int64_t r = 0; r < s.rows; r++) mean64[r] = mean[r], rstd64[r] = rstd[r];
  reference()->layer_norm_gradient(s.rows, n, x64, dy64, gain64, mean64, rstd64, dx64, dgain64,
                                   dbias64);
  for (int64_t r = 0; r < s.rows; r++) {
    double sum = 0, product = 0;
    for (int64_t c = 0; c < n; c++) {
      int64_t i = r * n + c;
      double normalized = fabs((x64[i] - mean64[r]) * rstd64[r]), g = fabs(gain64[c] * dy64[i]);
      sum += g / n;
      product += g * normalized / n;
      gain_size[c] += fabs(dy64[i]) * normalized;
      bias_size[c] += fabs(dy64[i]);
    }
    for (int64_t c = 0; c < n; c++) {
      int64_t i = r * n + c;
      double normalized = fabs((x64[i] - mean64[r]) * rstd64[r]), g = fabs(gain64[c] * dy64[i]);
      check_number(dx[i], dx64[i], u * rstd64[r] * (g + sum + normalized * product));
    }
  }
  for (int64_t c = 0; c < n; c++) {
    check_number(dgain[c], dgain64[c], (double)(s.rows + 4) * UNIT * gain_size[c]);
    check_number(dbias[c], dbias64[c], (double)(s.rows + 4) * UNIT * bias_size[c]);
  }
  end_case();
}

void check_layer_norm(kernel_table t) {
  static const int64_t columns[] = {1, 2, 7, 15, 16, 17, 32, 100, 312, 384, 768, 1024, 4099};
  static const float places[][2] = {{0, 1},     {3, 1},         {1000, 1}, {1000, 0}, {3.3f, 0},
                                    {0, 1e-20f}, {1e15f, 1e13f}, {0, 1e15f}, {-7, 1e-3f}};
  for (unsigned i = 0; i < sizeof columns / sizeof *columns; i++)
    for (unsigned p = 0; p < sizeof places / sizeof *places; p++) {
      check_rows(t, (shape){3, columns[i], places[p][0], places[p][1], 1e-12f});
      check_rows(t, (shape){9, columns[i], places[p][0], places[p][1], 1e-5f});
    }
}
