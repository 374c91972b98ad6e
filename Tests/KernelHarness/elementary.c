// exp, tanh, the activations and their slopes over every 4,099th float there is.
#include <math.h>
#include <string.h>

#include "harness.h"

enum { CHUNK = 509, STEP = 4099 };  // a chunk leaves a tail beside whole vectors

// The next floats that are numbers, from a bit pattern on; their count.
static int next_floats(uint64_t *pattern, float *x) {
  int count = 0;
  for (; count < CHUNK && *pattern <= UINT32_MAX; *pattern += STEP) {
    uint32_t bits = (uint32_t)*pattern;
    memcpy(x + count, &bits, sizeof bits);
    if (isfinite(x[count])) count++;
  }
  return count;
}

static double ulp(double x) {
  int exponent;
  frexp(fmax(fabs(x), 0x1p-126), &exponent);
  return ldexp(1, exponent - 24);
}

// The gradient at the value of a lone query with the statistics of nothing is exp of its score.
static void check_exponential(kernel_table t) {
  begin_case(t, "exp", "every %dth float", STEP);
  float *x = floats(CHUNK), *value = draws(CHUNK, 1), *key_gradient = floats(CHUNK);
  float *y = floats(CHUNK), *workspace = floats(t->attention_workspace(CHUNK, 1, 1));
  float query = 1, upstream = 1, log_sum = 0, context = 0, query_gradient;
  uint64_t pattern = 0;
  for (int count; (count = next_floats(&pattern, x)) > 0;) {
    rmt_attention_f32 a = {1, count, 1, 1, 1, &query, x, value, NULL};
    t->attention_gradient(&a, &context, &upstream, &log_sum, &query_gradient, key_gradient, y,
                          workspace);
    for (int i = 0; i < count; i++) {
      double exact = exp(x[i]);
      if (x[i] < -87.3f)
        check_number(y[i], exact, 1.23e-38);
      else if (x[i] <= 88)
        check_number(y[i], exact, ulp(exact));
      else
        check_that(y[i] >= 0.9999999f * expf(88), "exp falls above 88");
    }
  }
  end_case();
}

static void check_tanh(kernel_table t) {
  begin_case(t, "tanh", "every %dth float", STEP);
  float *x = floats(CHUNK), *y = floats(CHUNK);
  uint64_t pattern = 0;
  for (int count; (count = next_floats(&pattern, x)) > 0;) {
    t->hyperbolic_tangent(count, x, y);
    for (int i = 0; i < count; i++) {
      double exact = tanh(x[i]);
      check_number(y[i], exact, fmin(6 * ulp(exact), 1e-7));
    }
  }
  float special[] = {INFINITY, -INFINITY, NAN, -0.0f};
  t->hyperbolic_tangent(4, special, special);
  check_that(special[0] == 1 && special[1] == -1 && isnan(special[2]) && signbit(special[3]),
             "a limit, a sign or NaN is lost");
  end_case();
}

static void check_softmax(kernel_table t, int64_t count, float spread) {
  begin_case(t, "softmax", "%lld within ±%g", (long long)count, spread);
  float *x = draws(count, spread);
  double *expected = widened(x, count);
  double bound = (80 + 2 * spread) * UNIT, scale = 0.25;
  float largest;
  double exact_largest;
  double log_sum = t->softmax(count, (float)scale, x, &largest);
  check_number(log_sum, reference()->softmax(count, scale, expected, &exact_largest), bound);
  check_number(largest, exact_largest, 0);
  for (int64_t i = 0; i < count; i++)
    check_number(x[i], expected[i], bound * expected[i] + 1.2e-38);
  end_case();
}

static void check_activation(kernel_table t, int kind, const char *name) {
  begin_case(t, name, "every %dth float", STEP);
  float *x = floats(CHUNK), *y = floats(CHUNK), *slope = floats(CHUNK), *ones = floats(CHUNK);
  double *x64 = doubles(CHUNK), *y64 = doubles(CHUNK), *slope64 = doubles(CHUNK);
  double *ones64 = doubles(CHUNK);
  for (int i = 0; i < CHUNK; i++) ones[i] = 1, ones64[i] = 1;
  double units = kind == RMT_RELU ? 0 : 5 * UNIT;
  uint64_t pattern = 0;
  for (int count; (count = next_floats(&pattern, x)) > 0;) {
    for (int i = 0; i < count; i++) x64[i] = x[i];
    t->activation(kind, count, x, y);
    t->activation_gradient(kind, count, x, ones, slope);
    reference()->activation(kind, count, x64, y64);
    reference()->activation_gradient(kind, count, x64, ones64, slope64);
    for (int i = 0; i < count; i++) {
      check_number(y[i], y64[i], units * fabs(x64[i]) + 0x1p-149);
      check_number(slope[i], slope64[i], units);
    }
  }
  float nan[CHUNK];
  for (int i = 0; i < CHUNK; i++) nan[i] = NAN;
  t->activation(kind, CHUNK, nan, y);
  for (int i = 0; i < CHUNK; i++) check_that(isnan(y[i]), "NaN became a number");
  end_case();
}

void check_elementary_functions(kernel_table t) {
  check_exponential(t);
  check_tanh(t);
  static const int64_t counts[] = {1, 7, 8, 9, 15, 16, 17, 1023, 1024, 1025, 4000};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    check_softmax(t, counts[i], 1);
    check_softmax(t, counts[i], 60);
  }
  check_activation(t, RMT_GELU_ERF, "GELU, erf");
  check_activation(t, RMT_GELU_TANH, "GELU, tanh");
  check_activation(t, RMT_RELU, "ReLU");
}
