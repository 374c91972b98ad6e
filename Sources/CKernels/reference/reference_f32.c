// Plain C in single precision, for processors without a kernel set of their own.
#include <math.h>

#include "../kernel_sets.h"
#include "../philox.h"

#define RMT_REAL float
#define RMT_MATH(function) function##f
#include "kernels.inc"

#define RMT_TABLE_NAME "plain"
const rmt_kernels_f32 rmt_kernels_f32_plain =
#include "../table.inc"
    ;
