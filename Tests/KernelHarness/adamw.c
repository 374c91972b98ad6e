// AdamW against its formula in double precision, from denormal gradients to huge ones.
#include <math.h>

#include "harness.h"

static void check_step(kernel_table t, int64_t count, int number, float spread, double factor,
                       double limit) {
  begin_case(t, "AdamW", "%ld numbers, step %d, gradients %g, factor %g, limit %g", (long)count,
             number, spread, factor, limit);
  rmt_adamw_step step = {2e-5, 0.9, 0.999, 1e-8, 0.01, 1 - pow(0.9, number),
                         1 - pow(0.999, number), factor, limit};
  float *g = draws(count, spread), *p = draws(count, 1), *m = draws(count, spread);
  float *v = draws(count, spread);
  for (int64_t i = 0; i < count; i++) v[i] *= v[i];
  double *g64 = widened(g, count), *p64 = widened(p, count), *m64 = widened(m, count);
  double *v64 = widened(v, count), *old_g = widened(g, count), *old_m = widened(m, count);
  t->adamw(&step, count, g, p, m, v);
  reference()->adamw(&step, count, g64, p64, m64, v64);
  double size = step.learning_rate / step.bias_correction1;
  for (int64_t i = 0; i < count; i++) {
    double held = fmin(fabs(old_g[i]) * factor, limit);
    double moment = step.beta1 * fabs(old_m[i]) + (1 - step.beta1) * held;
    double root = sqrt(v64[i] / step.bias_correction2) + step.epsilon;
    // Squares below the smallest normal number lose their last digits.
    double lost = sqrt(0x1p-126 / step.bias_correction2) / root;
    check_that(g[i] == 0, "a gradient was not cleared");
    check_number(m[i], m64[i], 6 * UNIT * moment + 0x1p-148);
    check_number(v[i], v64[i], 8 * UNIT * v64[i] + 0x1p-125);
    check_number(p[i], p64[i],
                 3 * UNIT * fabs(p64[i]) + (12 * UNIT + lost) * size * moment / root);
  }
  end_case();
}

void check_adamw(kernel_table t) {
  static const int64_t counts[] = {1, 3, 8, 15, 16, 17, 100, 1000};
  static const float spreads[] = {1e-40f, 1e-22f, 1e-6f, 1, 1e9f, 1e18f};
  for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++)
    for (unsigned s = 0; s < sizeof spreads / sizeof *spreads; s++) {
      check_step(t, counts[i], 1, spreads[s], 1, INFINITY);
      check_step(t, counts[i], 1000, spreads[s], 1.0 / 3, 0.1);
    }
}
