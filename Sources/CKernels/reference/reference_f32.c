// Plain C in single precision, for processors without a kernel set of their own.
#include <math.h>

#include "../kernel_sets.h"
#include "../philox.h"

#define RMT_REAL float
#define RMT_MATH(function) function##f
#define RMT_SUFFIXED(name) name##_f32
#define real RMT_REAL
// attention.inc comes first: it knows which elements a mask drops.
#include "attention.inc"

#include "kernels.inc"

#include "gemm.inc"

#define RMT_TABLE_NAME "plain"
const rmt_kernels_f32 rmt_kernels_f32_plain =
#include "../table.inc"
    ;
