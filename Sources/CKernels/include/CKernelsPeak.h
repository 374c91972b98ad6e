// What one core's arithmetic can do at best: the measure that kernels are held against.
#ifndef RMT_CKERNELS_PEAK_H
#define RMT_CKERNELS_PEAK_H

#include <stdint.h>

/// A loop of multiplications with additions that never leaves the registers.
typedef struct {
  /// The instruction set, as the kernel tables name it.
  const char *name;
  /// Floating-point operations of one iteration; a multiplication with its addition is two.
  int64_t operations_per_iteration;
  /// Runs the loop; what it gives back exists so that no compiler leaves the loop out.
  double (*run)(int64_t iterations);
} rmt_multiply_add_loop;

/// The loop of an instruction set; NULL when this build has none of that name.
///
/// Only an instruction set that this processor has may be run: see rmt_supported_kernels_f32.
const rmt_multiply_add_loop *rmt_multiply_add_loop_named(const char *name);

#endif
