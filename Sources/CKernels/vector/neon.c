// The f32 kernels for NEON.
#if defined(__aarch64__)
#include "../kernel_sets.h"
#include "../philox.h"

#pragma clang fp contract(fast)

// 32 registers of 4 floats: 24 accumulators, 3 of B, 2 of broadcasts.
#define RMT_LANES 4
#define RMT_GEMM_ROWS 8
#define RMT_GEMM_VECTORS 3
#include "lanes.inc"

#include "elementwise.inc"
#include "gemm.inc"

#define RMT_TABLE_NAME "neon"
const rmt_kernels_f32 rmt_kernels_f32_neon =
#include "../table.inc"
    ;
#endif
